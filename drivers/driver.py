"""What every input driver is: something that opens, runs in a thread of its own, and hands scans to a sink."""

from __future__ import annotations

import time
from collections import deque
from threading import Thread
from typing import Literal, Protocol, runtime_checkable

import msgspec

from drivers.scan import Burst, Scan

RETRY_FIRST_S = 0.25
"""Wait before the first attempt to find a lost device again, seconds."""

RETRY_S_MAX = 5.0
"""Longest wait between two attempts, seconds: a re-plugged scanner works before its user wonders."""

UNREPORTED_MAX = 64
"""Reports kept for a sink that refuses even those. Beyond it the oldest goes; the counters in the rest stay true."""

State = Literal["ready", "lost", "denied"]


class DriverState(msgspec.Struct, frozen=True):
    """How a device is, sent to the sink when it changes or when there is something to own up to."""

    name: str
    """The driver's name, as in :attr:`drivers.scan.Scan.source`."""

    state: State
    """``ready`` to scan, ``lost`` (unplugged, not found, held by another program) or ``denied`` (no permission)."""

    detail: str = ""
    """One sentence for the operator; empty where the state says it all."""

    discarded: bytes = b""
    """Bytes of a code that never came whole and was therefore not delivered: its label is to be scanned again."""

    refused: int = 0
    """Scans that the sink has refused since the driver was made. Each of them is lost and must be scanned again."""


class DriverError(Exception):
    """A device that cannot be used now. Its text is one sentence: what happened, why, and what to try."""

    def __init__(self, what: str, why: str, try_this: str) -> None:
        super().__init__(what, why, try_this)
        self.what = what
        self.why = why
        self.try_this = try_this

    def __str__(self) -> str:
        return f"{self.what}: {self.why}; {self.try_this}."


class Sink(Protocol):
    """Takes what a driver delivers. Called from the driver's thread; must not block for long."""

    def __call__(self, item: Scan | Burst | DriverState, /) -> bool:
        """True when the item was taken, False when it was refused (a bounded queue is full)."""


class Driver(Protocol):
    """An input device."""

    @property
    def name(self) -> str:
        """The source that its scans carry, like ``serial:dock``."""

    def open(self) -> None:
        """Open the device now. Raises :class:`DriverError`; :meth:`run` may be called all the same."""

    def run(self, sink: Sink, /) -> None:
        """Deliver scans until :meth:`close`. Opens the device where :meth:`open` did not, again and again."""

    def close(self) -> None:
        """Make :meth:`run` return. From any thread, at any time, more than once."""


@runtime_checkable
class Inhibits(Protocol):
    """An input device that can be kept from reading."""

    def inhibit(self, *, inhibited: bool = True) -> bool:
        """Read nothing from now on, or read again. False where nothing of it can. Never blocks; from any thread."""


@runtime_checkable
class LooksFor(Protocol):
    """An input device that can be told which symbologies are of use now."""

    def look_for(self, without: frozenset[str]) -> None:
        """Leave these out from now on. From any thread."""


def start(driver: Driver, sink: Sink) -> Thread:
    """Run ``driver`` in a thread of its own. End it with ``driver.close()``, then join the thread."""
    thread = Thread(target=driver.run, args=(sink,), name=f"driver {driver.name}", daemon=True)
    thread.start()
    return thread


class Backoff:
    """Growing waits between attempts: doubled each time, never above a cap."""

    def __init__(self, first_s: float = RETRY_FIRST_S, cap_s: float = RETRY_S_MAX) -> None:
        if not 0 < first_s <= cap_s:
            raise ValueError(f"waits must satisfy 0 < first_s <= cap_s, not {first_s} and {cap_s}")
        self._first_s = first_s
        self._cap_s = cap_s
        self._wait_s = first_s

    def next_s(self) -> float:
        """The wait before the next attempt, in seconds."""
        wait_s = self._wait_s
        self._wait_s = min(wait_s * 2, self._cap_s)
        return wait_s

    def reset(self) -> None:
        """Begin again with the shortest wait: the device was there."""
        self._wait_s = self._first_s


class Delivery:
    """A driver's side of its sink: counts what is refused and says so until the sink has heard it."""

    def __init__(self, name: str, sink: Sink) -> None:
        self._name = name
        self._sink = sink
        self._state: State = "lost"
        self._unreported: deque[DriverState] = deque(maxlen=UNREPORTED_MAX)
        self.refused = 0

    def scan(self, item: Scan | Burst) -> bool:
        """Hand over one scan or burst. False when it was refused; it is then counted and reported."""
        if self._sink(item):
            self.remind()
            return True
        self.refused += 1
        detail = f"Too many scans are waiting. Refused, to be scanned again: {self.refused}"
        self._report(DriverState(self._name, self._state, detail, refused=self.refused))
        return False

    def state(self, state: State, detail: str = "", *, discarded: bytes = b"") -> None:
        """Report how the device is."""
        self._state = state
        self._report(DriverState(self._name, state, detail, discarded=discarded, refused=self.refused))

    def remind(self) -> None:
        """Report again what the full sink would not hear. To be called whenever the driver is idle."""
        while self._unreported and self._sink(self._unreported[0]):
            self._unreported.popleft()

    def _report(self, state: DriverState) -> None:
        last = self._unreported[-1] if self._unreported else None
        if last is not None and last.state == state.state and not last.discarded:
            self._unreported.pop()  # its counter is in the new one, and a thousand of them would say no more
        self._unreported.append(state)
        self.remind()


def wall_ms_at(mono_s: float) -> int:
    """Wall time in milliseconds since the epoch at monotonic time ``mono_s``, as this device believes it."""
    return round((time.time() - time.monotonic() + mono_s) * 1000)
