"""What has been read of one label so far: split labels and bursts come together here, in any order."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Parts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Item, serial, lot, dates and quantity of one label, as far as they are known."""

    item: str = ""
    serial: str = ""
    lot: str = ""
    expiry: str = ""
    made: str = ""
    quantity: int = 0
    container: str = ""
    repaired: bool = False
    """Some of it was rebuilt from a damaged scan."""

    @property
    def empty(self) -> bool:
        """True when nothing was read yet."""
        return msgspec.structs.replace(self, repaired=False) == NO_PARTS


NO_PARTS = Parts()

_TEXT_FIELDS = ("item", "serial", "lot", "expiry", "made", "container")


class Clash(NamedTuple):
    """Two different values for one field of what should be one label."""

    field: str
    first: str
    second: str


def merge(held: Parts, read: Parts) -> Parts | Clash:
    """Both together, or the first field on which they disagree."""
    if held == NO_PARTS:
        return read
    values: dict[str, str | int] = {"repaired": held.repaired or read.repaired}
    for name in _TEXT_FIELDS:
        first, second = getattr(held, name), getattr(read, name)
        if first and second and first != second:
            return Clash(name, first, second)
        values[name] = first or second
    values["quantity"] = read.quantity or held.quantity
    return msgspec.structs.replace(NO_PARTS, **values)


def missing_from(held: Parts, read: Parts) -> Parts:
    """What was read, without the fields that are held already."""
    taken = {name: "" for name in _TEXT_FIELDS if getattr(held, name)}
    return msgspec.structs.replace(read, **taken) if taken else read
