"""The way up: what is pending, one batch after the other, as large as gets through."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import msgspec

from sync.ground import Asking
from sync.line import Unreachable, understood
from sync.port import Port
from sync.rescue import REVOKED, rescue
from sync.wire import Batch, HighWater, Refused, Stored

BACKOFF_S_MIN = 1.0
ANSWERS_WASTED_MAX = 12
"""Answers to uploads that bring nothing further, before the server is believed to be none."""
FAILURES_MAX = 3
"""Of a batch, without a word about it: then half of it is tried."""
_TOO_MUCH = (400, 408, 413)
"""Too large, too slow, or something in it that the server cannot even read: less is tried, down to one event."""


class Backoff:
    """Full jitter between a second and a bound that doubles with every failure."""

    def __init__(self, most_s: float, seed: int | None = None) -> None:
        self._most_s, self._bound_s = most_s, BACKOFF_S_MIN
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing

    def next_s(self, at_least_s: float = 0.0) -> float:
        """How long to wait now."""
        wait = max(at_least_s, self._random.uniform(0.2, self._bound_s))
        self._bound_s = min(self._most_s, self._bound_s * 2)
        return wait

    def reset(self) -> None:
        """After a success."""
        self._bound_s = BACKOFF_S_MIN


class Uploader:
    """Sends what is pending. One batch in flight; a batch that is too large is halved."""

    def __init__(
        self,
        port: Port,
        line: Asking,
        events_max: int,
        ask_again_s: float = 300.0,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._port, self._line, self._most, self._now_s = port, line, events_max, now_s
        self._events_max = events_max
        self._ask_again_s = ask_again_s
        self._ask_again_at_s = 0.0
        self._failures = 0
        """Of the same batch, in a row."""
        self._greeted = False
        self._generation = ""
        """Of the server's life that was greeted."""
        self.halted = ""
        """Why uploading stopped: a fork. Nothing is deleted and nothing sent; a person has to look. Where the server
        stands is asked again now and then, so that what the office puts right needs nobody at the handheld."""

    def drain(self) -> bool:
        """Sends until nothing is pending. True where the server was heard. Raises :class:`Unreachable`."""
        if self.halted and self._now_s() < self._ask_again_at_s:
            return False
        if self.halted:
            self.halted, self._greeted = "", False
        heard, wasted = False, 0
        while not self.halted:
            if self._greeted:
                batch = self._port.next_batch(self._events_max)
                if batch is None:
                    return heard
                wasted += not self._send(batch)
            else:
                self._greet()
            heard = True
            if wasted > ANSWERS_WASTED_MAX:
                raise Unreachable("the server answers and takes nothing: check the address in sync.url")
        self._ask_again_at_s = self._now_s() + self._ask_again_s
        return heard

    def greet_again(self) -> None:
        """Ask where the server stands before the next batch."""
        self._greeted = False

    def heard_of(self, generation: str) -> bool:
        """An answer came from this life of the server. True where it is not the one that was greeted.

        Of another one more may be lost than the epoch shows that a batch was just refused for.
        """
        if generation == self._generation:
            return False
        self.greet_again()
        return True

    @property
    def generation(self) -> str:
        """The server's life that was greeted; empty before that."""
        return self._generation if self._greeted else ""

    def _greet(self) -> None:
        self._greeted = True
        try:
            status, data = self._line.ask("GET", f"/v1/devices/{self._port.device()}/hwm")
            if status != 200:
                raise Unreachable(f"the server does not know this handheld (HTTP {status}): enroll it")
            high = understood(data, HighWater)
            self._generation = high.generation
            self.halted = self._port.greeted(high)
        except BaseException as error:
            self._greeted = False
            if isinstance(error, Unreachable) and error.word == REVOKED:
                rescue(self._port, self._line, self._events_max)
            raise

    def _send(self, batch: Batch) -> bool:
        """True where the server holds more of these events than before."""
        path = f"/v1/devices/{self._port.device()}/events"
        try:
            status, data = self._line.ask("POST", path, body=msgspec.json.encode(batch))
        except Unreachable as error:
            self._failed(batch, error)
            if error.word == REVOKED:
                self._greeted = False  # asked again where it stands, it hands in what is left another way
            raise
        self._failures = 0
        if status == 200:
            self._events_max = min(self._most, self._events_max * 2)
            stored = understood(data, Stored)
            self.heard_of(stored.generation)
            self.halted = self._port.stored(stored)
            return stored.epoch == batch.epoch and stored.hwm >= batch.first
        if status == 409:
            refused = understood(data, Refused)
            self.heard_of(refused.generation)
            self.halted = self._port.refused(refused)
            return False
        if status in _TOO_MUCH and len(batch.events) > 1:
            self._halve(batch)
            return False
        raise Unreachable(f"the server refuses the upload (HTTP {status}); everything is kept", status=status)

    def _failed(self, batch: Batch, error: Unreachable) -> None:
        """A line that breaks, or a server that breaks on something in it, may manage half of it."""
        self._failures += error.status == 0 or error.status >= 500
        if self._failures >= FAILURES_MAX:
            self._halve(batch)

    def _halve(self, batch: Batch) -> None:
        self._events_max = max(1, min(self._events_max, len(batch.events)) // 2)
