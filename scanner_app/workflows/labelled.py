"""Labels whose fields are named, by a standard or by a rule: what they say in terms of our items."""

from __future__ import annotations

from scanner_app.workflows.bare_codes import items_named, order_named
from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.meant import Meaning, refuse
from scanner_app.workflows.parts import Parts
from tracking.catalogue.faults import told
from tracking.dates import last_of_month
from tracking.documents import Document
from tracking.identifiers.reading import Reading
from tracking.phrases import phrase, row_of
from tracking.site import refuse_code

CANDIDATES_SHOWN_MAX = 4
NEED = phrase("need_serial_or_item")


def labelled(reading: Reading, text: str, document: Document | None, knows: Knowledge) -> Meaning:
    """A label whose fields are named, or a bare number whose shape is believed."""
    if reading.kind == "container":
        plate = str(reading.details.get("license_plate", ""))
        return Meaning(kind="container", value=reading.sscc or plate or reading.text or text)
    if reading.kind in {"badge", "asset"}:
        return refuse("wrong_kind", text, kind=phrase("kind_asset"), need=NEED)
    if reading.kind == "document" and order_named(reading):
        return Meaning(kind="document", value=order_named(reading))
    if reading.kind == "location" and reading.gln:
        return refuse("wrong_kind", text, kind=phrase("kind_gln"), need=NEED)
    items = _items(reading, document, knows)
    if reading.gtin and not items:
        return refuse("unknown_code", text, why=phrase("why_gtin", gtin=reading.gtin))
    if len(items) > 1:
        shown = ", ".join(items[:CANDIDATES_SHOWN_MAX])
        return refuse("ambiguous", text, serial=reading.serial or text, candidates=shown)
    parts = Parts(
        item=items[0] if items else "",
        serial=reading.serial,
        lot=reading.lot,
        # A label with a month alone may be used until that month's last day.
        expiry=reading.expiry or last_of_month(str(reading.details.get("expiry_month", ""))),
        made=reading.made,
        quantity=reading.quantity,
        repaired=reading.repaired,
    )
    if parts.empty:
        return refuse("unknown_code", text, why=phrase("why_empty_label"))
    return Meaning(kind="label", parts=parts)


def _items(reading: Reading, document: Document | None, knows: Knowledge) -> tuple[str, ...]:
    """The items that a label may name; several mean: ask."""
    named = items_named(reading, knows)
    if not reading.gtin:
        return _wanted(named, document)
    found = tuple(item.item for item in knows.items_of_gtin(reading.gtin))
    # Two revisions under one GTIN are told apart by the part number beside it; against the GTIN it proves nothing.
    return _wanted(tuple(item for item in found if item in named) or found, document)


def _wanted(found: tuple[str, ...], document: Document | None) -> tuple[str, ...]:
    """Those that the document asks for, else all of them. Never a guess between two."""
    wanted = {line.item for line in document.lines} if document is not None else set()
    return tuple(item for item in found if item in wanted) or found


def registrable(meaning: Meaning, text: str, knows: Knowledge) -> Meaning:
    """A label, unless its serial or lot is one that nobody may register: a command card or a badge in a GS1 code."""
    for value in (meaning.parts.serial, meaning.parts.lot):
        why = refuse_code(value) if value else ""
        if value and not why and knows.operator(value) is not None:
            return refuse("unknown_code", text, why=phrase("why_badge", value=value[:40]))
        if why:
            return refuse("unknown_code", text, why=row_of(value[:40], told(why), between=" "))
    return meaning
