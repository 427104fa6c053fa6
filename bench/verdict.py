"""Scan to verdict without the disk: what judging costs when the cache knows a million units.

The journal's flush is off here, and only here; everything else is as on the floor, the writing included.
"""

from __future__ import annotations

from time import perf_counter_ns, thread_time_ns
from typing import NamedTuple

from bench.figures import Figure, Result, median, p99
from bench.room import Room
from bench.workplace import Workplace, known_serial, serial
from scanner_app.inputs import Command, Input

UNITS = (1_000_000, 5000)
SCANS = (5000, 60)
WARM_UP = 20
STOP_EVERY = 10
"""One scan in so many is of a unit that was shipped: a stop, with its acknowledgement."""
STRIDE = 7919
"""Prime, so that known units come from all over the cache."""
BUDGET_MS = 1.0


class Took(NamedTuple):
    """One answer."""

    wall_ms: float
    cpu_ms: float
    """Of this thread alone: what a busy machine does not add to."""


def run(room: Room) -> Result:
    """New serials, and known ones from anywhere in the cache that a receipt must stop."""
    units, count = room.size(*UNITS), room.size(*SCANS)
    place = Workplace(room.folder / "verdict", units=units)
    place.handheld.journal.connection.execute("PRAGMA synchronous=OFF")
    received: list[Took] = []
    stopped: list[Took] = []
    for number in range(WARM_UP + count):
        if number % STOP_EVERY:
            received.append(_answer(place, place.scan(serial(number)), "received"))
        else:
            given = place.scan(known_serial(number * STRIDE % units))
            stopped.append(_answer(place, given, "already_shipped", "stolen"))
            place.session.handle(Command(name="ack"))
    place.close()
    took = received[WARM_UP:] + stopped[WARM_UP // STOP_EVERY :]
    wall, cpu = p99([one.wall_ms for one in took]), p99([one.cpu_ms for one in took])
    busy = wall > BUDGET_MS >= cpu
    return Result(
        benchmark="verdict",
        against=f"a clock: {units:,} units in the cache, no flush",
        figures=(
            Figure(name="scan to verdict, p50", value=median([one.wall_ms for one in took]), unit="ms"),
            Figure(name="scan to verdict, p99", value=wall, unit="ms", budget=BUDGET_MS),
            Figure(name="processor time of it, p99", value=cpu, unit="ms", budget=BUDGET_MS),
            Figure(
                name="a new unit received, p50", value=median([one.wall_ms for one in received]), unit="ms"
            ),
            Figure(
                name="a known unit stopped, p50", value=median([one.wall_ms for one in stopped]), unit="ms"
            ),
        ),
        notes=("other programs took the processor away meanwhile: measure again on a quiet machine",) * busy,
    )


def _answer(place: Workplace, given: Input, *codes: str) -> Took:
    begin_ns, begin_cpu_ns = perf_counter_ns(), thread_time_ns()
    answer = place.session.handle(given)
    took = Took((perf_counter_ns() - begin_ns) / 1e6, (thread_time_ns() - begin_cpu_ns) / 1e6)
    assert answer.verdict.code in codes, answer
    return took
