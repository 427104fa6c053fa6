"""Facts of several people that cross: each was possible when it was done, together they cannot be.

The lifecycle tells what a status forbids. This module tells the rest: one unit in two cartons, a unit counted on a
shelf that it had left, and a count so close to a movement that the clocks cannot say which came first.
"""

from __future__ import annotations

from tracking import clock
from tracking.events import Event

CLOCK_MS = 1_000
"""How far the clock of a device that the server has set right may still be off, milliseconds."""

AWAY = frozenset({"consumed", "shipped", "in_service", "written_off"})
"""Statuses of a unit that cannot stand on a shelf of ours."""

COUNT_UNCERTAIN = "count_uncertain"
PACKED_TWICE = "packed_twice"

_ARRIVING = frozenset({"receiving", "storing", "picking", "removing", "returning"})
_LEAVING = frozenset({"shipping", "installing", "destroying"})


def crossing(status: str, container: str, event: Event) -> str:
    """The kind of exception that an allowed step makes all the same; empty where it makes none."""
    if is_count(event) and status in AWAY:
        return f"stock_taking_while_{status}"
    packed = event.step == "packing" and container and event.parent_container
    return PACKED_TWICE if packed and container != event.parent_container else ""


def is_count(event: Event) -> bool:
    """True where somebody saw the unit while counting."""
    return event.step == "stock_taking" and event.action == "OBSERVE"


def moves(event: Event) -> bool:
    """True where the unit came to a place or left one."""
    return event.step in _ARRIVING or event.step in _LEAVING


def uncertainty_ms(event: Event) -> int:
    """How far the time of an event may be off.

    A device that has heard the server since it was switched on knows its offset. Where its clock was not believed, it
    went by the server's time, and the offset says only how wrong the clock was; without a word of the server since it
    was switched on, nobody knows how long it had been off. Where the server put it at the moment at which it was
    received, it may have been written as long before as its own ``at`` says.
    """
    match event.clock:
        case "synced":
            return CLOCK_MS + abs(event.offset_ms)
        case "suspect":
            return clock.APART_MS_MAX
        case "lost":
            return clock.AWAY_MS_MAX
    return clock.APART_MS_MAX + abs(event.offset_ms)


def order_uncertain(first: Event, second: Event) -> bool:
    """True for a count and a movement by two devices, nearer to each other than their clocks can tell apart.

    A unit that was brought to the very place where it was counted is there in either order.
    """
    if first.device == second.device or is_count(first) == is_count(second):
        return False
    counted, moved = (first, second) if is_count(first) else (second, first)
    if not moves(moved) or (moved.step in _ARRIVING and moved.location == counted.location):
        return False
    apart_ms = abs(clock.unix_ms(second.hlc) - clock.unix_ms(first.hlc))
    return apart_ms <= uncertainty_ms(first) + uncertainty_ms(second)
