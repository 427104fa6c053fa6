"""Lots and untracked parts in a product or a container: how much of each handheld's making is in there.

A quantity has no state of its own as a unit has, so it is summed from events. The sum is kept apart by who made it:
a handheld adds what others did to what its own journal says, and never counts its own twice, whatever it has been told.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tracking.containers import is_about_container
from tracking.events import Event
from tracking.units import without_cancelled

INTO = frozenset({"installing", "packing", "receiving"})
"""Steps that put something into something; the others that name one take it out."""


class Loose(msgspec.Struct, frozen=True, array_like=True):
    """So much of one lot, or of an item without lots, at one position."""

    item: str
    lot: str
    position: str
    quantity: int
    """Below 0 where somebody took out what another had put in."""


class LooseRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of the feed's ``inside`` table."""

    of: dict[str, tuple[Loose, ...]] = {}
    """``DEVICE/EPOCH`` -> what it put in, less what it took out."""
    emptied: int = 0
    """Hybrid clock of the container's last shipping: nothing of before is in it any more."""
    ahead: tuple[str, ...] = ()
    """``DEVICE/EPOCH`` whose clock cannot be believed: what of theirs came before the last shipping, their own clock
    does not tell."""


def holder_of(event: Event) -> tuple[str, str] | None:
    """The product, or with an empty item the container, whose quantities an event changes; None for none."""
    if is_about_container(event):
        return ("", event.container) if event.step == "shipping" else None
    if not event.item or event.serial:
        return None
    if event.step in {"installing", "removing"} and event.parent_serial:
        return event.parent_item, event.parent_serial
    if event.step in {"packing", "unpacking"} and event.parent_container:
        return "", event.parent_container
    if event.step == "receiving" and event.container:
        return "", event.container
    return None


def fold_loose(events: Iterable[Event]) -> LooseRow | None:
    """What all events about one product or container come to; None where nothing is in it and it never was emptied."""
    sums: dict[str, dict[tuple[str, str, str], int]] = {}
    emptied = 0
    ahead: set[str] = set()
    for event in without_cancelled(events):
        if event.said_hlc:
            ahead.add(f"{event.device}/{event.epoch}")
        if is_about_container(event):
            sums.clear()
            emptied = event.hlc
            continue
        made = sums.setdefault(f"{event.device}/{event.epoch}", {})
        key = (event.item, event.lot, event.position)
        made[key] = made.get(key, 0) + (event.quantity if event.step in INTO else -event.quantity)
    of = {
        maker: parts
        for maker, made in sorted(sums.items())
        if (parts := tuple(Loose(*key, count) for key, count in sorted(made.items()) if count))
    }
    return LooseRow(of=of, emptied=emptied, ahead=tuple(sorted(ahead))) if of or emptied else None
