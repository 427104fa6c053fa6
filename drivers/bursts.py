r"""Several codes of one label, read by one pull of the trigger, as one :class:`drivers.scan.Burst`.

An imager that reads many codes at once sends them as separate codes, each with its terminator, a few milliseconds
apart. Which codes belong together only that pause tells: from the last byte of one to the first byte of the next. So
joining is for scanners that are known to do this, by a setting or by the calibration card; every other scan is handed
on at once. A pull of the trigger by hand follows the last one after 300 ms or more, far above :data:`GAP_MS_MAX`.

>>> joiner = Joiner(lambda: 50)
>>> joiner.take(Scan(raw=b"SN-1", began_ns=0, mono_ns=10_000_000))
[]
>>> joiner.take(Scan(raw=b"LOT7", began_ns=30_000_000, mono_ns=40_000_000))
[]
>>> [burst] = joiner.flush(0.2)
>>> [scan.raw for scan in burst.scans]
[b'SN-1', b'LOT7']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from drivers.scan import Burst, Scan

GAP_MS = 50
"""Pause between two codes of one pull that imagers stay below, milliseconds, where nothing else was measured."""

GAP_MS_MAX = 120
"""No longer pause joins, milliseconds: two pulls of a hand must never become one label."""

OPEN_MS_MAX = 400
"""How long codes wait, after the last of them, for one that has begun and does not end, milliseconds."""

CODES_MAX = 16
"""Codes of one burst; the next one begins another. No label carries as many."""

Gap = Callable[[], int]
"""The pause that joins now, in milliseconds; 0: this scanner reads one code a pull, and nothing waits."""


def no_gap() -> int:
    """Of a scanner that reads one code a pull."""
    return 0


class Joiner:
    """Joins the scans of one scanner. Pure: the time comes with the scans, as monotonic time."""

    def __init__(self, gap_ms: Gap = no_gap) -> None:
        self._gap_ms = gap_ms
        self._held: list[Scan] = []

    def take(self, scan: Scan, *, sure: bool = True) -> list[Scan | Burst]:
        """Take a whole code; give back what is complete now, in order.

        ``sure`` is False for a code that lay waiting, so that nobody knows when it came: it is never joined.
        """
        gap_ms = self._gap_ms()
        if not gap_ms or not sure:
            return [*self.rest(), scan]
        done: list[Scan | Burst] = []
        if self._held and not self._follows(scan, gap_ms):
            done = self.rest()
        self._held.append(scan)
        return done

    def _follows(self, scan: Scan, gap_ms: int) -> bool:
        began_ns = scan.began_ns or scan.mono_ns
        pause_ns = began_ns - self._held[-1].mono_ns
        return pause_ns <= min(gap_ms, GAP_MS_MAX) * 1_000_000 and len(self._held) < CODES_MAX

    def flush(self, now_s: float, *, reading: bool = False) -> list[Scan | Burst]:
        """What the silence has completed. ``reading``: a code has begun and is not whole yet."""
        due_s = self.deadline(reading=reading)
        return self.rest() if due_s is not None and now_s > due_s else []

    def deadline(self, *, reading: bool = False) -> float | None:
        """When :meth:`flush` is due, monotonic seconds; None while nothing is held."""
        if not self._held:
            return None
        wait_ms = OPEN_MS_MAX if reading else min(self._gap_ms(), GAP_MS_MAX)
        return self._held[-1].mono_ns / 1e9 + wait_ms / 1000

    def rest(self) -> list[Scan | Burst]:
        """All that is held, without waiting any longer: the device is gone, or something else came."""
        held, self._held = tuple(self._held), []
        if len(held) > 1:
            return [Burst(scans=held)]
        return list(held)


Other = TypeVar("Other")


def joined(joiner: Joiner, given: Iterable[Scan | Other]) -> list[Scan | Burst | Other]:
    """What came through one door in order, scans joined; whatever else comes ends a burst at once."""
    found: list[Scan | Burst | Other] = []
    for one in given:
        if isinstance(one, Scan):
            found += joiner.take(one)
        else:
            found += [*joiner.rest(), one]
    return found


def soonest(*times_s: float | None) -> float | None:
    """The first of several deadlines; None where there is none."""
    due = [time_s for time_s in times_s if time_s is not None]
    return min(due, default=None)
