"""What the agent stands on: threads, time, chance and the network. A simulation brings its own of each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sync.line import Line, Part


class Flag(Protocol):
    """What the agent uses of :class:`threading.Event`."""

    def set(self) -> None:
        """Raises it."""
        ...

    def clear(self) -> None:
        """Lowers it."""
        ...

    def is_set(self) -> bool:
        """True while it is up."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Until it is up, or so many seconds are over."""
        ...


class Worker(Protocol):
    """What the agent uses of :class:`threading.Thread`."""

    def join(self, timeout: float | None = None) -> None:
        """Until it has ended."""
        ...


class Asking(Protocol):
    """What the agent uses of :class:`sync.line.Line`."""

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        wait_s: float = 0.0,
        part: Part | None = None,
        **params: Any,
    ) -> tuple[int, bytes]:
        """Status and body. Raises :class:`sync.line.Unreachable`."""
        ...

    def close(self) -> None:
        """Drops the connection; a request under way fails."""
        ...


def _thread(work: Callable[[], None], name: str) -> Worker:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The real ones, where nothing else is said."""

    line: Callable[[str, str, float], Asking] = Line
    flag: Callable[[], Flag] = threading.Event
    begin: Callable[[Callable[[], None], str], Worker] = _thread
    """Runs the work beside the caller, under that name."""
    now_s: Callable[[], float] = time.monotonic
    seed: int | None = None
    """Where the random waits begin; None for other ones every time."""
