"""Looks for the first seed that finds a bug which was put in on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulation.bugs import BUGS
from tests.simulation.plan import BACKUPS, COPIES
from tests.simulation.play import STEPS, Played, play

SEEDS_MAX = 200
BROKEN = AssertionError.__name__
"""How a failure begins that says which promise was broken. Anything else is a bug that crashes by itself: to count that
as found would be to find the way it was put in."""

_AWAY = {
    "misfortunes": ("partition", "partition", "handheld crash"),
    "tombstones_ms": 10_000,
    "undo_chance": 0.3,
    "handhelds": 4,
    "pause_ms": 1500,
    "between_ms": 9000,
    "pool": 300,
    "fault_chance": 0.0,
}
"""Goods come and go while handhelds are out of reach for longer than tombstones are kept."""
_NEW_CACHES = {
    "misfortunes": ("cache lost",),
    "snapshots": True,
    "fold_ms_max": 60_000,
    "pause_ms": 300,
    "between_ms": 2000,
    "handhelds": 3,
    "pool": 300,
}
"""Handhelds begin with a snapshot again and again, and the folder is slow."""
_ONLY: Mapping[str, Any] = {"pause_ms": 1500, "between_ms": 12_000, "pool": 300, "handhelds": 3}
AIMS: Mapping[str, Mapping[str, Any]] = {
    "a snapshot claims too much": _NEW_CACHES,
    "a page claims too much": _NEW_CACHES | {"snapshots": False},
    "a page in between claims": _NEW_CACHES | {"snapshots": False, "page_rows": 7},
    "tombstones forgotten": _AWAY,
    "away too long, let go on": _AWAY,
    "an old cache under a new one": _AWAY | {"snapshots": False},
    "a row between two pages": {"page_rows": 7},
    "position before the rows": {"misfortunes": ("handheld disk full",), "page_rows": 7, **_ONLY},
    "a cursor of another life": BACKUPS,
    "the key is not looked at": {"keyed": True, "misfortunes": ("thief",)},
    "a file counts twice": {"misfortunes": ("file", "partition"), **_ONLY},
    "accepted is the office's": {"misfortunes": ("revoked",), **_ONLY},
    "a copy is a duplicate": {"misfortunes": ("clone", "partition"), **_ONLY},
    "the current epoch only": BACKUPS
    | {"misfortunes": ("backup", "restore", "old image", "clone", "handheld crash"), "between_ms": 8000},
    "the clock begins anew": {"misfortunes": ("clock step", "handheld crash"), **_ONLY},
    "a clock ahead is believed": {"misfortunes": ("lying clock", "partition"), **_ONLY},
    "pruned without an anchor": BACKUPS,
    "pruned before the backup": BACKUPS,
    "a loss is not named": BACKUPS,
    "receipts of another life": BACKUPS,
    "epochs counted only": COPIES
    | {"misfortunes": ("backup", "older restore", "restore", "clone", "clone", "handheld crash")},
    "confirmed is ours": COPIES,
    "no event in common sought": COPIES,
}
"""Fields of the plan for bugs that show in few runs: in a small world of this kind they have to show at once."""


def hunt(name: str, first: int = 0) -> Played | None:
    """The run that found it, or None. The same world without the bug has to hold."""
    aimed = AIMS.get(name, {})
    for seed in range(first, first + SEEDS_MAX):
        played = play(seed, STEPS, BUGS[name], aimed=aimed)
        if played.failure.startswith(BROKEN):
            assert not play(seed, STEPS, aimed=aimed).failure, f"seed {seed} fails without the bug too"
            return played
    return None
