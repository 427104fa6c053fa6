"""How often one may ask: a bucket for each device, in memory.

Each process has its own: a handheld keeps its connection, and with it its process. One that opened more of them, to
be served by several, would only do faster what it may do anyhow. Wrong secrets are another matter, see
:mod:`server.wrong_secrets`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

KEYS_MAX = 10_000
"""So many are remembered; the one that was quiet for longest is forgotten first."""
REQUESTS_A_SECOND = 50.0
REQUESTS_AT_ONCE = 2000.0
"""A handheld that empties a backlog of a week in the smallest batches stays below."""


class TooFastError(Exception):
    """Too many requests; ``retry_s`` says when the next one is welcome."""

    def __init__(self, what: str, retry_s: int) -> None:
        super().__init__(what)
        self.retry_s = retry_s


class Pace:
    """Requests of each device: a bucket that refills steadily."""

    def __init__(self, a_second: float = REQUESTS_A_SECOND, at_once: float = REQUESTS_AT_ONCE) -> None:
        self._a_second, self._at_once = a_second, at_once
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check(self, name: str, now_ms: int) -> None:
        """Count one request. Raises :class:`TooFastError`."""
        with self._lock:
            left, at_ms = self._left.pop(name, (self._at_once, now_ms))
            left = min(self._at_once, left + max(0, now_ms - at_ms) / 1000 * self._a_second)
            # What is refused costs nothing: whoever asks too fast is slowed down, not shut out.
            self._left[name] = (left - 1 if left >= 1 else left, now_ms)
            if len(self._left) > KEYS_MAX:
                self._left.popitem(last=False)
        if left < 1:
            raise TooFastError("this handheld asks too often: wait a moment", 1 + int(1 / self._a_second))
