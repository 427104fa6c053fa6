"""A receipt of ten thousand serials by replay: every serial judged, answered and durable, one after the other."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import msgspec

from bench.figures import Figure, Result, median, resident_mib
from bench.raw import DurableAppends
from bench.room import Room
from bench.workplace import BADGE, ITEM, SITE, serial, site
from drivers.replay_script import parse_script
from scanner_app.cache_feed import load_site
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from tracking.site import DocumentEntry, LineEntry, Site

SERIALS = (10_000, 200)
BUDGET_S = 10.0
FLAT = 1.2
"""The last tenth may take this much longer than the first, and no more: nothing grows with the receipt."""
ROOM_MIB = 4.0
"""What the process may grow by between a tenth of the receipt and its end."""


def run(room: Room) -> Result:
    """Once against an order that names a quantity, once against a notice that names every serial."""
    count = room.size(*SERIALS)
    numbers = [serial(number) for number in range(count)]
    with DurableAppends(room.folder / "raw") as appends:
        raw_s = sum(appends.one_ns() for _ in range(count)) / 1e9
    figures: list[Figure] = []
    for kind, named in (("order", ()), ("notice of every serial", tuple(numbers))):
        took, grown_mib = _play(room, kind, _site(named, count), numbers)
        tenth = count // 10
        flat = median(took[-tenth:]) / median(took[:tenth])
        figures += [
            Figure(name=f"{kind}: all {count:,}", value=sum(took), unit="s", budget=BUDGET_S),
            Figure(name=f"{kind}: last tenth / first tenth, p50", value=flat, unit="x", budget=FLAT),
            Figure(name=f"{kind}: one scan, p50", value=median(took) * 1e3, unit="ms"),
            Figure(
                name=f"{kind}: memory, from a tenth to the end", value=grown_mib, unit="MiB", budget=ROOM_MIB
            ),
        ]
    figures.append(Figure(name=f"raw: {count:,} durable appends", value=raw_s, unit="s"))
    return Result(benchmark="receipt", against="ten seconds, and itself at the start", figures=tuple(figures))


def _site(named: tuple[str, ...], quantity: int) -> Site:
    base = site(date(2026, 11, 23))
    line = LineEntry(line=1, item=ITEM, quantity=quantity, serials=named)
    document = DocumentEntry(
        type="asn" if named else "purchase_order",
        number="RECEIPT",
        party=base.parties[0].party,
        lines=(line,),
    )
    return msgspec.structs.replace(base, documents=(*base.documents, document), today="2026-11-23")


def _play(room: Room, kind: str, given: Site, numbers: list[str]) -> tuple[list[float], float]:
    """Seconds that each scan took, and MiB that the process grew by."""
    replay = Replay(
        room.folder / kind.replace(" ", "-"),
        SessionSettings(app="bench"),
        today=given.today,
        timezone=given.timezone,
    )
    load_site(replay.handheld.cache, given)
    replay.renew()
    opening = f"operator {BADGE}\nworkflow receiving\nscan RECEIPT\n"
    took: list[float] = []
    held: list[float] = []
    wrong: list[object] = []
    last_s = 0.0

    def emit(row: dict[str, object]) -> None:
        nonlocal last_s
        now_s = perf_counter()
        took.append(now_s - last_s)
        if len(took) > 3 and row["code"] != "received":
            wrong.append(row)
        if len(took) % max(len(numbers) // 10, 1) == 0:
            held.append(resident_mib())
        last_s = perf_counter()

    script = parse_script((opening + "".join(f"scan {number}\n" for number in numbers)).encode())
    last_s = perf_counter()
    replay.play(script, emit)
    replay.handheld.close()
    assert not wrong, (SITE, wrong[:1])
    return took[3:], held[-1] - held[0]
