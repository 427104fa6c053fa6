"""From readings to meaning, in context: what the prompt wants, known values, the item's pattern, then shape.

Ambiguity asks for the narrower code and never guesses between two items.
"""

from __future__ import annotations

from scanner_app.workflows.burst import one_label
from scanner_app.workflows.deciding import Case, decide
from scanner_app.workflows.flow import Knowledge, Scanned
from scanner_app.workflows.meant import Kind, Meaning, refuse
from scanner_app.workflows.parts import Parts
from tracking.documents import Document

ANYTHING: frozenset[str] = frozenset()


def understand(
    scanned: Scanned,
    held: Parts,
    document: Document | None,
    knows: Knowledge,
    *,
    wanted: frozenset[str] = ANYTHING,
) -> Meaning:
    """The meaning of one gesture at a prompt for labels. Several codes are sorted and become one.

    ``wanted``: the kinds that the prompt asks for (``document item location unit``), for a code that is several.
    """
    cases = tuple(
        Case(readings, text, held, document, knows, wanted)
        for readings, text in zip(scanned.readings, scanned.texts, strict=True)
    )
    return decide(cases[0]).meaning if len(cases) == 1 else one_label(cases)


def items_of_serial(
    serial: str, document: Document | None, knows: Knowledge, *, known_first: bool
) -> tuple[str, ...]:
    """The items that a bare serial number may belong to here, those of the document first and alone if there are any.

    Several mean: ask. What the document names decides; then units known and the items' patterns. With
    ``known_first`` (goods going out) a known unit of the document outweighs a shape that another item would allow.
    """
    known = tuple(unit.item for unit in knows.units_of_serial(serial))
    fitting = tuple(item.item for item in knows.items_fitting(serial))
    if document is None:
        return known or fitting
    named = tuple(dict.fromkeys(line.item for line in document.lines if serial in line.expected))
    if named:
        return named
    wanted = tuple(dict.fromkeys(line.item for line in document.lines))
    if known_first and any(item in known for item in wanted):
        return tuple(item for item in wanted if item in known)
    here = tuple(item for item in wanted if item in known or item in fitting)
    if here:
        return here
    if known or fitting:
        return known or fitting
    shapeless = [number for number in wanted if _takes_any(number, knows)]
    return tuple(shapeless)


def _takes_any(number: str, knows: Knowledge) -> bool:
    item = knows.item(number)
    return item is not None and item.tracking == "serial" and not item.serial_pattern


__all__ = ["Kind", "Meaning", "items_of_serial", "refuse", "understand"]
