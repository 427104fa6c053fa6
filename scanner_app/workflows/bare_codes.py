"""Bare codes: text that has the shape of a number, though nothing in it says so. When to believe the shape.

A serial number of 14 to 17 characters may look like an IMEI, a VIN or a GTIN without being one. So a known value and
the items' patterns come first, and a shape is believed only where something here expects it.
"""

from __future__ import annotations

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.parts import Parts
from tracking.documents import Document
from tracking.identifiers.reading import NATIVE_KINDS, Reading

PART_NAMES = ("supplier_part", "customer_part", "pcn", "udi_di", "ppn")
"""Under which names a label may carry one of our item numbers."""
ORDER_NAMES = ("customer_po", "supplier_order")
"""Under which names a label may carry an order's number."""


def believed(
    readings: tuple[Reading, ...], text: str, held: Parts, document: Document | None, knows: Knowledge
) -> Reading | None:
    """The shape to believe; None where the code is best taken as plain text."""
    shapes = [reading for reading in readings if reading.bare and reading.ok]
    ours = next((shape for shape in shapes if shape.gtin and knows.items_of_gtin(shape.gtin)), None)
    if ours is not None:
        return ours
    if knows.items_fitting(text):
        return None
    for shape in shapes:
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
    if item_named(shape, knows) or (order_named(shape) and knows.document(order_named(shape)) is not None):
        return True
    item = knows.item(held.item) if held.item else None
    waiting_for_serial = item is not None and item.tracking == "serial" and not held.serial
    return (
        item is not None and not waiting_for_serial and not shape.weak and bool(shape.lot or shape.quantity)
    )


def item_named(reading: Reading, knows: Knowledge) -> str:
    """Our item number, where the label carries it as a part number; empty where it carries none of ours."""
    numbers = (str(reading.details.get(name, "")) for name in PART_NAMES)
    return next((number for number in numbers if number and knows.item(number) is not None), "")


def order_named(reading: Reading) -> str:
    """The number of the order that a label names; empty for none."""
    names = (str(reading.details.get(name, "")) for name in ORDER_NAMES)
    return reading.elements.get("400") or next((number for number in names if number), "")
