"""What a line operator's task remembers, and the picture of the product on the bench that everything asks about."""

from __future__ import annotations

from typing import NamedTuple

from scanner_app.workflows.flow import Knowledge, State
from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking.assembly import Inside, Slot, product_line, slots_of
from tracking.documents import Document, Line
from tracking.site import Item
from tracking.units import UnitState


class ProductionState(State, frozen=True, kw_only=True, omit_defaults=True):
    """Which order, which unit is being built, and the halves of the label that is being read."""

    product: str = ""
    """Serial number of the unit on the bench; empty between two units."""
    parts: Parts = NO_PARTS
    confirming: str = ""
    """``done``, or the part that waits to be confirmed as a substitute (:func:`named`)."""
    substitute: Parts = NO_PARTS
    """What ``confirming`` names, as it was read."""
    taking_out: bool = False
    """The next scan takes a part out instead of putting one in."""
    out_item: str = ""
    out_serial: str = ""
    """The part taken out last: ``scrap`` means it."""
    fresh: str = ""
    """The serial number that was just given to the unit to be built: its printed label is to be scanned."""
    finished: str = ""
    """The order closed last, for the prompt after it."""


class Bench(NamedTuple):
    """The unit that is being built: its order, its own state, and the positions of its bill."""

    document: Document
    item: Item
    line: Line | None
    """The line of the order that asks for it."""
    unit: UnitState
    slots: tuple[Slot, ...]

    @property
    def name(self) -> str:
        """The product as a person says it."""
        return f"{self.unit.item} {self.unit.serial}"


def named(parts: Parts) -> str:
    """One component as text, to know it again when it is confirmed."""
    return f"{parts.item}\x1f{parts.serial}\x1f{parts.lot}"


def bench_of(state: ProductionState, document: Document, knows: Knowledge) -> Bench:
    """The unit on the bench with what is in it now."""
    item = knows.item(document.product) or Item(item=document.product)
    unit = knows.unit(document.product, state.product)
    return Bench(
        document,
        item,
        product_line(document),
        unit,
        slots_in(document, document.product, state.product, knows),
    )


def slots_in(document: Document, item: str, serial: str, knows: Knowledge) -> tuple[Slot, ...]:
    """The positions of the order's bill, filled with what is in one unit."""
    units = (
        Inside(item=unit.item, serial=unit.serial, lot=unit.lot, position=unit.position, quantity=1)
        for unit in knows.inside(item, serial)
    )
    return slots_of(document.bom, (*units, *knows.quantities_in(item, serial)))
