"""A bill of materials and what of it is in one product: which position is filled, which one lacks what.

Pure: what is inside comes from whoever knows it, units by their states and quantities by their events.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tracking.documents import BomLine, Document, Line, Tally


class Inside(NamedTuple):
    """One thing in a product: a unit, or a quantity of a lot or an untracked part."""

    item: str
    serial: str
    lot: str
    position: str
    quantity: int


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One position of the bill, with what is in it."""

    number: int
    """Its place in the bill, from 1."""
    line: BomLine
    filled: tuple[Inside, ...] = ()

    @property
    def position(self) -> str:
        """Its name on the paper; its number where the paper gives it none."""
        return self.line.position or str(self.number)

    @property
    def done(self) -> int:
        """How many are in."""
        return sum(one.quantity for one in self.filled)

    @property
    def missing(self) -> int:
        """How many are still to come."""
        return max(self.line.quantity - self.done, 0)

    def takes(self, item: str) -> bool:
        """True where this item, or a part that may stand for it, belongs here."""
        return item == self.line.item or item in self.line.alternates


def slots_of(bom: Iterable[BomLine], inside: Iterable[Inside]) -> tuple[Slot, ...]:
    """The positions with what is in them. What names no position of the bill goes where there is room for it."""
    slots = [Slot(number=number, line=line) for number, line in enumerate(bom, 1)]
    filled: list[list[Inside]] = [[] for _ in slots]
    room = [slot.line.quantity for slot in slots]
    by_name: dict[tuple[str, str], int] = {}
    by_item: dict[str, list[int]] = {}
    for at, slot in enumerate(slots):
        for item in (slot.line.item, *slot.line.alternates):
            by_name.setdefault((slot.position, item), at)
            by_item.setdefault(item, []).append(at)
    homeless: list[Inside] = []
    for one in inside:
        at = by_name.get((one.position, one.item), -1)
        if at < 0:
            homeless.append(one)
            continue
        filled[at].append(one)
        room[at] -= one.quantity
    for one in homeless:
        places = by_item.get(one.item, [])
        best = next((at for at in places if room[at] > 0), places[-1] if places else -1)
        if best >= 0:
            filled[best].append(one)
            room[best] -= one.quantity
    return tuple(
        msgspec.structs.replace(slot, filled=tuple(within))
        for slot, within in zip(slots, filled, strict=True)
    )


def slot_for(slots: Iterable[Slot], item: str) -> Slot | None:
    """Where a component goes: a position of its own item with room, else one that it may stand in for, else a full
    one that it belongs to, else None.
    """
    fitting = [slot for slot in slots if slot.takes(item)]
    own = [slot for slot in fitting if slot.line.item == item]
    for choice in (own, fitting):
        open_slot = next((slot for slot in choice if slot.missing), None)
        if open_slot is not None:
            return open_slot
    return next(iter(own or fitting), None)


def next_slot(slots: Iterable[Slot]) -> Slot | None:
    """The first position that lacks something."""
    return next((slot for slot in slots if slot.missing), None)


def complete(slots: Iterable[Slot]) -> bool:
    """True where no position lacks anything."""
    return next_slot(slots) is None


def bill_of(document: Document, slots: Iterable[Slot], item: str = "") -> tuple[Document, Tally]:
    """The bill as a document with a line a position, and how much of each is in: what the rules ask about.

    A position that ``item`` may stand in for is a line of that item.
    """
    slots = tuple(slots)
    lines = tuple(
        Line(
            line=slot.number,
            item=item if item and slot.takes(item) else slot.line.item,
            quantity=slot.line.quantity,
        )
        for slot in slots
    )
    bill = msgspec.structs.replace(document, lines=lines)
    return bill, Tally(done={slot.number: slot.done for slot in slots})


def product_line(document: Document) -> Line | None:
    """The line that asks for the product, or None where the paper has none."""
    return next((line for line in document.lines if line.item == document.product), None)
