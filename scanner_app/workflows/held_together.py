"""A container with all that is in it, cartons on a pallet included: what moves, leaves or comes in together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Knowledge
from tracking.assembly import Inside
from tracking.lifecycle import FLAGS
from tracking.units import UnitState

DEPTH_MAX = 8
"""Containers within containers; deeper is a circle."""


class Whole(NamedTuple):
    """A container, the containers in it at any depth, and everything that is in any of them."""

    containers: tuple[str, ...]
    """The container itself first."""
    units: tuple[UnitState, ...]
    quantities: tuple[Inside, ...]

    @property
    def empty(self) -> bool:
        """True where nothing is known to be in it."""
        return not self.units and not self.quantities

    @property
    def pieces(self) -> int:
        """Units and pieces in it."""
        return len(self.units) + sum(one.quantity for one in self.quantities)

    def by_item(self) -> dict[str, int]:
        """Item -> how many of it are in it."""
        counts: dict[str, int] = {}
        for item, quantity in (
            *((unit.item, 1) for unit in self.units),
            *((one.item, one.quantity) for one in self.quantities),
        ):
            counts[item] = counts.get(item, 0) + quantity
        return counts


def whole_of(container: str, knows: Knowledge) -> Whole:
    """Everything in a container, units with the flags of their lots."""
    codes = tuple(dict.fromkeys(_within(container, knows, DEPTH_MAX)))
    units = tuple(with_lot_flags(unit, knows) for code in codes for unit in knows.inside("", code))
    quantities = tuple(one for code in codes for one in knows.quantities_in("", code))
    return Whole(codes, tuple(sorted(units, key=lambda unit: (unit.item, unit.serial))), quantities)


def _within(container: str, knows: Knowledge, depth: int) -> Iterator[str]:
    yield container
    if depth:
        for code in knows.boxes_in(container):
            yield from _within(code, knows, depth - 1)


def with_lot_flags(unit: UnitState, knows: Knowledge) -> UnitState:
    """The unit with what lies on its whole lot."""
    if not unit.lot:
        return unit
    flags = {*unit.flags, *knows.lot_flags(unit.item, unit.lot)}
    return msgspec.structs.replace(unit, flags=tuple(flag for flag in sorted(flags) if flag in FLAGS))


def is_known(container: str, knows: Knowledge) -> bool:
    """True where somebody has seen this container, or something is in it."""
    return knows.container(container).known or bool(knows.inside("", container))
