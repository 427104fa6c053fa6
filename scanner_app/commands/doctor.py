"""``scanner doctor``: what is right and what is not, with the fix beside it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import msgspec

from scanner_app.commands.call import DONE, Call, Refusal, print_json
from scanner_app.doctor import checks
from scanner_app.doctor_check import Check
from scanner_app.streams import mark


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="keep what the camera sees, as a picture"
    )
    parser.add_argument(
        "--scan", type=float, metavar="SECONDS", help="a live test: pull the trigger, see what arrives"
    )


def run(call: Call) -> int:
    """Exit 1 when something is at fault."""
    if call.options.scan is not None:
        from scanner_app.commands.trigger_test import watch

        return watch(call, call.options.scan)
    faults = 0
    found: Iterable[Check] = checks(call.loaded.settings)
    if call.options.picture is not None:
        from scanner_app.doctor_picture import kept

        found = [*found, kept(call.loaded.settings.camera, call.options.picture)]
    for check in found:
        faults += check.state == "fault"
        if call.options.json:
            print_json(msgspec.to_builtins(check))
            continue
        sign = mark({"ok": "✓", "note": "!", "fault": "✖"}[check.state])
        print(f"{sign} {check.name:<16} {check.detail}" + (f"\n    {check.fix}" if check.fix else ""))
    if faults:
        raise Refusal(f"{faults} of these must be put right")
    return DONE
