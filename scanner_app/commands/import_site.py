"""``scanner import FILE --server URL``: loads a site file into a server, or hands in the outbox of a handheld."""

from __future__ import annotations

import argparse

import msgspec

from scanner_app import server_calls
from scanner_app.commands import asking
from scanner_app.commands.call import DONE, USAGE, Call, Refusal, print_json, read_file, usage
from scanner_app.commands.site_file import tell
from sync.outbox import is_outbox
from tracking.counted import counted
from tracking.site import SITE_BYTES_MAX, SiteError, load


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("file", help="site file (JSON), or what 'scanner export outbox' wrote")
    asking.add(parser, "address of the server; default: sync.url")


_ONE = {"parties": "party", "unchanged": "unchanged"}
"""Names of the answer's counts that do not become the singular by losing an s."""


def run(call: Call) -> int:
    """Checks the file here first, so that every error is named before anything is sent."""
    options = call.options
    url = options.server or call.loaded.settings.sync.url or usage("name the server with --server URL")
    data = read_file(options.file, SITE_BYTES_MAX)
    if is_outbox(data):
        return _deliver(call, url, data)
    try:
        site = load(data, options.file)
        asked = asking.asked(call, url)
        done = server_calls.import_site(asked.url, asked.token, site.site, data, asked.ca)
    except SiteError as error:
        raise Refusal(str(error), USAGE) from error
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    counts = msgspec.to_builtins(done)
    if options.json:
        print_json(counts)
    else:
        numbers = ((name, count) for name, count in counts.items() if name != "refused")
        print(", ".join(counted(count, _ONE.get(name, name[:-1]), name) for name, count in numbers))
    tell(options.file, done.refused)
    if done.refused:
        rows = counted(len(done.refused), "row")
        raise Refusal(
            f"{rows} not taken as written, everything else was: correct that and import the file again"
        )
    return DONE


def _deliver(call: Call, url: str, data: bytes) -> int:
    """The same way in as an upload: what the server has already is only counted."""
    try:
        done = server_calls.deliver_outbox(*asking.asked(call, url), data)
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    if call.options.json:
        print_json(msgspec.to_builtins(done))
    elif done.held:
        print(
            f"{counted(done.held, 'event')} of {done.device}, a revoked handheld: the office says whether they count"
        )
    else:
        new = f"{done.stored} of {counted(done.events, 'event')} {'is' if done.stored == 1 else 'are'} new"
        print(f"{done.device}: {new}, {done.known} there already")
    if done.refused == "gap":
        raise Refusal(
            f"the server lacks events {done.missing_from} to {done.missing_through} of epoch {done.epoch}, which come"
            f" before this file (was it put back from a backup?): write the file again on {done.device} with"
            " 'scanner export outbox FILE --all', or connect it to the network"
        )
    if done.refused:
        raise Refusal(
            f"the server holds other events under this name ({done.refused}): keep file and handheld, tell the office"
        )
    return DONE
