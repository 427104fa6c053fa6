"""What a handheld knows of the server's time, and what that says of its own clock.

Heard in this boot, the server's time goes on by the monotonic clock, and the wall clock is held against it. After
another boot the time in between is not known: then the last word is the earliest that it can be, and a clock that
stands long after it is not believed either. The last word is kept in the journal, so that a handheld whose clock lost
its battery is not fooled by it where there is no network.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Protocol

import msgspec

from scanner_app.clockwork import Clock
from scanner_app.storage_errors import StoreError
from tracking import clock as hybrid

HEARD = "heard"
"""The journal's note of the server's last word on the time."""
KEEP_MS = 600_000
"""The note is written anew when it is so old: each is a flush to the disk."""
STEP_MS = 1_000
"""Or when the clock was set, by so much at least."""


class Notes(Protocol):
    """The journal's texts."""

    def meta(self, key: str) -> str:
        """One of them, or empty."""
        ...

    def put_meta(self, key: str, value: str) -> None:
        """Sets one, durably."""
        ...


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    """The server's last word on the time."""

    server_ms: int
    mono_ns: int
    """When it came."""
    offset_ms: int
    """Server time minus device time then."""
    boot: str


class ServerTime:
    """Kept up to date by every reply of the server."""

    def __init__(self, clock: Clock, notes: Notes) -> None:
        self._clock, self._notes = clock, notes
        self._noted = self._heard = _noted(notes)
        known = self._heard
        self._began_ns = clock.mono_ns()
        self._exact = (
            known is not None
            and bool(known.boot)
            and known.boot == clock.boot
            and known.mono_ns <= self._began_ns
        )

    @property
    def heard_ms(self) -> int:
        """The server's time at its last reply; 0 where it was never heard."""
        return self._heard.server_ms if self._heard is not None else 0

    def heard(self, server_ms: int) -> None:
        """A reply came with the server's time."""
        now_ms, mono_ns = self._clock.wall_ms(), self._clock.mono_ns()
        offset_ms = server_ms - now_ms
        new = _Heard(server_ms=server_ms, mono_ns=mono_ns, offset_ms=offset_ms, boot=self._clock.boot)
        self._heard, self._exact = new, True
        old = self._noted
        if (
            old is None
            or old.boot != new.boot
            or abs(old.offset_ms - new.offset_ms) > STEP_MS
            or not 0 <= new.server_ms - old.server_ms < KEEP_MS
        ):
            # Without room for it the handheld works on; it is noted with a later reply.
            with suppress(sqlite3.Error, StoreError):
                self._notes.put_meta(HEARD, msgspec.json.encode(new).decode())
                self._noted = new

    def believed_ms(self) -> int | None:
        """The server's time now, or the earliest that it can be; None where it was never heard."""
        known = self._heard
        if known is None:
            return None
        # The machine may have run long before this directory came to it; this program has not.
        since_ns = known.mono_ns if self._exact else self._began_ns
        return known.server_ms + (self._clock.mono_ns() - since_ns) // 1_000_000

    def now_ms(self) -> int:
        """The server's time now, as near as it can be known here."""
        server_ms = self.believed_ms() if self._exact else None
        return self.now().unix_ms if server_ms is None else server_ms

    def now(self) -> Now:
        """What time it is, and how that is known."""
        wall_ms = self._clock.wall_ms()
        if self._heard is None:  # there is nothing to hold it against
            return Now(unix_ms=wall_ms, word="", offset_ms=0)
        server_ms = self.believed_ms()
        told = hybrid.believable(wall_ms, server_ms, exact=self._exact)
        if told.suspect:
            return Now(
                unix_ms=told.unix_ms,
                word="suspect" if self._exact else "lost",
                offset_ms=told.unix_ms - wall_ms,
            )
        if not self._exact or server_ms is None:
            return Now(unix_ms=wall_ms, word="", offset_ms=0)
        apart_ms, offset_ms = server_ms - wall_ms, self._heard.offset_ms
        stepped = abs(apart_ms - offset_ms) > STEP_MS
        return Now(unix_ms=wall_ms, word="synced", offset_ms=apart_ms if stepped else offset_ms)


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """A moment as an event says it."""

    unix_ms: int
    """The wall clock where it can be believed, else what is known of the server's time."""
    word: str
    """:attr:`tracking.events.Event.clock`."""
    offset_ms: int
    """:attr:`tracking.events.Event.offset_ms`."""


def _noted(notes: Notes) -> _Heard | None:
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(notes.meta(HEARD), type=_Heard)
    return None
