"""The folder behind a mixed day of ten handhelds, on both databases: its pace, and whether it keeps it as they fill."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

from bench import mixed, postgres
from bench.enrolled import enrolled
from bench.figures import Figure, Result
from bench.room import Room
from server import ingest, projection
from server.central import clock_ms
from server.open_storage import Database, open_storage
from sync.wire import Stored

HANDHELDS = 10
UNITS, UNITS_QUICK = 8000, 400
EVENTS_A_BATCH = 100
QUARTER = 4
STEADY_BUDGET = 0.7
"""A day's pace against that of a quarter of it: what a batch costs may not grow with all that is there already."""


class Paces(NamedTuple):
    """Events a second."""

    taken: float
    """In, and acknowledged."""
    folded: float
    """Until units, documents and feed show them."""


def run(room: Room) -> Result:
    """One after the other; PostgreSQL is left out where it is not installed."""
    units = room.size(UNITS, UNITS_QUICK)
    notes = [f"{units:,} units, received, moved, counted, built, packed and shipped by {HANDHELDS} handhelds"]
    few, many = (_paces(room.folder / f"fold-{size}.db", size) for size in (units // QUARTER, units))
    found = _figures("SQLite", few, many)
    with postgres.cluster() as running:
        if running is None:
            notes.append("PostgreSQL is not installed: its figures are left out")
        else:
            few, many = (_paces(running.new_database(), size) for size in (units // QUARTER, units))
            found += _figures("PostgreSQL", few, many)
    return Result(
        benchmark="fold",
        against="itself with a quarter of the day, and taking the same events in",
        figures=found,
        notes=tuple(notes),
    )


def _figures(kind: str, few: Paces, many: Paces) -> tuple[Figure, ...]:
    return (
        Figure(
            name=f"{kind}: folded, a day / a quarter of it", value=many.folded / few.folded, unit="x",
            budget=STEADY_BUDGET, bound="at least",
        ),
        Figure(name=f"{kind}: folded", value=many.folded, unit="1/s"),
        Figure(name=f"{kind}: taken in, {EVENTS_A_BATCH} a batch", value=many.taken, unit="1/s"),
    )  # fmt: skip


def _paces(database: Database, units: int) -> Paces:
    storage = open_storage(database)
    names = [enrolled(storage)[0] for _ in range(HANDHELDS)]
    day = mixed.batches(names, units, EVENTS_A_BATCH)
    events = sum(len(sent.batch.events) for sent in day)
    begin = perf_counter()
    for sent in day:
        answer = ingest.take(storage, names[sent.handheld], sent.batch, clock_ms())
        assert isinstance(answer, Stored)
    taken = perf_counter()
    while projection.fold_next(storage):
        pass
    folded = perf_counter()
    storage.close()
    return Paces(events / (taken - begin), events / (folded - taken))
