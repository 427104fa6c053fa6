"""``scanner enroll --server URL --code CODE`` or ``scanner enroll INVITATION``: gives this handheld its identity."""

from __future__ import annotations

import argparse
import socket

from scanner_app import server_calls
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.handheld import Handheld
from scanner_app.identity import IDENTITY_FILE, keep
from scanner_app.joining import join
from scanner_app.revoked import note_revoked
from tracking import invitation as invitations
from tracking.invitation import Invitation

OWN_NAME = "hh-"
"""How the names begin that handhelds without a server give themselves: no server knows their events."""


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("invitation", nargs="?", help="the text of the code on the server's page Devices")
    parser.add_argument("--server", help="address of the server; default: sync.url")
    parser.add_argument("--code", help="one-time code from the office's page")
    parser.add_argument("--pin", default="", help="SHA-256 of the site's certificate authority")
    parser.add_argument("--name", help="how the office shall name this handheld; default: the host name")
    parser.add_argument("--site", help="site, where the code leaves it open; default: site.code")


def run(call: Call) -> int:
    """Exchanges the code, keeps the token beside the journal."""
    settings, options = call.loaded.settings, call.options
    invitation = _invitation(call)
    handheld = Handheld(call.folder, SystemClock(), call.session_settings)
    try:
        journal = handheld.journal
        has_events = bool(journal.seq) or journal.epoch != 1
        if has_events and journal.device.startswith(OWN_NAME):
            raise Refusal(
                "this data directory already has events under another name: sync it, or use a new --data DIR"
            )
        name = options.name or settings.device.name or socket.gethostname()
        enrolled = join(invitation, name, options.site or settings.site.code, SystemClock().wall_ms())
        if not has_events:
            journal.adopt(enrolled.device)
        elif enrolled.device != journal.device:
            raise Refusal(
                f"this handheld has events as {journal.device}, and the code is for a new one: "
                f"ask the office for a code with the device {journal.device}"
            )
        keep(call.folder, enrolled)
        note_revoked(journal, False)
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    finally:
        handheld.close()
    if options.json:
        print_json({"device": enrolled.device, "site": enrolled.site, "url": enrolled.url})
    else:
        kept = call.folder / IDENTITY_FILE
        print(f"this handheld is {enrolled.device} of site {enrolled.site}; its token is kept in {kept}")
    return DONE


def _invitation(call: Call) -> Invitation:
    """From the text of the code, or from the options."""
    options = call.options
    if options.invitation:
        return invitations.read(options.invitation.strip()) or usage(
            "this is no invitation: copy the whole text of the code"
        )
    url = options.server or call.loaded.settings.sync.url or usage("name the server with --server URL")
    if options.pin and not url.startswith("https://"):
        usage("a pin needs an address that begins with https://")
    return Invitation(url, options.code or usage("give the one-time code with --code"), options.pin.lower())
