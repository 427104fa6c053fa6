"""Giving many serial numbers at once: from a list, a range, a pattern or a CSV; all their faults in one pass.

Nothing is given as long as one of them cannot be. A pattern's counter only ever rises and is kept in the journal, so a
number that was given and taken back, or spoiled in the printer, is not given again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from scanner_app import leasing
from scanner_app.handheld import Handheld
from scanner_app.journal import Journal
from scanner_app.workflows.assign import assigned, refused
from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.parts import Parts
from scanner_app.workflows.subject import subject_of
from tracking import catalogue
from tracking.events import Event
from tracking.numbering.errors import NumberingError
from tracking.numbering.patterns import Fields, compile_pattern
from tracking.site import refuse_name
from tracking.verdicts import Verdict, verdict

NUMBERS_MAX = 100_000
"""Serial numbers of one call."""
EVENTS_A_WRITE = 500


class AssignError(ValueError):
    """What was asked for makes no numbers; the text says why."""


class Wanted(NamedTuple):
    """One number that is asked for."""

    item: str
    serial: str
    evidence: str


class Faulty(NamedTuple):
    """A number that cannot be given, and why."""

    wanted: Wanted
    why: str


def from_csv(data: bytes, item: str) -> list[Wanted]:
    """Rows of ``serial``, or of ``item,serial`` in any order with a heading. Raises :class:`AssignError`."""
    try:
        text = data.decode("utf-8-sig")
        rows = list(islice(csv.reader(io.StringIO(text), delimiter=_separator(text)), NUMBERS_MAX + 2))
    except (UnicodeDecodeError, csv.Error) as error:
        raise AssignError(f"the CSV cannot be read ({error}): save it as UTF-8") from error
    rows = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    heading = [cell.lower() for cell in rows[0]] if rows else []
    at, item_at = 0, -1
    if "serial" in heading:
        at, item_at = heading.index("serial"), heading.index("item") if "item" in heading else -1
        rows = rows[1:]
    if len(rows) > NUMBERS_MAX:
        raise AssignError(f"the CSV has more than {NUMBERS_MAX} rows: split it")
    return [Wanted(_cell(row, item_at) or item, _cell(row, at), "imported") for row in rows]


def _separator(text: str) -> str:
    """What stands between the names of the heading: spreadsheets write another where a comma is the decimal point."""
    heading = text.partition("\n")[0].lower().replace('"', "")
    found = (one for one in ",;\t" if "serial" in map(str.strip, heading.split(one)))
    return next(found, ",")


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if 0 <= at < len(row) else ""


def from_pattern(
    journal: Journal, item: str, template: str, count: int, first: int | None, fields: Fields
) -> tuple[list[Wanted], str, int]:
    """The next ``count`` numbers of a pattern, the name of its counter, and where that stands afterwards.

    Raises :class:`AssignError`.
    """
    name = f"counter {item} {template}"
    start = int(journal.meta(name) or 0)
    if first is not None and first < start:
        raise AssignError(f"number {first} was given already: the next one is {start}")
    start = start if first is None else first
    if not 1 <= count <= NUMBERS_MAX:
        raise AssignError(f"a count is a number from 1 to {NUMBERS_MAX}")
    try:
        pattern = compile_pattern(template)
        serials = [pattern.format(fields, start + place) for place in range(count)]
    except NumberingError as error:
        raise AssignError(str(error)) from error
    return [Wanted(item, serial, "ranged") for serial in serials], name, start + count


def from_lease(
    journal: Journal, item: str, template: str, count: int, fields: Fields, lend: leasing.Lend | None
) -> tuple[list[Wanted], leasing.Drawn]:
    """The next ``count`` numbers of a pattern out of the blocks that this handheld holds.

    Raises :class:`AssignError`, also where too few are held and nobody lends more.
    """
    if not 1 <= count <= NUMBERS_MAX:
        raise AssignError(f"a count is a number from 1 to {NUMBERS_MAX}")
    try:
        pattern = compile_pattern(template)
        own = int(journal.meta(f"counter {item} {template}") or 0)
        drawn = leasing.draw(journal, item, template, count, lend, own)
        serials = [pattern.format(fields, number) for number in drawn.numbers]
    except (NumberingError, leasing.NoNumbers) as error:
        raise AssignError(str(error)) from error
    return [Wanted(item, serial, "ranged") for serial in serials], drawn


def faults(wanted: Sequence[Wanted], knows: Knowledge) -> list[Faulty]:
    """Everything that speaks against these numbers, in their order."""
    found: list[Faulty] = []
    seen: set[tuple[str, str]] = set()
    for one in wanted:
        why = "is there twice" if (one.item, one.serial) in seen else _fault(one, knows)
        seen.add((one.item, one.serial))
        if why:
            found.append(Faulty(one, why))
    return found


def _fault(one: Wanted, knows: Knowledge) -> str:
    item = knows.item(one.item)
    if item is None:
        return f"item {one.item[:60]!r} is not known here" if one.item else "no item is named"
    if item.tracking != "serial":
        return f"item {one.item} has no serial numbers"
    why = refuse_name(one.serial)
    if why:
        return why
    if knows.operator(one.serial) is not None:
        return "is a badge"
    subject = subject_of(Parts(item=one.item, serial=one.serial), item, knows)
    stop = refused(subject)
    if stop is None and subject.unit.status == "planned":
        stop = verdict("already_assigned", item=one.item, serial=one.serial)
    return _said(stop) if stop is not None else ""


def _said(stop: Verdict) -> str:
    """The stop in words, without the number itself."""
    return catalogue.message(stop.code, stop.fields).sentence


def give(handheld: Handheld, wanted: Sequence[Wanted]) -> list[Event]:
    """Writes them down, in transactions of :data:`EVENTS_A_WRITE`. They have no faults."""
    session = handheld.session
    written: list[Event] = []
    for events in _parcels(wanted, handheld.session.knows):
        written += session.write(session.state, events, (), verdict("assigned", item=events[0].item))
    return written


def _parcels(wanted: Sequence[Wanted], knows: Knowledge) -> Iterator[list[Event]]:
    for start in range(0, len(wanted), EVENTS_A_WRITE):
        parcel = []
        for one in wanted[start : start + EVENTS_A_WRITE]:
            item = knows.item(one.item)
            assert item is not None, "faults() names an item that is not known"
            parcel.append(assigned(item, one.serial, evidence=one.evidence))
        yield parcel
