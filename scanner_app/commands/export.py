"""``scanner export events|units|documents``: a handheld's data, or a server's events, as JSON Lines."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from scanner_app import export, outbox
from scanner_app.clockwork import SystemClock
from scanner_app.commands import asking
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.handheld import JOURNAL_FILE, Handheld
from scanner_app.identity import server_of
from scanner_app.journal_reader import JournalReader
from tracking.counted import counted


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("kind", choices=sorted({"events", "outbox", *export.KINDS}), help="what to export")
    parser.add_argument(
        "file", nargs="?", help="outbox: the file to write, for 'scanner import FILE --server URL'"
    )
    asking.add(parser, "events: those of this server's ledger", "a token of the office or an auditor")
    parser.add_argument(
        "--all",
        action="store_true",
        help="outbox: everything that is still held, for a server that lost what it had confirmed",
    )


def run(call: Call) -> int:
    """Writes one JSON line a row."""
    if call.options.file and call.options.kind != "outbox":
        usage(f"{call.options.kind} go to standard output: send it into the file with '>'")
    if call.options.server:
        return _ledger(call)
    if call.options.kind == "events":
        return _events(call)
    if call.options.kind == "outbox":
        return _outbox(call)
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        for row in export.KINDS[call.options.kind](handheld):
            print_json(row)
    finally:
        handheld.close()
    return DONE


def _outbox(call: Call) -> int:
    """Everything that the server has not confirmed, signed. It stays in the journal until the server confirms it."""
    folder, clock = call.existing_folder, SystemClock()
    path = Path(call.options.file or usage("name the file to write: scanner export outbox FILE"))
    server = server_of(folder, call.loaded.settings)
    if server is None:
        raise Refusal("this handheld is not enrolled, so no server knows its signature: enroll it first")
    handheld = Handheld(folder, clock, call.session_settings)
    try:
        data, events = outbox.sealed(
            handheld.journal,
            server.token,
            clock.wall_ms(),
            server.credentials,
            everything=call.options.all,
        )
        device = handheld.journal.device
    finally:
        handheld.close()
    try:
        temporary = path.with_name(path.name + ".new")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise Refusal(f"{path} cannot be written ({error.strerror}): name another file") from error
    if call.options.json:
        print_json({"device": device, "events": events, "bytes": len(data), "file": str(path)})
    else:
        print(f"{counted(events, 'event')} of {device} in {path}, kept here until the server confirms")
    return DONE


def _ledger(call: Call) -> int:
    """A server's events, device by device, each in the order of its own chain."""
    from functools import partial

    from scanner_app import server_audit, server_calls

    if call.options.kind != "events":
        usage("a server gives its events: scanner export events --server URL")
    asked = asking.asked(call, call.options.server)
    try:
        for page in server_audit.pages(partial(server_calls.chains, *asked)):
            for head in page.chains:
                before = bytes.fromhex(head.first_chain)
                behind = {hole.last + 1: bytes.fromhex(hole.chain) for hole in head.holes}
                for one in server_audit.links(partial(server_calls.links, *asked), head):
                    place = (head.device, head.epoch, one.seq)
                    before = behind.get(one.seq, before)
                    print_json(export.row_of(one.body, place, before, one.chain))
                    before = one.chain
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    return DONE


def _events(call: Call) -> int:
    """From the journal alone, read-only: of a newer version, damaged, in use, on a full disk - what can be read is."""
    journal = JournalReader(call.existing_folder / JOURNAL_FILE)
    try:
        for row in export.events(journal):
            print_json(row)
    finally:
        journal.close()
    return DONE
