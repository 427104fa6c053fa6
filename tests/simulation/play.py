"""Plays a seed, and says how to play it again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.simulation.plan import FLEET_MAX, plan
from tests.simulation.tally import Seen
from tests.simulation.world import World, same_chance

STEPS = 700
"""Things that happen in a run of the test suite before everything is healed."""
MEMORY = Path("/dev/shm")


class Played(NamedTuple):
    """One run."""

    seed: int
    steps: int
    seen: Seen
    failure: str
    """Empty where everything held."""


def play(
    seed: int,
    steps: int = STEPS,
    bug: Callable[[], AbstractContextManager[object]] = nullcontext,
    *,
    url: str = "",
    handhelds_max: int = FLEET_MAX,
    aimed: Mapping[str, Any] = MappingProxyType({}),
) -> Played:
    """One seed from beginning to end, in memory where there is some. ``url``: an empty PostgreSQL database instead.

    ``aimed`` are fields of the plan that are so, whatever the seed says.
    """
    folder = MEMORY if os.access(MEMORY, os.W_OK) else None
    planned = plan(seed, steps)
    planned = planned._replace(handhelds=min(planned.handhelds, handhelds_max))._replace(**aimed)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="scanner-simulated-") as place,
        same_chance(planned),
        bug(),
    ):
        world = World(planned, Path(place), url)
        failure = ""
        try:
            world.run()
        except Exception as error:  # noqa: BLE001 - whatever a seed brings up is what it found
            failure = f"{type(error).__name__}: {error}"
        finally:
            world.close()
    return Played(seed, world.timeline.steps, world.seen, failure)


def again(seed: int, steps: int) -> str:
    """The command that plays the very same run."""
    return f"./run soak --seed {seed} --each {steps}"
