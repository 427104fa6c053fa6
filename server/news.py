"""Tells waiting feed requests that there is something new, from any thread."""

from __future__ import annotations

import asyncio
import threading


class News:
    """A bell that every waiting request hears."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.closed = False

    @property
    def listeners(self) -> int:
        """Requests that wait right now."""
        with self._lock:
            return len(self._waiting)

    def announce(self) -> None:
        """Wake everybody who waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """Wake everybody for the last time: the server stops."""
        self.closed = True
        self.announce()

    def listen(self) -> asyncio.Event:
        """An event that the next announcement sets. Take it before looking, so that nothing falls in between."""
        event = asyncio.Event()
        with self._lock:
            self._waiting.add((asyncio.get_running_loop(), event))
        return event

    def forget(self, event: asyncio.Event) -> None:
        """Nobody waits for this one any more."""
        with self._lock:
            self._waiting = {one for one in self._waiting if one[1] is not event}
