"""``scanner audit verify PATH``: walks the hash chains of a handheld's data."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from scanner_app.audit import verify
from scanner_app.commands.call import DONE, Call, Refusal, print_json
from scanner_app.handheld import JOURNAL_FILE
from scanner_app.journal_reader import JournalReader


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("what", choices=["verify"])
    parser.add_argument(
        "path", nargs="?", help="data directory or journal file; default: the data directory in use"
    )


def run(call: Call) -> int:
    """Exit 1 if anything does not fit."""
    given = call.options.path
    path = Path(given) if given else call.existing_folder
    file = path / JOURNAL_FILE if path.is_dir() else path
    if not file.is_file():
        raise Refusal(f"there is no journal at {path}: name a handheld's data directory")
    journal = JournalReader(file)
    try:
        report = verify(journal)
    finally:
        journal.close()
    if call.options.json:
        print_json({"ok": not report.findings, **msgspec.to_builtins(report)})
    else:
        for finding in report.findings:
            print(f"event {finding.device}/{finding.epoch}/{finding.seq}: {finding.what}")
        if not report.findings:
            print(f"{report.events} events in {report.epochs} chain(s) and {report.receipts} receipt(s) fit")
    if report.findings:
        first = report.findings[0]
        raise Refusal(f"the first event that does not fit is {first.device}/{first.epoch}/{first.seq}")
    return DONE
