"""One durable scan: from the scan to the answer, with event, overlay, gesture and session on the disk in between."""

from __future__ import annotations

from time import perf_counter_ns

from bench import flushes
from bench.figures import Figure, Result, median, p99
from bench.raw import DurableAppends
from bench.room import Room
from bench.workplace import Workplace, serial

SCANS = (2000, 40)
WARM_UP = 20
PAUSE_EVERY = 60
"""Scans between two pauses in which the session's thread tidies up, as it does between two scans of a person."""
BUDGET = 1.5


def run(room: Room) -> Result:
    """A raw append, a scan with pauses and one without, by turns: a disk that slows down slows all of them."""
    count = room.size(*SCANS)
    paced = Workplace(room.folder / "paced")
    unbroken = Workplace(room.folder / "unbroken")
    raws: list[float] = []
    paced_us: list[float] = []
    unbroken_us: list[float] = []
    with DurableAppends(room.folder / "raw") as appends:
        for number in range(WARM_UP + count):
            if number % PAUSE_EVERY == 0:
                paced.pause()
            raws.append(appends.one_ns() / 1e3)
            paced_us.append(_scan_us(paced, number))
            raws.append(appends.one_ns() / 1e3)
            unbroken_us.append(_scan_us(unbroken, number))
    paced.close()
    unbroken.close()
    raws, paced_us, unbroken_us = raws[2 * WARM_UP :], paced_us[WARM_UP:], unbroken_us[WARM_UP:]
    raw = median(raws)
    flushed = flushes.per_scan(room)
    return Result(
        benchmark="scan",
        against="a 4 KiB append and fdatasync in the same folder",
        figures=(
            Figure(name="durable scan / raw, p50", value=median(paced_us) / raw, unit="x", budget=BUDGET),
            Figure(name="the same without a pause, p50", value=median(unbroken_us) / raw, unit="x"),
            Figure(name="durable scan / raw, p99", value=p99(paced_us) / p99(raws), unit="x"),
            Figure(name="durable scan, p50", value=median(paced_us), unit="us"),
            Figure(name="durable scan, p99", value=p99(paced_us), unit="us"),
            Figure(name="raw append, p50", value=raw, unit="us"),
            Figure(name="raw append, p99", value=p99(raws), unit="us"),
            flushed.figure,
        ),
        notes=(f"a pause every {PAUSE_EVERY} scans, as between two scans of a person", *flushed.notes),
    )


def _scan_us(place: Workplace, number: int) -> float:
    given = place.scan(serial(number))
    begin = perf_counter_ns()
    answer = place.session.handle(given)
    took_us = (perf_counter_ns() - begin) / 1e3
    assert answer.verdict.code == "received", answer
    return took_us
