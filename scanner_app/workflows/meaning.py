"""From readings to meaning, in context: what the prompt wants, known values, the item's pattern, then shape.

Ambiguity asks for the narrower code and never guesses between two items.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from scanner_app.workflows.bare_codes import believed, item_named, order_named
from scanner_app.workflows.flow import Knowledge, Scanned
from scanner_app.workflows.parts import NO_PARTS, Clash, Parts, merge
from tracking import rules
from tracking.dates import from_yymmdd, last_of_month, parse_iso
from tracking.documents import Document
from tracking.identifiers.reading import NATIVE_KINDS, Reading
from tracking.phrases import Said, phrase
from tracking.site import Item, refuse_code
from tracking.verdicts import Verdict, verdict

Kind = Literal["label", "document", "badge", "location", "command", "refused"]


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan means here: parts of a label, something else by name, or a refusal."""

    kind: Kind
    parts: Parts = NO_PARTS
    value: str = ""
    """Document number, badge, location code, or the command."""
    argument: str = ""
    refusal: Verdict | None = None


def refuse(code: str, text: str, *, item: str = "", serial: str = "", **fields: Said) -> Meaning:
    """A scan that means nothing here, with its raw text for the banner."""
    return Meaning(kind="refused", refusal=verdict(code, item=item, serial=serial, raw=text, **fields))


def understand(scanned: Scanned, held: Parts, document: Document | None, knows: Knowledge) -> Meaning:
    """The meaning of one gesture at a prompt for labels. Several codes are sorted and become one."""
    if len(scanned.readings) == 1:
        return _of_code(scanned.readings[0], scanned.texts[0], held, document, knows)
    together = NO_PARTS
    left: list[tuple[tuple[Reading, ...], str]] = []
    # Structured codes first: a plain serial is only understood once the item is known.
    for readings, text in zip(scanned.readings, scanned.texts, strict=True):
        if readings[0].usable and readings[0].kind != "text" and not _shape_only(readings[0]):
            meaning = _of_code(readings, text, held, document, knows)
            if meaning.kind != "label":
                continue
            joined = merge(together, meaning.parts)
            if isinstance(joined, Clash):
                return _clash(joined)
            together = joined
        else:
            left.append((readings, text))
    for readings, text in left:
        meaning = _of_code(readings, text, together, document, knows)
        if meaning.kind == "label" and not (together.serial and meaning.parts.serial):
            joined = merge(together, meaning.parts)
            together = together if isinstance(joined, Clash) else joined
    if together.empty:
        return refuse("unknown_code", " | ".join(scanned.texts)[:200], why=phrase("why_no_label"))
    return Meaning(kind="label", parts=together)


def _shape_only(reading: Reading) -> bool:
    """A native number or a single data identifier: only the item, once known, tells what it is."""
    return reading.bare and (reading.kind in NATIVE_KINDS or "ambiguous" in reading.details)


def _clash(clash: Clash) -> Meaning:
    why = phrase(f"clash_{clash.field}", first=clash.first, second=clash.second)
    return refuse("ambiguous", clash.second, serial=clash.second, candidates=why)


def _of_code(
    readings: tuple[Reading, ...], text: str, held: Parts, document: Document | None, knows: Knowledge
) -> Meaning:
    best = readings[0]
    if best.kind == "command":
        if not best.ok:
            return refuse("unknown_code", text, why=best.error)
        return Meaning(kind="command", value=best.command, argument=best.argument)
    plain = next((reading for reading in readings if reading.kind == "text" and reading.ok), None)
    if plain is not None:
        known = _known_value(plain.text, document, knows)
        if known is not None:
            return known
    if plain is not None and (best.bare or best is plain):
        shape = believed(readings, plain.text, held, document, knows)
        if shape is not None:
            return _registrable(_structured(shape, text, document, knows), text, knows)
        return _registrable(_plain(plain.text, held, document, knows), text, knows)
    if best.usable and best.kind != "text":
        return _registrable(_structured(best, text, document, knows), text, knows)
    if plain is not None and knows.items_fitting(plain.text):
        return _registrable(_plain(plain.text, held, document, knows), text, knows)
    if best.kind == "url":
        return refuse("wrong_kind", text, kind=phrase("kind_url"), need=phrase("need_serial_or_item"))
    code = "unreadable" if best.kind == "text" or best.layer else "unknown_code"
    return refuse(code, text, why=best.error)


def _registrable(meaning: Meaning, text: str, knows: Knowledge) -> Meaning:
    """A label, unless its serial or lot is one that nobody may register: a command card or a badge in a GS1 code."""
    for value in (meaning.parts.serial, meaning.parts.lot):
        why = refuse_code(value) if value else ""
        if value and not why and knows.operator(value) is not None:
            return refuse("unknown_code", text, why=phrase("why_badge", value=value[:40]))
        if why:
            return refuse("unknown_code", text, why=f"{value[:40]} {why}")
    return meaning


