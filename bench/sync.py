"""Handhelds and server together: events up on either database, a new handheld, the feed, and news for everybody."""

from __future__ import annotations

from bench import bootstrap, feed_apply, postgres, push
from bench.figures import Figure, Result, median
from bench.ingest import BYTES_BUDGET, DEVICES, HTTP_BUDGET, Load, by_turns, loads_of
from bench.room import Room
from server.open_storage import Database
from sync import wire

ROUNDS, ROUNDS_QUICK = 8, 2
BATCHES_A_ROUND, BATCHES_A_ROUND_QUICK = 4, 1


def run(room: Room) -> Result:
    """One after the other; what PostgreSQL is needed for is left out where it is not installed."""
    each = room.size(BATCHES_A_ROUND, BATCHES_A_ROUND_QUICK)
    loads = loads_of(room, room.size(ROUNDS, ROUNDS_QUICK) * each)
    events = sum(len(load.batch.events) for load in loads)
    found = list(_over_http("SQLite", room.folder / "sync.db", room.folder / "alone.db", loads, each))
    notes = [f"{events / len(loads):.0f} events a batch, {DEVICES} handhelds at once"]
    with postgres.cluster() as running:
        if running is None:
            notes.append("PostgreSQL is not installed: its figures are left out")
        else:
            served, alone = running.new_database(), running.new_database()
            found += _over_http("PostgreSQL", served, alone, loads, each)
            found += postgres.figures(running, [load.batch for load in loads])
    packed = sum(len(load.packed) for load in loads)
    found.append(Figure(name="upload, an event", value=packed / events, unit="bytes", budget=BYTES_BUDGET))
    made, said = bootstrap.figures(room)
    found += [*made, *feed_apply.figures(room), *push.figures(room)]
    return Result(
        benchmark="sync",
        against="the same storage without HTTP, a bare COPY, a raw socket, executemany",
        figures=tuple(found),
        notes=(*notes, *said, f"at most {wire.BATCH_BYTES_MAX // 1024} KiB a batch"),
    )


def _over_http(
    kind: str, served: Database, alone: Database, loads: list[Load], each: int
) -> tuple[Figure, ...]:
    over_http, direct = by_turns(served, alone, loads, each)
    ratio = median(over_http) / median(direct)
    return (
        Figure(
            name=f"{kind}: HTTP / storage alone", value=ratio, unit="x", budget=HTTP_BUDGET, bound="at least"
        ),
        Figure(name=f"{kind}: over HTTP", value=median(over_http), unit="1/s"),
        Figure(name=f"{kind}: storage alone", value=median(direct), unit="1/s"),
    )
