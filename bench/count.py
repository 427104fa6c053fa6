"""A count of twenty thousand serials by replay: each seen once, durable, at one price and in one room."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import msgspec

from bench.figures import Figure, Result, median, resident_mib
from bench.room import Room
from bench.workplace import BADGE, ITEM, serial, site
from drivers.replay_script import parse_script
from scanner_app.cache_feed import load_site
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from tracking.site import DocumentEntry, Location, OpeningUnit, Site

SERIALS = (20_000, 2_000)
FLAT = 1.2
"""The last thousand may take this much longer than the first, and no more."""
ROOM_MIB = 4.0
"""What the process may grow by between a tenth of the count and its end."""


def run(room: Room) -> Result:
    """Blind, on one sheet, in one go."""
    count = room.size(*SERIALS)
    numbers = [serial(number) for number in range(count)]
    took, grown_mib = _play(room, _site(numbers), numbers)
    part = min(1000, count // 10)
    figures = [
        Figure(name=f"all {count:,}", value=sum(took), unit="s"),
        Figure(
            name="last thousand / first, p50",
            value=median(took[-part:]) / median(took[:part]),
            unit="x",
            budget=FLAT,
        ),
        Figure(name="one scan, p50", value=median(took) * 1e3, unit="ms"),
        Figure(name="memory, from a tenth to the end", value=grown_mib, unit="MiB", budget=ROOM_MIB),
    ]
    return Result(benchmark="count", against="itself at the start", figures=tuple(figures))


def _site(numbers: list[str]) -> Site:
    base = site(date(2026, 11, 23))
    sheet = DocumentEntry(type="count_sheet", number="COUNT", location="SHELF", blind=True)
    return msgspec.structs.replace(
        base,
        documents=(*base.documents, sheet),
        locations=(*base.locations, Location(location="SHELF")),
        units=tuple(OpeningUnit(item=ITEM, serial=number, location="SHELF") for number in numbers),
        today="2026-11-23",
    )


def _play(room: Room, given: Site, numbers: list[str]) -> tuple[list[float], float]:
    """Seconds that each scan took, and MiB that the process grew by."""
    replay = Replay(
        room.folder / "count", SessionSettings(app="bench"), today=given.today, timezone=given.timezone
    )
    load_site(replay.handheld.cache, given)
    replay.renew()
    opening = f"operator {BADGE}\nworkflow stocktake\nscan COUNT\n"
    script = parse_script((opening + "".join(f"scan {number}\n" for number in numbers)).encode())
    took: list[float] = []
    held: list[float] = []
    wrong: list[object] = []
    last_s = perf_counter()

    def emit(row: dict[str, object]) -> None:
        nonlocal last_s
        now_s = perf_counter()
        took.append(now_s - last_s)
        if len(took) > 3 and row["code"] != "counted":
            wrong.append(row)
        if len(took) % max(len(numbers) // 10, 1) == 0:
            held.append(resident_mib())
        last_s = perf_counter()

    replay.play(script, emit)
    replay.handheld.close()
    assert not wrong, wrong[:1]
    return took[3:], held[-1] - held[0]