def _structured(reading: Reading, text: str, document: Document | None, knows: Knowledge) -> Meaning:
    """A label whose fields are named, or a bare number whose shape is believed."""
    if reading.kind == "container":
        return refuse("wrong_kind", text, kind=phrase("kind_container"), need=phrase("need_serial_or_item"))
    if reading.kind in {"badge", "asset"}:
        return refuse("wrong_kind", text, kind=phrase("kind_asset"), need=phrase("need_serial_or_item"))
    if reading.kind == "document" and order_named(reading):
        return Meaning(kind="document", value=order_named(reading))
    item = item_named(reading, knows)
    if reading.gtin:
        found = _items_of_gtin(reading, document, knows)
        if not found:
            return refuse("unknown_code", text, why=phrase("why_gtin", gtin=reading.gtin))
        if len(found) > 1:
            return refuse("ambiguous", text, serial=reading.serial or text, candidates=", ".join(found[:4]))
        item = found[0]
    parts = Parts(
        item=item,
        serial=reading.serial,
        lot=reading.lot,
        # A label with a month alone may be used until that month's last day.
        expiry=reading.expiry or last_of_month(str(reading.details.get("expiry_month", ""))),
        made=reading.made,
        quantity=reading.quantity,
    )
    if parts.empty:
        return refuse("unknown_code", text, why=phrase("why_empty_label"))
    return Meaning(kind="label", parts=parts)


def _items_of_gtin(reading: Reading, document: Document | None, knows: Knowledge) -> tuple[str, ...]:
    """Items with this GTIN: those that the document asks for, else all of them. Never a guess between two."""
    found = tuple(item.item for item in knows.items_of_gtin(reading.gtin))
    wanted = {line.item for line in document.lines} if document is not None else set()
    return tuple(item for item in found if item in wanted) or found


def _known_value(text: str, document: Document | None, knows: Knowledge) -> Meaning | None:
    """An exact known value decides, before shape does. A serial number's item is found later, by the document."""
    if document is not None and any(text in line.serials for line in document.lines):
        return None if _is_token(text, knows) else Meaning(kind="label", parts=Parts(serial=text))
    token = _token(text, knows)
    if token is not None:
        return token
    if knows.units_of_serial(text):
        return Meaning(kind="label", parts=Parts(serial=text))
    return None


def _is_token(text: str, knows: Knowledge) -> bool:
    return _token(text, knows) is not None


def _token(text: str, knows: Knowledge) -> Meaning | None:
    if knows.operator(text) is not None:
        return Meaning(kind="badge", value=text)
    if knows.document(text) is not None:
        return Meaning(kind="document", value=text)
    if knows.item(text) is not None:
        return Meaning(kind="label", parts=Parts(item=text))
    if knows.location(text) is not None:
        return Meaning(kind="location", value=text)
    return None


def _plain(text: str, held: Parts, document: Document | None, knows: Knowledge) -> Meaning:
    """Text that nobody knows yet: what the label in hand lacks; a new serial if an item's shape says so."""
    item = knows.item(held.item) if held.item else None
    if item is not None:
        lacking = _lacking(text, held, item, knows)
        if lacking is not None:
            return Meaning(kind="label", parts=lacking)
    if knows.items_fitting(text) or _shapeless(document, knows):
        return Meaning(kind="label", parts=Parts(serial=text))
    return refuse("unknown_code", text, why=phrase("why_nothing_ours"))


def _lacking(text: str, held: Parts, item: Item, knows: Knowledge) -> Parts | None:
    """Plain text as the part that a half label lacks. A serial is not taken for a lot: a trigger bounces."""
    if item.tracking == "serial":
        shaped = bool(item.serial_pattern) and rules.fits_pattern(item, text)
        if not held.serial or text == held.serial or shaped:
            return Parts(serial=text)
        if "lot" in item.requires and not held.lot:
            return Parts(lot=text)
    elif item.tracking == "lot" and not held.lot:
        return Parts(lot=text)
    if "expiry" in item.requires and not held.expiry:
        day = parse_iso(text) or from_yymmdd(text, knows.today)
        return Parts(expiry=day.isoformat()) if day is not None else None
    return None


def _shapeless(document: Document | None, knows: Knowledge) -> bool:
    """True when the document has exactly one serial-tracked item, and that item takes serials of any shape."""
    if document is None:
        return False
    items = [knows.item(number) for number in dict.fromkeys(line.item for line in document.lines)]
    serialised = [item for item in items if item is not None and item.tracking == "serial"]
    return len(serialised) == 1 and not serialised[0].serial_pattern


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
    named = tuple(dict.fromkeys(line.item for line in document.lines if serial in line.serials))
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
