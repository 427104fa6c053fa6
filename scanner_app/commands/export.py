"""``scanner export events|units|documents``: a handheld's data as JSON Lines."""

from __future__ import annotations

import argparse

from scanner_app import export
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, print_json
from scanner_app.handheld import Handheld


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("kind", choices=sorted(export.KINDS), help="what to export")


def run(call: Call) -> int:
    """Writes one JSON line a row."""
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        for row in export.KINDS[call.options.kind](handheld):
            print_json(row)
    finally:
        handheld.close()
    return DONE
