"""Doubts about a damaged code that this handheld's knowledge settles: one of several ways to read it fits.

A way fits where the item is one of ours and has such serial numbers, with the lot and the date that it asks for; a
bare text fits where it is a value that is known here, or else the serial number of an item by its pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner_app.scanners.reading import Understood, ways
from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading
from tracking.rules import fits_pattern
from tracking.site import Item

if TYPE_CHECKING:
    from scanner_app.workflows.flow import Knowledge


def settled(found: Understood, symbology_id: str, knows: Knowledge) -> Understood:
    """The code without its doubt where exactly one way to read it fits; else as it was."""
    best = found.readings[0]
    if not best.doubt:
        return found
    if best.kind == "text":
        return _text(found, symbology_id, knows)
    possible = [one for one in found.readings if one is best or one.repaired]
    fitting = [one for one in possible if one.usable and _fits(one, knows)]
    if len(fitting) != 1:
        return found
    sure = replace(fitting[0], doubt="", warn=())
    return Understood(found.text, (sure, *(one for one in found.readings if one is not fitting[0])))


def _fits(reading: Reading, knows: Knowledge) -> bool:
    return any(_is_label_of(reading, item, knows) for item in knows.items_of_gtin(reading.gtin))


def _is_label_of(reading: Reading, item: Item, knows: Knowledge) -> bool:
    if "lot" in item.requires and not reading.lot:
        return False
    if "expiry" in item.requires and not (reading.expiry or reading.made):
        return False
    if item.tracking != "serial":
        return item.tracking == "none" or bool(reading.lot)
    if not reading.serial:
        return False
    if item.serial_pattern:
        return fits_pattern(item, reading.serial)
    return knows.unit(item.item, reading.serial).status != "unknown"


def _text(found: Understood, symbology_id: str, knows: Knowledge) -> Understood:
    best = found.readings[0]
    texts = dict.fromkeys([best.text, *(text for undo in ways().undo for text in undo(best.text))])
    known = [text for text in texts if _is_known(text, knows)]
    fitting = known or [text for text in texts if knows.items_fitting(text)]
    if len(fitting) != 1:
        return found
    if fitting[0] == best.text:
        return Understood(found.text, (replace(best, doubt="", warn=()), *found.readings[1:]))
    first, *others = read(fitting[0], symbology_id, today=knows.today)
    return Understood(fitting[0], (replace(first, repaired=True), *others))


def _is_known(text: str, knows: Knowledge) -> bool:
    return bool(
        knows.units_of_serial(text)
        or knows.document(text)
        or knows.item(text)
        or knows.operator(text)
        or knows.location(text)
    )
