"""Which line of a document a unit goes to, and what a document still lacks, in words."""

from __future__ import annotations

from scanner_app.workflows.flow import Knowledge
from tracking.documents import Document, Line, Tally, missing_by_line, open_quantity
from tracking.units import UnitState

NAMED_SERIALS_MAX = 3


def line_for(document: Document, tally: Tally, item: str, serial: str, lot: str) -> Line | None:
    """The line that names the serial; else the first of the item (and lot) with room; else its last; else None."""
    naming = document.line_expecting(item, serial) if serial else None
    if naming is not None:
        return naming
    lines = [line for line in document.lines_of_item(item) if not line.lot or not lot or line.lot == lot]
    return next(
        (line for line in lines if open_quantity(document, tally, line) > 0), lines[-1] if lines else None
    )


def current_line(document: Document, tally: Tally) -> Line | None:
    """The first line that lacks something: what the screen shows."""
    return next((line for line in document.lines if open_quantity(document, tally, line) > 0), None)


def _absent(unit: UnitState, sheet: str) -> bool:
    """Not in yet; for a count sheet or a recall, not seen on it yet."""
    return not unit.seen_by(sheet) if sheet else unit.status in {"unknown", "planned"}


def missing_text(document: Document, tally: Tally, knows: Knowledge) -> str:
    """``2 x PUMP-100 (SN-1, SN-2); 1 x SEAL-KIT``: what is not there yet, by serial where serials are known."""
    seeing = document.type in {"count_sheet", "recall"}
    parts: list[str] = []
    for number, count in missing_by_line(document, tally).items():
        line = document.line_of(number)
        if line is None:
            continue
        absent = [
            serial
            for serial in line.serials
            if _absent(knows.unit(line.item, serial), document.number if seeing else "")
        ]
        named = ", ".join(absent[:NAMED_SERIALS_MAX]) + (" …" if len(absent) > NAMED_SERIALS_MAX else "")
        parts.append(f"{count} x {line.item}" + (f" ({named})" if named else ""))
    return "; ".join(parts)
