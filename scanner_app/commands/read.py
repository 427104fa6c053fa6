"""``scanner read``: what the terminal understands of codes on standard input, a line each."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, print_json, usage
from scanner_app.commands.reading_row import reading_row, shortcuts
from scanner_app.commands.standards import table
from scanner_app.scanners.profile import of_record
from scanner_app.scanners.reading import understood
from tracking.dates import parse_iso
from tracking.identifiers.reader import split_aim
from tracking.identifiers.reading import Reading
from tracking.printable import printable
from tracking.site import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from scanner_app.commands.read_at_site import AtSite

LINE_BYTES_MAX = 1 << 16
"""What is behind that in a line is passed over: no code holds as much, so it is unreadable all the same."""
COLUMNS_MAX = 100
"""Characters of an answer in the table for people."""


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--today", help="ISO date that two-digit years are read by; default: today")
    parser.add_argument(
        "--standards",
        action="store_true",
        help="the standards that are read, each with an example, as a table",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="every reading of each code, with its reason; with --site or --data also what it means there, and why",
    )
    parser.add_argument("--site", help="site file (JSON) whose items, orders and prefix rules decide")
    parser.add_argument("--document", default="", help="with --site or --data: the order that is open")
    parser.add_argument("--item", default="", help="with --site or --data: the item that is in hand")
    parser.add_argument(
        "--rules",
        action="store_true",
        help="the site's prefix rules in their order, and which get in each other's way",
    )


def run(call: Call) -> int:
    """One answer a line, in the order of the input."""
    options = call.options
    if options.standards:
        print("\n".join(table()))
        return DONE
    if options.site or options.data:
        from scanner_app.commands import read_at_site

        if options.rules:
            return read_at_site.report(call)
        with read_at_site.handheld(call) as opened:
            at_site = read_at_site.AtSite(opened, document=options.document, item=options.item)
            return _answers(call, at_site)
    if options.rules or options.document or options.item:
        usage("--rules, --document and --item need --site SITE.json or --data DIR")
    return _answers(call, None)


def _answers(call: Call, at_site: AtSite | None) -> int:
    today = _today(call.options.today) if call.options.today or at_site is None else at_site.today
    for number, line in enumerate(_lines(sys.stdin.buffer), 1):
        row = answer(_given(line), today, at_site)
        if call.options.json:
            print_json(row)
        else:
            for text in _for_people(number, row, explain=call.options.explain):
                print(text, flush=True)
    return DONE


def _today(given: str | None) -> date:
    today = parse_iso(given) if given else SystemClock().today()
    if today is None:
        usage(f"--today {str(given)[:40]!r} is no date like 2026-11-23")
    return today


def _lines(source: IO[bytes]) -> Iterator[str]:
    mark = BYTE_ORDER_MARK
    while line := source.readline(LINE_BYTES_MAX):
        rest = line
        while len(rest) == LINE_BYTES_MAX and not rest.endswith(b"\n"):
            rest = source.readline(LINE_BYTES_MAX)  # one answer a line, however long it is
        yield line.removeprefix(mark).decode("utf-8", errors="replace").removesuffix("\n")
        mark = b""  # only at the very beginning it is the editor's and not the code's


def _finite(text: str) -> float:
    """A number that JSON can say again: an id comes back as it was given."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def _given(line: str) -> dict[str, Any]:
    """The record of a line; whatever is no JSON object is plain raw text."""
    try:
        parsed = _JSON.decode(line) if line.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        parsed = None
    return parsed if isinstance(parsed, dict) else {"id": None, "raw": line}


def answer(given: dict[str, Any], today: date, at_site: AtSite | None = None) -> dict[str, Any]:
    """The reading of one record: the best on top, all of them under ``readings``; at a site its meaning too."""
    raw, symbology_id = _text(given.get("raw")), _text(given.get("symbology_id"))
    profile = of_record(given.get("profile"), at_site.scanners if at_site is not None else {})
    found = understood(raw, symbology_id, profile, today=today)
    if at_site is not None:
        found = at_site.settled(found, symbology_id)
    readings = found.readings
    want = given.get("want")
    kinds = [kind for kind in want if isinstance(kind, str)] if isinstance(want, list) else []
    best = _best(readings, kinds)
    row: dict[str, Any] = {"id": given.get("id")}
    if at_site is not None:
        text, _ = split_aim(found.text, symbology_id)
        row["site"] = at_site.explained(readings, text, kinds)
    if best is None:
        nearest = next((reading.error for reading in readings if reading.error), "")
        error = f"it is no {' or '.join(kinds)}" + (f": {nearest}" if nearest else "")
        row |= {"ok": False, "kind": readings[0].kind, "elements": {}}
        row["readings"] = [reading_row(reading) for reading in readings]
        return row | {"error": error, "layer": None, "warn": []}
    row |= {"ok": best.ok, "kind": best.kind, **shortcuts(best)}
    row["readings"] = [reading_row(reading) for reading in readings]
    return row | {"error": best.error or None, "layer": best.layer or None, "warn": list(best.warn)}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _best(readings: tuple[Reading, ...], kinds: list[str]) -> Reading | None:
    """What a prompt for these kinds would take: the first sound one, else the nearest. Without kinds, the first."""
    if not kinds:
        return readings[0]
    wanted = [
        reading for reading in readings if reading.kind in kinds or reading.details.get("form") in kinds
    ]
    return next((reading for reading in wanted if reading.ok), wanted[0] if wanted else None)


def _for_people(number: int, row: dict[str, Any], *, explain: bool) -> Iterator[str]:
    yield _columns(f"{number:>4}", row)
    for sentence in row["warn"]:
        yield f"     ? {printable(sentence, COLUMNS_MAX)}"
    for reading in row["readings"] if explain else ():
        yield f"     - {_columns('', reading)}  [{printable(reading.get('reason', ''), COLUMNS_MAX)}]"
    if "site" in row:
        from scanner_app.commands.read_at_site import for_people

        yield from for_people(row["site"])


def _columns(head: str, row: dict[str, Any]) -> str:
    elements = json.dumps(row.get("elements") or row.get("text", ""), ensure_ascii=False)
    return f"{head} {row['kind']:<9} {printable(row.get('error') or elements, COLUMNS_MAX)}"
