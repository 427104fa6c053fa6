"""Hybrid logical clock: 48 bits of milliseconds, 16 bits of counter, never going back on one device.

It follows the wall clock where that is believable and stays ahead of every time already written. A wall clock that
runs ahead of the server by more than :data:`AHEAD_MS_MAX` is clamped and marked, never followed: one terminal with a
wrong year must not win every later comparison.
"""

from __future__ import annotations

from typing import NamedTuple

COUNTER_BITS = 16
AHEAD_MS_MAX = 120_000
"""How far a device may run ahead of the last known server time, milliseconds."""


class Tick(NamedTuple):
    """The next clock value."""

    hlc: int
    suspect: bool
    """True when the wall clock was clamped."""


def pack(unix_ms: int, counter: int = 0) -> int:
    """The clock value of a moment."""
    return unix_ms << COUNTER_BITS | counter


def unix_ms(hlc: int) -> int:
    """The milliseconds of a clock value."""
    return hlc >> COUNTER_BITS


def tick(last: int, wall_ms: int, server_ms: int | None = None) -> Tick:
    """The next clock value after ``last`` at wall time ``wall_ms``.

    ``server_ms`` is the server's time as far as this device can know it (last reply plus monotonic time since);
    None as long as no server was ever heard.
    """
    suspect = server_ms is not None and wall_ms > server_ms + AHEAD_MS_MAX
    believed_ms = server_ms + AHEAD_MS_MAX if suspect and server_ms is not None else wall_ms
    return Tick(max(last + 1, pack(max(believed_ms, 0))), suspect)


def merge(last: int, server_ms: int) -> int:
    """After a reply of the server: at least its time, so that what follows sorts behind what it knows."""
    return max(last, pack(max(server_ms, 0)))
