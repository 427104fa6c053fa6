"""``scanner audit verify PATH|URL``: walks the hash chains of a handheld's data, or of a server's ledger."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scanner_app.audit import Report, verify
from scanner_app.commands import asking
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.handheld import JOURNAL_FILE
from scanner_app.journal_reader import JournalReader
from tracking.counted import counted

if TYPE_CHECKING:
    from scanner_app.server_audit import ServerReport


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("what", choices=["verify"])
    parser.add_argument(
        "path",
        nargs="?",
        help="data directory, journal file or the address of a server; default: the data directory in use",
    )
    asking.add(
        parser,
        "the ledger of this server instead of a handheld's data",
        "a token of the office or an auditor",
    )


def run(call: Call) -> int:
    """Exit 1 if anything does not fit."""
    given = call.options.path
    url = call.options.server or (given if given and given.startswith(("https://", "http://")) else "")
    if url:
        if given not in {None, url}:
            usage("name a handheld's data or a server, not both")
        return _server(call, url)
    path = Path(given) if given else call.existing_folder
    file = path / JOURNAL_FILE if path.is_dir() else path
    if not file.is_file():
        raise Refusal(f"there is no journal at {path}: name a handheld's data directory")
    journal = JournalReader(file)
    try:
        report = verify(journal)
    finally:
        journal.close()
    return _told(call, report, f"{report.epochs} chain(s) and {report.receipts} receipt(s)")


def _server(call: Call, url: str) -> int:
    """The asking side works out every hash: a server cannot vouch for itself."""
    from functools import partial

    from scanner_app import server_audit, server_calls

    asked = asking.asked(call, url)
    try:
        report = server_audit.verify(
            partial(server_calls.chains, *asked), partial(server_calls.links, *asked)
        )
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error
    return _told(call, report, f"{report.epochs} chain(s) and {report.signatures} signature(s)")


def _told(call: Call, report: Report | ServerReport, walked: str) -> int:
    """What was found. Raises :class:`Refusal` where something does not fit."""
    if call.options.json:
        print_json({"ok": not report.findings, **msgspec.to_builtins(report)})
    else:
        for finding in report.findings:
            print(f"event {finding.device}/{finding.epoch}/{finding.seq}: {finding.what}")
        if not report.findings:
            print(f"{counted(report.events, 'event')} in {walked}: all fit")
    if report.findings:
        first = report.findings[0]
        raise Refusal(f"the first event that does not fit is {first.device}/{first.epoch}/{first.seq}")
    return DONE
