"""Looks for the first seed that finds a bug which was put in on purpose."""

from __future__ import annotations

from tests.simulation.bugs import BUGS
from tests.simulation.play import STEPS, Played, play

SEEDS_MAX = 200


def hunt(name: str, first: int = 0) -> Played | None:
    """The run that found it, or None."""
    for seed in range(first, first + SEEDS_MAX):
        played = play(seed, STEPS, BUGS[name])
        if played.failure:
            return played
    return None
