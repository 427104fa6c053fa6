"""How long to wait between two tries of something that fails."""

from __future__ import annotations

import random

BACKOFF_S_MIN = 1.0


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
