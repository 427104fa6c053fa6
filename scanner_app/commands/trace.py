"""``scanner trace SERIAL``: the whole story of a serial number, from a handheld's data or a server."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from scanner_app import server_calls
from scanner_app.clockwork import SystemClock
from scanner_app.commands import asking
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.handheld import Handheld
from scanner_app.trace import trace
from tracking.moments import moment_ms
from tracking.printable import printable


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("serial", help="serial number, or its last characters")
    parser.add_argument("--item", default="", help="item number, where several items have this serial")
    parser.add_argument(
        "--at", default="", metavar="DATE", help="as it was at the end of this day, or at this moment"
    )
    asking.add(parser, "ask this server instead of the handheld's data")


def run(call: Call) -> int:
    """Exit 1 where nothing is known."""
    options = call.options
    try:
        moment_ms(options.at or "2026-01-01", UTC)
    except ValueError as error:
        usage(printable(str(error)))
    found = _asked(call) if options.server else _here(call)
    if options.json:
        print_json(found)
    else:
        for unit in found["units"]:
            _show(unit)
        if found.get("note"):
            print(f"Note: {found['note']}: add --server URL --token TOKEN.")
    if not found["units"]:
        raise Refusal(f"no unit with serial {printable(options.serial)} is known")
    return DONE


def _asked(call: Call) -> dict[str, Any]:
    options = call.options
    try:
        asked = asking.asked(call, options.server)
        return server_calls.units(asked.url, asked.token, options.serial, options.item, options.at, asked.ca)
    except server_calls.CallRefused as error:
        raise Refusal(str(error)) from error


def _here(call: Call) -> dict[str, Any]:
    handheld = Handheld(call.existing_folder, SystemClock(), call.session_settings)
    try:
        return trace(handheld, call.options.serial, call.options.item, call.options.at)
    finally:
        handheld.close()


def _show(unit: dict[str, Any]) -> None:
    flags = f" ({', '.join(unit['flags'])})" if unit["flags"] else ""
    doubt = "" if unit.get("complete", True) else "  (incomplete)"
    print(f"{printable(unit['item'])}  {printable(unit['serial'])}  {unit['status']}{flags}{doubt}")
    for name in ("location", "lot", "supplier", "customer"):
        if unit.get(name):
            print(f"  {name}: {printable(unit[name])}")
    if unit["warranty"]["until"]:
        print(f"  warranty to {unit['warranty']['until']}")
    for around in unit["within"]:
        print(f"  in {printable(around['item'])} {printable(around['serial'])}")
    for box in unit.get("containers", ()):
        print(f"  {_boxed(box)}")
    _show_parts(unit["contains"], "  ")
    for entry in unit["history"]:
        where = f"{printable(entry['operator'])} on {printable(entry['device'])}"
        within = f"in {printable(entry['container'])}" if entry.get("container") else ""
        told = (where, printable(entry["document"]), within)
        print(f"  {_when(entry):<19}  {entry['step']:<13} {' '.join(filter(None, told))}")
        if entry.get("clock_ahead"):
            print(f"      time uncertain: its clock was ahead, it said {printable(entry['at'])}")
        if entry.get("waived"):
            taken = f"{printable(entry['waived'])} waived by {printable(entry['supervisor'])}"
            print(f"      {taken}: {printable(entry['reason'])}")


def _when(entry: dict[str, Any]) -> str:
    """By the device; of one whose clock was ahead, when the server received it."""
    if not entry.get("clock_ahead"):
        return printable(entry["at"][:19])
    return datetime.fromtimestamp(entry["received_ms"] / 1000, UTC).isoformat()[:19]


def _boxed(box: dict[str, str]) -> str:
    """``in CARTON-7 from ... to ...``, as far as it is known."""
    since = f" from {box['since'][:19]}" if box["since"] else ""
    until = f" to {box['until'][:19]}" if box["until"] else ""
    return f"in {printable(box['container'])}{since}{until}"


def _show_parts(parts: list[dict[str, Any]], margin: str) -> None:
    for part in parts:
        count = f"{part['quantity']} x " if not part["serial"] else ""
        name = part["serial"] or part["lot"]
        print(f"{margin}contains {count}{printable(part['item'])} {printable(name)}".rstrip())
        _show_parts(part["contains"], margin + "  ")
