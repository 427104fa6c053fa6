"""One durable scan: from the scan to the answer, with event, overlay, gesture and session on the disk in between."""

from __future__ import annotations

from time import perf_counter_ns

from bench import flushes
from bench.figures import Figure, Result, median, p99
from bench.raw import DurableAppends
from bench.room import Room
from bench.workplace import Workplace, serial

SCANS = (3000, 40)
WARM_UP = 20
BUDGET = 1.5


def run(room: Room) -> Result:
    """Scans and raw appends by turns, so that a disk that slows down slows both."""
    count = room.size(*SCANS)
    place = Workplace(room.folder / "scan")
    scans: list[float] = []
    raws: list[float] = []
    try:
        with DurableAppends(room.folder / "scan" / "raw") as appends:
            for number in range(WARM_UP + count):
                raws.append(appends.one_ns() / 1e3)
                given = place.scan(serial(number))
                begin = perf_counter_ns()
                answer = place.session.handle(given)
                scans.append((perf_counter_ns() - begin) / 1e3)
                assert answer.verdict.code == "received", answer
    finally:
        place.close()
    scans, raws = scans[WARM_UP:], raws[WARM_UP:]
    flushed = flushes.per_scan(room)
    return Result(
        benchmark="scan",
        against="a 4 KiB append and fdatasync in the same folder",
        figures=(
            Figure(
                name="durable scan / raw, p50", value=median(scans) / median(raws), unit="x", budget=BUDGET
            ),
            Figure(name="durable scan / raw, p99", value=p99(scans) / p99(raws), unit="x"),
            Figure(name="durable scan, p50", value=median(scans), unit="us"),
            Figure(name="durable scan, p99", value=p99(scans), unit="us"),
            Figure(name="raw append, p50", value=median(raws), unit="us"),
            Figure(name="raw append, p99", value=p99(raws), unit="us"),
            flushed.figure,
        ),
        notes=flushed.notes,
    )
