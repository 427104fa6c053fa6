"""Hybrid logical clock: 48 bits of milliseconds, 16 bits of counter, never going back on one device.

It follows the wall clock where that is believable and stays ahead of every time already written. A wall clock that is
further from the server's than :data:`APART_MS_MAX` is marked and never followed: one terminal with a wrong year must
neither win every later comparison nor lose it. A terminal that follows it all the same is found by the server, which
knows for certain that nothing was written after it was received.
"""

from __future__ import annotations

from typing import NamedTuple

COUNTER_BITS = 16
APART_MS_MAX = 120_000
"""How far a device's wall clock may be from the server's time, before or after it, milliseconds."""
AWAY_MS_MAX = 30 * 24 * 3600 * 1000
"""How long a device may have been switched off, milliseconds: where only the server's last word before that is known, a
clock that stands later is not believed."""

AHEAD_MS_MAX = 2 * APART_MS_MAX
"""How far an event may be ahead of the server's time when it was received, milliseconds. A terminal allows itself
:data:`APART_MS_MAX`; as much again is for what it cannot see, a monotonic clock that drifts through a shift without a
network and several server machines that do not agree, so that a terminal that keeps to the rule never meets this bound
and its own events are never put in another order.
"""


class Told(NamedTuple):
    """What time it is, as far as it can be known."""

    unix_ms: int
    suspect: bool
    """True where the wall clock was not believed."""


def pack(unix_ms: int, counter: int = 0) -> int:
    """The clock value of a moment."""
    return unix_ms << COUNTER_BITS | counter


def unix_ms(hlc: int) -> int:
    """The milliseconds of a clock value."""
    return hlc >> COUNTER_BITS


def ahead(hlc: int, received_ms: int) -> bool:
    """True for a clock value that cannot be right: the event that bears it was received long before."""
    return hlc >> COUNTER_BITS > received_ms + AHEAD_MS_MAX


def believable(wall_ms: int, server_ms: int | None, *, exact: bool = True) -> Told:
    """The wall clock's time where it can be right, else the server's.

    ``server_ms`` is the server's time as far as this device can know it (last reply plus monotonic time since), None as
    long as no server was ever heard; ``exact`` is False where it is only the earliest that it can be.
    """
    if server_ms is None:
        return Told(wall_ms, suspect=False)
    ahead_ms = APART_MS_MAX if exact else AWAY_MS_MAX
    if server_ms - APART_MS_MAX <= wall_ms <= server_ms + ahead_ms:
        return Told(wall_ms, suspect=False)
    return Told(server_ms, suspect=True)


def tick(last: int, unix_ms: int) -> int:
    """The next clock value after ``last`` at a time that :func:`believable` made out."""
    return max(last + 1, pack(max(unix_ms, 0)))


def merge(last: int, server_ms: int) -> int:
    """After a reply of the server: at least its time, so that what follows sorts behind what it knows."""
    return max(last, pack(max(server_ms, 0)))
