"""Virtual time, and workers that wait in it: one thing happens after the other, the same way for the same seed.

A worker is the sync agent's own blocking code. Where it would wait, it hands over to the timeline, which goes on with
whatever comes next, and comes back to it when its moment is there.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]

START_MS = 1_795_000_000_000
"""A Monday in November 2026."""


class Waiting:
    """A worker at a place where it waits."""

    def __init__(self, worker: greenlet) -> None:
        self._worker = worker
        self.over = False

    def resume(self, value: Any = None) -> None:
        """It goes on, from the timeline. Whoever comes second is too late."""
        if self._still():
            self._worker.switch(value)

    def fail(self, error: Exception) -> None:
        """It goes on with an error."""
        if self._still():
            self._worker.throw(error)

    def _still(self) -> bool:
        waits = not (self.over or self._worker.dead)
        self.over = True
        return waits


class Timeline:
    """What happens when."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.steps = 0
        self._hub = getcurrent()
        self._count = 0
        self._coming: list[tuple[int, int, Callable[[], None]]] = []

    def after(self, ms: int, work: Callable[[], None]) -> None:
        """Does the work so much later."""
        self._count += 1
        heapq.heappush(self._coming, (self.now_ms + max(0, ms), self._count, work))

    def step(self, until_ms: int) -> bool:
        """The next thing that happens, if it does before that."""
        if not self._coming or self._coming[0][0] > until_ms:
            self.now_ms = max(self.now_ms, until_ms)
            return False
        self.now_ms, _, work = heapq.heappop(self._coming)
        self.steps += 1
        work()
        return True

    def here(self) -> Waiting:
        """The worker that asks; it must call :meth:`wait` next."""
        return Waiting(getcurrent())

    def wait(self) -> Any:
        """Hands over; what :meth:`Waiting.resume` was given."""
        return self._hub.switch()


class Flag:
    """The agent's :class:`sync.ground.Flag`, in virtual time."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._up = False
        self._waiting: list[Waiting] = []

    def set(self) -> None:
        """Raises it; whoever waits goes on when it is its turn."""
        self._up = True
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            self._timeline.after(0, one.resume)

    def clear(self) -> None:
        """Lowers it."""
        self._up = False

    def is_set(self) -> bool:
        """True while it is up."""
        return self._up

    def wait(self, timeout: float | None = None) -> bool:
        """Until it is up, or so many seconds are over."""
        if self._up:
            return True
        here = self._timeline.here()
        self._waiting = [one for one in self._waiting if not one.over]
        self._waiting.append(here)
        if timeout is not None:
            # Never no time at all: who waits for what rounding left over would ask again at the same moment, for ever.
            self._timeline.after(max(1, round(timeout * 1000)), here.resume)
        self._timeline.wait()
        return self._up


class Green:
    """The agent's :class:`sync.ground.Worker`."""

    def __init__(self, timeline: Timeline, work: Callable[[], None]) -> None:
        self._worker = greenlet(lambda _: work())
        self._begun = Waiting(self._worker)
        timeline.after(0, self._begun.resume)

    def join(self, timeout: float | None = None) -> None:
        """Nothing to wait for: whoever ends an agent here ends its workers too."""

    @property
    def ended(self) -> bool:
        """True once its work is done."""
        return bool(self._worker.dead)

    def kill(self) -> None:
        """The battery is pulled."""
        self._begun.over = True
        if self._worker:
            self._worker.throw(GreenletExit)
