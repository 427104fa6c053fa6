"""``scanner export events|units|documents``: a handheld's data as JSON Lines."""

from __future__ import annotations

import argparse

from scanner_app import export
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, print_json
from scanner_app.handheld import JOURNAL_FILE, Handheld
from scanner_app.journal_reader import JournalReader


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("kind", choices=sorted({"events", *export.KINDS}), help="what to export")


def run(call: Call) -> int:
    """Writes one JSON line a row."""
    if call.options.kind == "events":
        return _events(call)
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        for row in export.KINDS[call.options.kind](handheld):
            print_json(row)
    finally:
        handheld.close()
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
