"""The scan stage that receiving and shipping share: halves of labels come together, then one answer is given.

A subject is complete when its item is known and, by the item's tracking, its serial, its lot or its quantity too,
with the lot and expiry that the item requires.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.meaning import items_of_serial
from scanner_app.workflows.parts import Clash, Parts, merge
from tracking.dates import parse_iso
from tracking.documents import Document
from tracking.phrases import UNSAID, Phrase, phrase
from tracking.site import Item
from tracking.verdicts import Verdict, verdict


class Gathered(NamedTuple):
    """Parts after a scan; an ``item`` once it is resolved; what is still ``need``ed; or an answer instead."""

    parts: Parts
    item: Item | None = None
    need: str = ""
    """``serial``, ``lot``, ``expiry`` or ``quantity``; empty when nothing lacks."""
    answer: Verdict | None = None


def needed(name: str) -> Phrase:
    """What the subject lacks, in words: ``the serial``."""
    return phrase(f"need_{name}")


def gather(
    held: Parts, read: Parts, document: Document | None, knows: Knowledge, *, going_out: bool
) -> Gathered:
    """What is known after one more code of a label."""
    other = _other_label(held, read, knows, going_out=going_out)
    if other is not None:
        return Gathered(held, answer=other)
    if held.item and read.item and held.item != read.item and not held.serial and not held.lot:
        held = msgspec.structs.replace(held, item=read.item)
    joined = merge(held, read)
    if isinstance(joined, Clash):
        why = phrase("either", first=joined.first, second=joined.second)
        return Gathered(held, answer=verdict("ambiguous", serial=joined.second, candidates=why))
    resolved = _resolve(joined, document, knows, going_out=going_out)
    if resolved.item is None:
        return resolved
    parts = _derived_expiry(resolved.parts, resolved.item)
    return Gathered(parts, resolved.item, need_of(parts, resolved.item, going_out=going_out))


def _other_label(held: Parts, read: Parts, knows: Knowledge, *, going_out: bool) -> Verdict | None:
    """Another unit while the first still lacks its lot or expiry: the first must not be lost silently."""
    other_serial = read.serial and held.serial != read.serial
    other_item = read.item and held.item and held.item != read.item
    if not held.serial or not (other_serial or other_item):
        return None
    item = knows.item(held.item)
    need = need_of(held, item, going_out=going_out) if item is not None else "item"
    code = {"lot": "missing_lot", "expiry": "missing_expiry"}.get(need, "ambiguous")
    return verdict(code, item=held.item, serial=held.serial, candidates=phrase("another_item"))


def _resolve(parts: Parts, document: Document | None, knows: Knowledge, *, going_out: bool) -> Gathered:
    """Finds the item of the parts, or says what is missing for that."""
    if parts.item:
        return Gathered(parts, knows.item(parts.item) or Item(item=parts.item))
    if not parts.serial:
        answer = verdict("waiting_for_partner", have=_have(parts), need=needed("serial"))
        return Gathered(parts, need="serial", answer=answer)
    candidates = items_of_serial(parts.serial, document, knows, known_first=going_out)
    if len(candidates) == 1:
        # Units of the whole company are known here, items only of this site: such a unit is judged all the same.
        item = knows.item(candidates[0]) or Item(item=candidates[0])
        return Gathered(msgspec.structs.replace(parts, item=candidates[0]), item)
    if not candidates:
        answer = verdict("unknown_code", raw=parts.serial, why=phrase("why_no_item"))
        return Gathered(parts, answer=answer)
    answer = verdict("ambiguous", serial=parts.serial, candidates=", ".join(candidates[:4]))
    return Gathered(parts, answer=answer)


def _derived_expiry(parts: Parts, item: Item) -> Parts:
    """Date made plus shelf life, where the label has no expiry of its own."""
    made = parse_iso(parts.made) if parts.made else None
    if parts.expiry or not item.shelf_life_days or made is None:
        return parts
    return msgspec.structs.replace(parts, expiry=(made + timedelta(days=item.shelf_life_days)).isoformat())


def need_of(parts: Parts, item: Item, *, going_out: bool) -> str:
    """What the subject still lacks. Going out, the lot and expiry of a
    unit are known from when it came in.
    """
    if item.tracking == "serial":
        if not parts.serial:
            return "serial"
    elif item.tracking == "lot" and not parts.lot:
        return "lot"
    if not going_out:
        if "lot" in item.requires and not parts.lot:
            return "lot"
        if "expiry" in item.requires and not parts.expiry:
            return "expiry"
    if item.tracking != "serial" and not parts.quantity:
        return "quantity"
    return ""


def waiting_answer(parts: Parts, item: Item, need: str) -> Verdict:
    """What to say while something lacks: which half is there and which to scan now."""
    if need == "quantity":
        if item.tracking == "lot":
            return verdict("lot_recorded", item=item.item, lot=parts.lot, need=needed("quantity"))
        return verdict("item_selected", item=item.item, description=item.description, need=needed("quantity"))
    if not parts.serial and not parts.lot and not parts.expiry:
        what = needed(
            "serial_below" if need == "serial" else need
        )  # the part number is scanned for it by mistake
        headline = phrase("that_is_the_part") if need == "serial" else UNSAID
        return verdict(
            "item_selected", item=item.item, description=item.description, need=what, headline=headline
        )
    return verdict(
        "waiting_for_partner", item=item.item, serial=parts.serial, have=_have(parts), need=needed(need)
    )


def _have(parts: Parts) -> Phrase:
    """Which half is there."""
    if parts.serial:
        return phrase("have_serial", serial=parts.serial)
    if parts.lot:
        return phrase("have_lot", lot=parts.lot)
    if parts.expiry:
        return phrase("have_expiry", expiry=parts.expiry)
    return phrase("have_quantity", quantity=str(parts.quantity)) if parts.quantity else phrase("have_half")
