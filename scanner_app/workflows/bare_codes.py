"""Bare codes: text that has the shape of a number, though nothing in it says so. When to believe the shape.

A serial number of 14 to 17 characters may look like an IMEI, a VIN or a GTIN without being one. So a known value and
the items' patterns come first, and a shape is believed only where something here expects it.
"""

from __future__ import annotations

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.parts import Parts
from tracking.documents import Document
from tracking.identifiers.reading import NATIVE_KINDS, Reading
from tracking.site import Item

PART_NAMES = ("supplier_part", "customer_part", "pcn", "udi_di", "ppn")
"""Under which names a label may carry one of our item numbers."""
PART_ELEMENTS = ("240", "241")
"""GS1 elements that may carry one: the supplier's additional number, the customer's part number."""
ORDER_NAMES = ("customer_po", "supplier_order")
"""Under which names a label may carry an order's number."""


def our_gtin(readings: tuple[Reading, ...], knows: Knowledge) -> Reading | None:
    """The reading of a bare number as a GTIN of ours."""
    shapes = (reading for reading in readings if reading.bare and reading.ok and reading.gtin)
    return next((shape for shape in shapes if knows.items_of_gtin(shape.gtin)), None)


def believed(
    readings: tuple[Reading, ...], text: str, held: Parts, document: Document | None, knows: Knowledge
) -> Reading | None:
    """The shape to believe; None where the code is best taken as plain text. Asked after known values and patterns."""
    for shape in (reading for reading in readings if reading.bare and reading.ok):
        if shape.kind in NATIVE_KINDS:
            if shape.serial != text and _expects_serial(shape, held, document, knows):
                return shape
        elif "ambiguous" in shape.details:
            if _expects_field(shape, held, document, knows):
                return shape
        else:
            return shape
    return None


def _expects_serial(shape: Reading, held: Parts, document: Document | None, knows: Knowledge) -> bool:
    """True where this serial number, as its standard writes it, is known or one that an item here takes."""
    if _fits(shape.serial, document, knows):
        return True
    numbers = [line.item for line in document.lines] if document is not None else []
    items = [knows.item(number) for number in (held.item, *numbers) if number]
    return not shape.weak and any(item is not None and item.check == shape.kind for item in items)


def _fits(serial: str, document: Document | None, knows: Knowledge) -> bool:
    if document is not None and document.names(serial):
        return True
    return bool(knows.units_of_serial(serial) or knows.items_fitting(serial))


def _expects_field(shape: Reading, held: Parts, document: Document | None, knows: Knowledge) -> bool:
    """True where the value behind a single data identifier means something here."""
    if shape.serial and _fits(shape.serial, document, knows):
        return True
    if items_named(shape, knows) or (order_named(shape) and knows.document(order_named(shape)) is not None):
        return True
    item = knows.item(held.item) if held.item else None
    if shape.expiry and item is not None and "expiry" in item.requires and not held.expiry:
        return True
    named = bool(shape.lot or shape.expiry or shape.made or shape.quantity)
    return named and not shape.weak and not _takes_any(item, held, document, knows)


def _takes_any(item: Item | None, held: Parts, document: Document | None, knows: Knowledge) -> bool:
    """True where the whole code may be a serial number after all: nothing is known of their shape here."""
    if item is not None:
        return item.tracking == "serial" and not held.serial and not item.serial_pattern
    return document is None or shapeless(document, knows)


def shapeless(document: Document | None, knows: Knowledge) -> bool:
    """True when the document has exactly one serial-tracked item, and that item takes serials of any shape."""
    if document is None:
        return False
    items = [knows.item(number) for number in dict.fromkeys(line.item for line in document.lines)]
    serialised = [item for item in items if item is not None and item.tracking == "serial"]
    return len(serialised) == 1 and not serialised[0].serial_pattern


def party_named(readings: tuple[Reading, ...], knows: Knowledge) -> str:
    """The supplier or customer that a lone data identifier V names; empty where it names none of ours."""
    written = (reading.elements.get("V", "") for reading in readings if "ambiguous" in reading.details)
    return next((code for code in written if code and knows.party(code) is not None), "")


def items_named(reading: Reading, knows: Knowledge) -> tuple[str, ...]:
    """Our item numbers that the label carries as part numbers, each once; more than one contradict each other."""
    written = [str(reading.details.get(name, "")) for name in PART_NAMES]
    written += [reading.elements.get(ai, "") for ai in PART_ELEMENTS]
    return tuple(dict.fromkeys(number for number in written if number and knows.item(number) is not None))


def order_named(reading: Reading) -> str:
    """The number of the order that a label names; empty for none."""
    names = (str(reading.details.get(name, "")) for name in ORDER_NAMES)
    return reading.elements.get("400") or next((number for number in names if number), "")
