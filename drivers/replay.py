"""Replay: plays codes as a scanner would have read them, at a chosen pace. For demonstration and long runs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Event

import msgspec

from drivers.driver import Backoff, DriverState, Sink, wall_ms_at
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan

RATE_PER_S_MAX = 100_000.0
"""Fastest pace, items per second; 0 is as fast as the sink takes them."""


class ReplayDriver:
    """A :class:`drivers.driver.Driver` that plays texts, scans and bursts in order, once.

    A file can wait, other than a person at a gun: what a full sink refuses is counted and offered again.
    """

    def __init__(
        self, items: Iterable[str | Scan | Burst], *, rate_per_s: float = 0.0, name: str = "replay"
    ) -> None:
        if not 0 <= rate_per_s <= RATE_PER_S_MAX:
            raise ValueError(f"rate_per_s is between 0 and {RATE_PER_S_MAX:.0f}")
        self._items = items
        self._rate_per_s = rate_per_s
        self._name = name
        self._closing = Event()
        self.played = 0
        """Items that the sink has taken."""

        self.waited = 0
        """Items that it had refused before."""

    @property
    def name(self) -> str:
        """The source that its scans carry."""
        return self._name

    def open(self) -> None:
        """Nothing to open: the items are there."""

    def run(self, sink: Sink, /) -> None:
        """Play all items, then return; or return early because of :meth:`close`."""
        sink(DriverState(self._name, "ready"))
        begin_s = time.monotonic()
        for number, item in enumerate(self._items):
            # Each item has its own moment from the start, so that waits do not add up to a slower pace.
            due_s = begin_s + number / self._rate_per_s if self._rate_per_s else 0.0
            if self._closing.wait(max(0.0, due_s - time.monotonic())) or not self._play(item, sink):
                return

    def close(self) -> None:
        """Make :meth:`run` return soon, for good."""
        self._closing.set()

    def _play(self, item: str | Scan | Burst, sink: Sink) -> bool:
        """Offer one item until it is taken; False when closed before."""
        backoff = Backoff(0.001, 0.1)
        refused = 0
        while not sink(self._now(item)):
            refused = 1
            if self._closing.wait(backoff.next_s()):
                return False
        self.played += 1
        self.waited += refused
        return True

    def _now(self, item: str | Scan | Burst) -> Scan | Burst:
        """The item with the time at which it is played."""
        if isinstance(item, Burst):
            return Burst(scans=tuple(self._stamped(scan) for scan in item.scans))
        if isinstance(item, str):
            item = Scan(raw=item.encode("utf-8", "surrogateescape")[:SCAN_BYTES_MAX], source=self._name)
        return self._stamped(item)

    def _stamped(self, scan: Scan) -> Scan:
        mono_s = time.monotonic()
        return msgspec.structs.replace(scan, mono_ns=round(mono_s * 1e9), wall_ms=wall_ms_at(mono_s))
