"""Documents and their lines: what an order asks for, and how much of it the events have done."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import msgspec

from tracking.events import Event

DOCUMENT_TYPES = (
    "purchase_order",
    "asn",
    "sales_order",
    "work_order",
    "count_sheet",
    "rma",
    "recall",
)

CREDITING = {
    "purchase_order": ("receiving",),
    "asn": ("receiving",),
    "sales_order": ("picking", "shipping"),
    "work_order": ("assembling",),
    "count_sheet": ("stock_taking",),
    "rma": ("returning",),
    "recall": ("collecting",),
}
"""Which steps count towards a line. A unit counts once, however many of the steps it goes through."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, dict=True):
    """One line: this many of this item."""

    line: int = 0
    item: str
    quantity: int = 1
    serials: tuple[str, ...] = ()
    """Expected serial numbers, where the supplier announced or the customer asked for them."""
    lot: str = ""
    container: str = ""
    """SSCC of the carton or pallet that the supplier announced these in."""

    @cached_property
    def expected(self) -> frozenset[str]:
        """Its serials for asking: a notice of ten thousand must not be walked through at every scan."""
        return frozenset(self.serials)


class BomLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One position of a bill of materials."""

    item: str
    quantity: int = 1
    position: str = ""
    alternates: tuple[str, ...] = ()
    """Items that may stand in for it once a person confirms it."""


class Document(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An order, a notice, a count sheet: a reason to scan."""

    type: str
    number: str
    party: str = ""
    location: str = ""
    blind: bool = False
    recount: int = 0
    """How often the office had a count sheet counted again."""
    lines: tuple[Line, ...] = ()
    product: str = ""
    bom: tuple[BomLine, ...] = ()
    site: str = ""

    def line_of(self, number: int) -> Line | None:
        """The line with this number, or None."""
        return next((line for line in self.lines if line.line == number), None)

    def lines_of_item(self, item: str) -> tuple[Line, ...]:
        """Its lines for one item, in order."""
        return tuple(line for line in self.lines if line.item == item)

    def line_expecting(self, item: str, serial: str) -> Line | None:
        """The line that names this serial number, or None."""
        return next((line for line in self.lines if line.item == item and serial in line.expected), None)

    def names(self, serial: str) -> bool:
        """True when a line names this serial number, under whatever item."""
        return any(serial in line.expected for line in self.lines)

    @property
    def total(self) -> int:
        """How many units or pieces it asks for in all."""
        return sum(line.quantity for line in self.lines)

    @property
    def names_serials(self) -> bool:
        """True when it announces serial numbers."""
        return any(line.serials for line in self.lines)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a document is done: by line, and whether it is closed."""

    done: dict[int, int] = {}
    closed: bool = False

    def of(self, line: int) -> int:
        """Done on one line."""
        return self.done.get(line, 0)

    @property
    def total(self) -> int:
        """Done on all lines."""
        return sum(self.done.values())

    def plus(self, line: int, quantity: int) -> Tally:
        """The tally after ``quantity`` more on a line (negative: less)."""
        return Tally(done={**self.done, line: self.of(line) + quantity}, closed=self.closed)


def open_quantity(document: Document, tally: Tally, line: Line) -> int:
    """What is still to come on a line; negative where there is too much."""
    return line.quantity - tally.of(line.line)


def complete(document: Document, tally: Tally) -> bool:
    """True when no line lacks anything."""
    return all(tally.of(line.line) >= line.quantity for line in document.lines)


def missing_by_line(document: Document, tally: Tally) -> dict[int, int]:
    """Line number -> what is missing, for the lines where something is."""
    return {
        line.line: line.quantity - tally.of(line.line)
        for line in document.lines
        if tally.of(line.line) < line.quantity
    }


def called_back(documents: Iterable[Document]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What recalls name: ``(item, serial)`` of units, and ``(item, lot)`` of whole lots."""
    lines = [line for document in documents if document.type == "recall" for line in document.lines]
    units = {(line.item, serial) for line in lines for serial in line.serials}
    return units, {(line.item, line.lot) for line in lines if line.lot and not line.serials}


_ALREADY_DONE = {
    "purchase_order": ("received", "booked", "consumed", "produced", "picked", "shipped"),
    "asn": ("received", "booked", "consumed", "produced", "picked", "shipped"),
    "sales_order": ("picked", "shipped"),
    "rma": ("returned",),
    "work_order": ("produced",),
}


def opening_line(document: Document, item: str, serial: str, status: str) -> int:
    """The line that an imported unit was already done on, or 0: it names the document and its status says so."""
    if status not in _ALREADY_DONE.get(document.type, ()):
        return 0
    named = document.line_expecting(item, serial)
    of_item = document.lines_of_item(item)
    return named.line if named is not None else of_item[0].line if of_item else 0


def takes_off(event: Event) -> bool:
    """True where a unit does not count on its line any more: a part came out of what was finished."""
    return event.step == "assembling" and event.action == "DELETE"


def credit(event: Event, document_before: str, step_before: str) -> int:
    """What an event adds to its line: its quantity, or 0 where the same unit was already counted there; negative for
    one that is unfinished again.

    ``document_before`` and ``step_before`` are those of the unit's state before the event: a unit picked for an
    order and then shipped on it counts once.
    """
    if not event.document or not event.line or event.step in {"sighting", "completing", "holding"}:
        return 0
    if event.evidence == "imported":
        return event.quantity
    if not any(event.step in steps for steps in CREDITING.values()):
        return 0
    if takes_off(event):
        return -event.quantity
    already = event.step == "shipping" and step_before == "picking" and document_before == event.document
    return 0 if already else event.quantity


def says_empty(event: Event) -> bool:
    """True for a count that saw a place with nothing in it: an observation of no item, quantity 0."""
    return event.step == "stock_taking" and not event.item and not event.quantity


def tally_of(events: Iterable[Event]) -> Tally:
    """The tally of events that all belong to one document and all counted (no contradictions, none cancelled)."""
    done: dict[int, int] = {}
    seen: set[tuple[int, str, str]] = set()
    closed = False
    for event in events:
        if event.step == "completing":
            closed = event.action != "DELETE"
            continue
        if not credit(event, "", ""):
            continue
        key = (event.line, event.item, event.serial)
        if takes_off(event) and key not in seen:
            continue
        if takes_off(event):
            seen.remove(key)
            done[event.line] -= event.quantity
            continue
        if event.serial and key in seen:
            continue
        seen.add(key)
        done[event.line] = done.get(event.line, 0) + event.quantity
    return Tally(done=done, closed=closed)
