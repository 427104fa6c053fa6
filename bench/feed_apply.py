"""A page of the feed into the cache against ``executemany`` of the same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import msgspec

from bench.figures import Figure, median
from bench.room import Room
from bench.workplace import detailed, known_units
from scanner_app.cache import Cache
from scanner_app.cache_feed import apply_page
from sync import cache_file
from sync.wire import FEED_ROWS_MAX, FeedPage, FeedRow, pair_key
from tracking.units import UnitState

PAGES, PAGES_QUICK = 20, 3
BUDGET = 0.75
INSERT = "INSERT OR REPLACE INTO unit VALUES (?, ?, ?, ?, ?, ?)"


def figures(room: Room) -> tuple[Figure, ...]:
    """Units with a story of their own, as a site is told of its own, and short ones, as of everybody else's."""
    ratio, speed = _measured(room, detailed)
    short_ratio, short_speed = _measured(room, lambda unit, _: unit)
    return (
        Figure(
            name="feed applied / executemany, rows a second", value=ratio, unit="x", budget=BUDGET, bound="at least"
        ),
        Figure(name="feed applied", value=speed, unit="1/s"),
        Figure(
            name="feed of short rows applied / executemany", value=short_ratio, unit="x", budget=BUDGET,
            bound="at least",
        ),
        Figure(name="feed of short rows applied", value=short_speed, unit="1/s"),
    )  # fmt: skip


def _measured(room: Room, told_as: Callable[[UnitState, int], UnitState]) -> tuple[float, float]:
    """By turns a page by the feed's way and the same rows, made ready before, by the bare statement."""
    rows = room.size(FEED_ROWS_MAX, 500)
    ours, bare = Cache(room.folder / "ours.db"), Cache(room.folder / "bare.db")
    ratios: list[float] = []
    speeds: list[float] = []
    for page in range(room.size(PAGES, PAGES_QUICK)):
        first = page * rows
        units = [told_as(unit, first + place) for place, unit in enumerate(known_units(rows, first=first))]
        told = _page(units, first)
        ready = sorted(cache_file.unit_rows(units, bare.item_id, lambda _, __: 0))
        begin = perf_counter()
        apply_page(ours, told)
        took_s = perf_counter() - begin
        begin = perf_counter()
        with bare.transaction():
            bare.connection.executemany(INSERT, ready)
        ratios.append((perf_counter() - begin) / took_s)
        speeds.append(rows / took_s)
    for cache in (ours, bare):
        cache.close()
        Path(cache.path).unlink()
    return median(ratios), median(speeds)


def _page(units: list[UnitState], first: int) -> FeedPage:
    rows = [
        FeedRow(
            seq=first + place + 1,
            table="unit",
            key=pair_key(unit.item, unit.serial),
            row=msgspec.Raw(msgspec.json.encode(unit)),
        )
        for place, unit in enumerate(units)
    ]
    return FeedPage(generation="g", rows=rows, next=first + len(units), more=False, applied={}, server_ms=1)
