"""``scanner enroll --server URL --code CODE``: gives this handheld its identity."""

from __future__ import annotations

import argparse
import socket

from scanner_app import server_calls
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.handheld import Handheld
from scanner_app.identity import IDENTITY_FILE, Identity, keep


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--server", help="address of the server; default: sync.url")
    parser.add_argument("--code", required=True, help="one-time code from the office's page")
    parser.add_argument("--name", help="how the office shall name this handheld; default: the host name")
    parser.add_argument("--site", help="site, where the code leaves it open; default: site.code")


def run(call: Call) -> int:
    """Exchanges the code, keeps the token beside the journal."""
    settings, options = call.loaded.settings, call.options
    url = options.server or settings.sync.url or usage("name the server with --server URL")
    handheld = Handheld(call.folder, SystemClock(), call.session_settings)
    try:
        if handheld.journal.seq:
            raise Refusal(
                "this data directory already has events under another name: sync it, or use a new --data DIR"
            )
        name = options.name or settings.device.name or socket.gethostname()
        enrolled = server_calls.enroll(url, options.code, name, options.site or settings.site.code)
        handheld.journal.adopt(enrolled.device)
        keep(call.folder, Identity(device=enrolled.device, token=enrolled.token, site=enrolled.site, url=url))
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    finally:
        handheld.close()
    if options.json:
        print_json({"device": enrolled.device, "site": enrolled.site, "url": url})
    else:
        kept = call.folder / IDENTITY_FILE
        print(f"this handheld is {enrolled.device} of site {enrolled.site}; its token is kept in {kept}")
    return DONE
