"""A unit among many: look-ups in a cache of ten million against one of a million, and what a unit costs on the disk.

"Cold" means that the system has forgotten the cache's file; SQLite's own few megabytes stay, as between two scans of
a handheld that did something else meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter, perf_counter_ns
from typing import NamedTuple

from bench.figures import Figure, Result, median, p99
from bench.raw import PAGE_BYTES, forget, read_page_ns
from bench.room import Room
from bench.workplace import UNITS_PER_PUT, detailed, fill, known_serial, known_units
from scanner_app.cache import Cache

FEW = (1_000_000, 20_000)
MANY = (10_000_000, 60_000)
DETAILED = (200_000, 5000)
WARM = (20_000, 300)
COLD = (300, 10)
SEED = 1
BYTES_FREE = 4 * 2**30
"""What the caches of a full run may take on the disk, with room for SQLite's log."""

WARM_BUDGET, COLD_BUDGET, BYTES_BUDGET = 2.0, 3.0, 46.0


class Filled(NamedTuple):
    """A cache with units in it, closed."""

    path: Path
    units: int
    seconds: float

    @property
    def bytes_per_unit(self) -> float:
        """File size by units."""
        return self.path.stat().st_size / self.units


def run(room: Room) -> Result:
    """Builds both caches by the feed's own way, then asks them by turns."""
    if not room.quick:
        room.need(BYTES_FREE)
    few = _filled(room.folder / "few.db", room.size(*FEW))
    many = _filled(room.folder / "many.db", room.size(*MANY))
    full = _filled(room.folder / "detailed.db", room.size(*DETAILED), with_details=True)
    warm = _by_turns(few, many, room.size(*WARM), cold=False)
    cold = _by_turns(few, many, room.size(*COLD), cold=True)
    mib = many.path.stat().st_size / 2**20
    return Result(
        benchmark="lookup",
        against=f"{few.units:,} units, and one {PAGE_BYTES}-byte read of the same file",
        figures=(*_times(warm, cold), *_sizes(few, many, full)),
        notes=(f"{many.units:,} units take {mib:,.0f} MiB and {many.seconds:,.0f} s to load",),
    )


def _times(warm: Asked, cold: Asked) -> tuple[Figure, ...]:
    against_few = median(warm.many) / median(warm.few)
    cold_many, cold_few = (median(took) / median(cold.raw) for took in (cold.many, cold.few))
    return (
        Figure(name="warm, many / few, p50", value=against_few, unit="x", budget=WARM_BUDGET),
        Figure(name="warm, many, p50", value=median(warm.many), unit="us"),
        Figure(name="warm, many, p99", value=p99(warm.many), unit="us"),
        Figure(name="warm, few, p50", value=median(warm.few), unit="us"),
        Figure(name="cold, many / one read, p50", value=cold_many, unit="x", budget=COLD_BUDGET),
        Figure(name="cold, few / one read, p50", value=cold_few, unit="x", budget=COLD_BUDGET),
        Figure(name="cold, many, p50", value=median(cold.many), unit="us"),
        Figure(name="cold, one read, p50", value=median(cold.raw), unit="us"),
    )


def _sizes(few: Filled, many: Filled, full: Filled) -> tuple[Figure, ...]:
    return (
        Figure(name="disk per unit", value=many.bytes_per_unit, unit="bytes", budget=BYTES_BUDGET),
        Figure(name="disk per unit with all its details", value=full.bytes_per_unit, unit="bytes"),
        Figure(name="bulk load, many", value=many.units / many.seconds, unit="1/s"),
        Figure(name="bulk load, few", value=few.units / few.seconds, unit="1/s"),
    )


def _filled(path: Path, units: int, *, with_details: bool = False) -> Filled:
    """A cache filled a page at a time. The time is that of the cache alone, not of making up the units."""
    cache = Cache(path)
    seconds = 0.0
    for first in range(0, units, UNITS_PER_PUT):
        page = list(known_units(min(UNITS_PER_PUT, units - first), first=first))
        if with_details:
            page = [detailed(unit, first + place) for place, unit in enumerate(page)]
        begin = perf_counter()
        fill(cache, iter(page), len(page))
        seconds += perf_counter() - begin
    begin = perf_counter()
    cache.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    seconds += perf_counter() - begin
    assert cache.unit_count() == units
    cache.close()
    return Filled(path, units, seconds)


class Asked(NamedTuple):
    """Microseconds of each look-up and each raw read."""

    few: list[float]
    many: list[float]
    raw: list[float]


def _by_turns(few: Filled, many: Filled, count: int, *, cold: bool) -> Asked:
    """Random look-ups in the one, in the other, and a raw read, over and over."""
    random = Random(SEED)
    asked = Asked([], [], [])
    caches = [(few, Cache(few.path), asked.few), (many, Cache(many.path), asked.many)]
    file = os.open(many.path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
    pages = many.path.stat().st_size // PAGE_BYTES
    try:
        for _, cache, _ in caches:  # statements prepared, upper levels of the tree in SQLite's memory
            for number in range(2000 if not cold else 500):
                cache.units_of_serial(known_serial(number * 997 % few.units))
        for _ in range(count):
            for filled, cache, took in caches:
                wanted = known_serial(random.randrange(filled.units))
                if cold:
                    forget(filled.path)
                took.append(_microseconds(lambda cache=cache, wanted=wanted: cache.units_of_serial(wanted)))  # type: ignore[misc]
            if cold:
                forget(many.path)
            asked.raw.append(read_page_ns(file, random.randrange(pages) * PAGE_BYTES) / 1e3)
    finally:
        os.close(file)
        for _, cache, _ in caches:
            cache.close()
    return asked


def _microseconds(ask: Callable[[], list[object]]) -> float:
    begin = perf_counter_ns()
    found = ask()
    took = (perf_counter_ns() - begin) / 1e3
    assert len(found) == 1
    return took
