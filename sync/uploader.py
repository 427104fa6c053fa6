"""The way up: what is pending, one batch after the other, as large as gets through."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from sync.credentials import Credentials
from sync.ground import Asking
from sync.line import REVOKED, Unreachable, understood
from sync.port import Port
from sync.rescue import rescue
from sync.tasks import SOONEST_S
from sync.wire import Batch, HighWater, Refused, Stored
from tracking.phrases import Said, phrase

ANSWERS_WASTED_MAX = 12
"""Answers to uploads that bring nothing further, before the server is believed to be none."""
FAILURES_MAX = 3
"""Of a batch, without a word about it: then half of it is tried."""
_TOO_MUCH = (400, 408, 413)
"""Too large, too slow, or something in it that the server cannot even read: less is tried, down to one event."""


class Uploader:
    """Sends what is pending. One batch in flight; a batch that is too large is halved."""

    def __init__(
        self,
        port: Port,
        line: Asking,
        events_max: int,
        ask_again_s: float = 300.0,
        now_s: Callable[[], float] = time.monotonic,
        credentials: Credentials | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """``stopped``: asked before every batch; True where none shall follow."""
        self._stopped = stopped
        self._port, self._line, self._most, self._now_s = port, line, events_max, now_s
        self._credentials = credentials
        self._events_max = events_max
        self._ask_again_s = ask_again_s
        self._ask_again_at_s = 0.0
        self._failures = 0
        """Of the same batch, in a row."""
        self._greeted = False
        self._generation = ""
        """Of the server's life that was greeted."""
        self.halted: Said = ""
        """Why uploading stopped: a fork. Nothing is deleted, and nothing sent of that epoch and later ones: a person
        has to look. Where the server stands is asked again now and then, so that what the office puts right needs
        nobody at the handheld."""

    def drain(self) -> bool:
        """Sends until nothing is pending. True where the server was heard. Raises :class:`Unreachable`."""
        self._renew_where_due()
        try:
            return self._drain()
        except Unreachable as error:
            # The token is not known, as after a restore of the server: the key still says who this is.
            if error.status != 401 or not self._renewed():
                raise
            return self._drain()

    def _renew_where_due(self) -> None:
        if self._credentials is None or not self._credentials.due:
            return
        try:
            self._credentials.renew(self._line, self._port.device())
        except Unreachable as error:
            if not error.status:
                raise  # no network; with an answer of whatever kind the token that there is may still do

    def _renewed(self) -> bool:
        return self._credentials is not None and self._credentials.renew(self._line, self._port.device())

    def _drain(self) -> bool:
        if self.halted and self._now_s() >= self._ask_again_at_s:
            self.halted, self._greeted = "", False
        told, heard, wasted = self.halted, False, 0
        while (not self.halted or (self._greeted and self._port.is_forked())) and not self._stopped():
            if self._greeted:
                batch = self._port.next_batch(self._events_max)
                if batch is None:
                    break
                wasted += not self._send(batch)
            else:
                self._greet()
            heard = True
            if wasted > ANSWERS_WASTED_MAX:
                raise Unreachable(phrase("link_takes_nothing"))
        if self.halted and not told:
            self._ask_again_at_s = self._now_s() + self._ask_again_s - SOONEST_S
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
            high = self._high_water()
            self._generation = high.generation
            self.halted = self._port.greeted(high)
            self._compare()
        except BaseException as error:
            self._greeted = False
            if isinstance(error, Unreachable) and error.word == REVOKED:
                self._port.revoked()
                rescue(self._port, self._line, self._events_max, self._signed)
            raise

    def _high_water(self, **at: Any) -> HighWater:
        status, data = self._line.ask("GET", f"/v1/devices/{self._port.device()}/hwm", **at)
        if status != 200:
            raise Unreachable(phrase("link_not_known", status=str(status)))
        return understood(data, HighWater)

    def _compare(self) -> None:
        """Event by event, until it is clear which are the same here and there."""
        while (asked := self._port.disputed()) is not None:
            epoch, seq = asked
            high = self._high_water(epoch=epoch, seq=seq)
            if self.heard_of(high.generation):
                return
            self.halted = self._port.compared(epoch, seq, high) or self.halted

    def _signed(self, batch: Batch) -> Batch:
        """With this handheld's word on its head, where it has a key."""
        return batch if self._credentials is None else self._credentials.signed(self._port.device(), batch)

    def _send(self, batch: Batch) -> bool:
        """True where the server holds more of these events than before."""
        path = f"/v1/devices/{self._port.device()}/events"
        try:
            status, data = self._line.ask("POST", path, body=msgspec.json.encode(self._signed(batch)))
        except Unreachable as error:
            self._failed(batch, error)
            if error.word == REVOKED:
                self._greeted = False  # asked again where it stands, it hands in what is left another way
                self._port.revoked()
            raise
        self._failures = 0
        if status == 200:
            self._events_max = min(self._most, self._events_max * 2)
            stored = understood(data, Stored)
            self.heard_of(stored.generation)
            self.halted = self._port.stored(stored, batch.last) or self.halted
            self._compare()
            return stored.epoch == batch.epoch and stored.hwm >= batch.first
        if status == 409:
            refused = understood(data, Refused)
            self.heard_of(refused.generation)
            self.halted = self._port.refused(refused) or self.halted
            self._compare()
            return False
        if status in _TOO_MUCH and len(batch.events) > 1:
            self._halve(batch)
            return False
        raise Unreachable(phrase("link_refused", status=str(status)), status=status)

    def _failed(self, batch: Batch, error: Unreachable) -> None:
        """A line that breaks, or a server that breaks on something in it, may manage half of it."""
        self._failures += error.status == 0 or error.status >= 500
        if self._failures >= FAILURES_MAX:
            self._halve(batch)

    def _halve(self, batch: Batch) -> None:
        self._events_max = max(1, min(self._events_max, len(batch.events)) // 2)
