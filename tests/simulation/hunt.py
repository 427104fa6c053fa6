"""Looks for the first seed that finds a bug which was put in on purpose."""

from __future__ import annotations

from tests.simulation.bugs import BUGS
from tests.simulation.play import STEPS, Played, play

SEEDS_MAX = 200
BROKEN = AssertionError.__name__
"""How a failure begins that says which promise was broken. Anything else is a bug that crashes by itself: to count that
as found would be to find the way it was put in."""
RARE = {"a loss is not named": 178, "pruned before the backup": 143}
"""Bugs that show only after several backups: looked for in longer runs, and from a seed on that has them."""


def hunt(name: str, first: int = 0) -> Played | None:
    """The run that found it, or None."""
    first, steps = (RARE[name], 2 * STEPS) if name in RARE else (first, STEPS)
    for seed in range(first, first + SEEDS_MAX):
        played = play(seed, steps, BUGS[name])
        if played.failure.startswith(BROKEN):
            return played
    return None
