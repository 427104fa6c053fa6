"""A count of twenty thousand serials by replay: each seen once, durable, at one price and in one room.

In its middle the handheld is switched off; at its end it is closed, handed in and looked at by the office.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from time import perf_counter
from typing import NamedTuple

import msgspec

from bench.count_office import at_the_office
from bench.figures import Figure, Result, median, resident_mib
from bench.room import Room
from bench.workplace import BADGE, ITEM, serial, site
from drivers.replay_lines import AnyLine
from drivers.replay_script import parse_script
from drivers.scan import Scan
from scanner_app.cache_feed import load_site
from scanner_app.inputs import Command
from scanner_app.presenter import Presenter
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from tracking.site import DocumentEntry, Location, OpeningUnit, Site

SERIALS = (20_000, 2_000)
FLAT = 1.2
"""The last thousand may take this much longer than the first, and no more."""
ROOM_MIB = 4.0
"""What the process may grow by from a tenth of the count to its middle, and from there to its end, together."""
OPEN_MS, CLOSE_MS = 250.0, 50.0
"""To the first answer after a restart in the middle, and the slowest answer on the way to the closed sheet."""
FINE = (None, "signed_in", "command", "document_opened", "counted")
SHEET, SHELF, ELSEWHERE = "COUNT", "SHELF", "ELSEWHERE"


class Counted(NamedTuple):
    """What one whole count cost."""

    took_s: list[float]
    """Each scan, the restart left out."""
    grown_mib: float
    open_ms: float
    close_ms: float


def run(room: Room) -> Result:
    """Blind, on one sheet, with one restart."""
    count = room.size(*SERIALS)
    numbers = [serial(number) for number in range(count)]
    given = _site(numbers)
    replay = Replay(
        room.folder / "count", SessionSettings(app="bench"), today=given.today, timezone=given.timezone
    )
    load_site(replay.handheld.cache, given)
    replay.renew()
    found = _play(replay, numbers)
    # By the books everything stood somewhere else: as many differences as there can be.
    books = msgspec.structs.replace(
        given, units=tuple(msgspec.structs.replace(unit, location=ELSEWHERE) for unit in given.units)
    )
    office = at_the_office(room.folder, books, replay.handheld.journal, SHEET)
    replay.handheld.close()
    took, part = found.took_s, min(1000, count // 10)
    figures = [
        Figure(name=f"all {count:,}", value=sum(took), unit="s"),
        Figure(
            name="last thousand / first, p50",
            value=median(took[-part:]) / median(took[:part]),
            unit="x",
            budget=FLAT,
        ),
        Figure(name="one scan, p50", value=median(took) * 1e3, unit="ms"),
        Figure(name="memory, from a tenth on", value=found.grown_mib, unit="MiB", budget=ROOM_MIB),
        Figure(
            name="restart in the middle, to the first answer", value=found.open_ms, unit="ms", budget=OPEN_MS
        ),
        Figure(name="closing, slowest answer", value=found.close_ms, unit="ms", budget=CLOSE_MS),
        *office,
    ]
    return Result(benchmark="count", against="itself at the start", figures=tuple(figures))


def _site(numbers: list[str]) -> Site:
    base = site(date(2026, 11, 23))
    sheet = DocumentEntry(type="count_sheet", number=SHEET, location=SHELF, blind=True)
    return msgspec.structs.replace(
        base,
        documents=(*base.documents, sheet),
        locations=(*base.locations, Location(location=SHELF), Location(location=ELSEWHERE)),
        units=tuple(OpeningUnit(item=ITEM, serial=number, location=SHELF) for number in numbers),
        today="2026-11-23",
    )


def _play(replay: Replay, numbers: list[str]) -> Counted:
    """Half of the count, a restart, the other half, the end."""
    half = len(numbers) // 2
    # All of them are read before: what a script takes in memory is not the count's.
    opening, first, crash, second = (
        parse_script("\n".join(lines).encode())
        for lines in (
            [f"operator {BADGE}", "workflow stocktake", f"scan {SHEET}"],
            [f"scan {number}" for number in numbers[:half]],
            ["crash"],
            [f"scan {number}" for number in numbers[half:]],
        )
    )
    took: list[float] = []
    before: list[float] = []
    after: list[float] = []
    every = max(len(numbers) // 10, 1)
    _scans(replay, opening, [], [], every)
    _scans(replay, first, took, before, every)
    begin = perf_counter()
    _scans(replay, crash, [], [], every)
    assert Presenter(replay.handheld.session).view().prompt
    answer = replay.handheld.session.handle(Scan(raw=numbers[0].encode()))
    open_ms = (perf_counter() - begin) * 1e3
    assert answer.verdict.code == "already_counted", answer
    _scans(replay, second, took, after, every)
    # A restart within one process keeps what the first session held for a while: each half is looked at by itself.
    grown_mib = max(0.0, before[-1] - before[0]) + max(0.0, after[-1] - after[0])
    return Counted(took, grown_mib, open_ms, _closed_ms(replay, len(numbers)))


def _scans(
    replay: Replay, script: Sequence[AnyLine], took: list[float], held: list[float], every: int
) -> None:
    """Plays scans: seconds of each to ``took``, MiB of the process with every so many of them to ``held``."""
    wrong: list[object] = []
    last_s = perf_counter()

    def emit(row: dict[str, object]) -> None:
        nonlocal last_s
        took.append(perf_counter() - last_s)
        if row["code"] not in FINE:
            wrong.append(row)
        if len(took) % every == 0:
            held.append(resident_mib())
        last_s = perf_counter()

    replay.play(script, emit)
    assert not wrong, wrong[:1]


def _closed_ms(replay: Replay, count: int) -> float:
    """The slowest of the answers to the list, DONE, its question, an undo of the end, and the end."""
    slowest = 0.0
    answer = None
    for name in ("list", "done", "ack", "done", "confirm", "undo", "done", "confirm"):
        begin = perf_counter()
        answer = replay.handheld.session.handle(Command(name=name))
        Presenter(replay.handheld.session).view()
        slowest = max(slowest, perf_counter() - begin)
    assert answer is not None
    assert answer.verdict.fields["counted"] == str(count), answer
    return slowest * 1e3
