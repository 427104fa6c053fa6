"""What a seed means: how many handhelds, how long, and which misfortunes how often."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from sync.wire import FEED_ROWS_MAX
from tests.simulation.network import FAULTS

MISFORTUNES = (
    "partition",
    "handheld crash",
    "handheld disk full",
    "cache lost",
    "clock step",
    "lying clock",
    "server crash",
    "server disk full",
    "backup",
    "restore",
    "older restore",
    "clone",
    "old image",
    "new token",
    "revoked",
    "newer program",
    "newcomer",
    "small server",
    "file",
    "thief",
)
FLEETS = (1, 2, 2, 3, 3, 4, 5, 6, 8, 12)
FLEET_MAX = 50
BACKUPS: dict[str, Any] = {
    "misfortunes": ("backup", "backup", "restore", "older restore"),
    "pause_ms": 8000,
    "between_ms": 60_000,
    "pool": 300,
    "handhelds": 2,
    "fault_chance": 0.0,
}
"""Backups and what they let go of, and every so often one is put back."""
COPIES: dict[str, Any] = {
    **BACKUPS,
    "misfortunes": ("backup", "backup", "older restore", "clone", "clone"),
    "between_ms": 8_000,
    "handhelds": 1,
}
"""Handhelds of one name, and a server that now has the events of the one and now of the other."""


class Plan(NamedTuple):
    """One run."""

    seed: int
    handhelds: int
    steps: int
    """Things that happen before everything is healed."""
    fault_chance: float
    """Of one request."""
    faults: tuple[str, ...]
    misfortunes: tuple[str, ...]
    pause_ms: int
    """Between two things that a person does, in the mean."""
    between_ms: int
    """Between two misfortunes, in the mean."""
    pool: int
    """Units that everybody scans."""
    snapshots: bool
    """Whether the site is worth one."""
    page_rows: int
    """Of the feed at most."""
    keyed: bool
    """Whether the handhelds sign with a key of their own."""
    tombstones_ms: int = 300_000
    """So long they are kept."""
    fold_ms_max: int = 2000
    """Between two looks of the folder, at most."""
    undo_chance: float = 0.06
    """Of one thing that a person does."""


def plan(seed: int, steps: int) -> Plan:
    """The same seed always means the same. Each leaves out some misfortunes, so that none hides behind another.

    Every tenth is a world of the copies.
    """
    dice = Random(f"plan {seed}")
    # Fifty take as long as all others of a hundred seeds together, so they come seldom.
    handhelds = FLEET_MAX if seed % 100 == 99 else dice.choice(FLEETS)
    some = [kind for kind in MISFORTUNES if dice.random() < 0.6]
    pause_ms = dice.choice([300, 1500, 8000])
    planned = Plan(
        seed=seed,
        handhelds=handhelds,
        steps=steps,
        fault_chance=dice.choice([0.0, 0.05, 0.2, 0.5]),
        faults=tuple(dice.sample(FAULTS, dice.randint(1, len(FAULTS)))),
        misfortunes=(*some, *(kind for kind in ("backup", "backup", "older restore") if kind in some)),
        pause_ms=pause_ms,
        between_ms=pause_ms * dice.choice([4, 12, 40]),
        pool=dice.choice([5, 30, 300]),
        snapshots=bool(seed % 2),
        page_rows=7 if seed % 4 == 3 else FEED_ROWS_MAX,
        keyed=seed % 3 == 1,
    )
    # What is rare elsewhere, a name used twice while the server goes back and forth, is here nearly all there is.
    return planned._replace(**COPIES) if seed % 10 == 5 else planned
