"""``scanner read``: what the terminal understands of codes on standard input, a line each."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any

import msgspec

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, print_json
from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading
from tracking.printable import printable

_SHORTCUTS = (
    "gtin",
    "serial",
    "lot",
    "expiry",
    "made",
    "sscc",
    "content_gtin",
    "gln",
    "quantity",
    "text",
    "command",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--today", help="ISO date that two-digit years are read by; default: today")


def run(call: Call) -> int:
    """One answer a line, in the order of the input."""
    today = date.fromisoformat(call.options.today) if call.options.today else SystemClock().today()
    for number, line in enumerate(sys.stdin.buffer, 1):
        given = _given(line.decode("utf-8", errors="replace").rstrip("\n"))
        row = answer(given, today)
        if call.options.json:
            print_json(row)
        else:
            print(
                f"{number:>4} {row['kind']:<9} {printable(row.get('error') or json.dumps(row['elements']), 100)}"
            )
    return DONE


def _given(line: str) -> dict[str, Any]:
    try:
        parsed = json.loads(line) if line.startswith("{") else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        return {"id": None, "raw": line}
    return parsed


def answer(given: dict[str, Any], today: date) -> dict[str, Any]:
    """The reading of one record: the best on top, all of them under ``readings``."""
    raw, symbology_id = given.get("raw", ""), given.get("symbology_id", "")
    readings = read(
        raw if isinstance(raw, str) else "",
        symbology_id if isinstance(symbology_id, str) else "",
        today=today,
    )
    want = given.get("want")
    wanted = (
        [reading for reading in readings if reading.kind in want]
        if isinstance(want, list) and want
        else list(readings)
    )
    sound = next((reading for reading in wanted if reading.ok), wanted[0] if wanted else None)
    best = sound if want else readings[0]
    row: dict[str, Any] = {"id": given.get("id")}
    if best is None:
        return row | {
            "ok": False,
            "kind": readings[0].kind,
            "elements": {},
            "readings": [_reading(reading) for reading in readings],
            "error": f"it is no {' or '.join(map(str, want or []))}",
            "layer": "",
            "warn": [],
        }
    row |= {"ok": best.ok, "kind": best.kind, "elements": best.elements, **best.details}
    row |= {name: value for name in _SHORTCUTS if (value := getattr(best, name))}
    row["readings"] = [_reading(reading) for reading in readings]
    return row | {"error": best.error or None, "layer": best.layer or None, "warn": list(best.warn)}


def _reading(reading: Reading) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(reading)
    return row
