"""PostgreSQL for the benchmarks, and what an insert that passes over known rows costs against a bare COPY."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import psycopg

from bench.figures import Figure, median
from server.storage_postgres import PostgresStorage
from sync.wire import Batch, bodies_of
from tests.server.postgres import Cluster, programs

EVENTS_A_BATCH = 500
BUDGET = 0.5
COLUMNS = ("device", "epoch", "seq", "body", "chain", "received_ms")
TYPES = ["text", "int8", "int8", "bytea", "bytea", "int8"]


@contextmanager
def cluster() -> Iterator[Cluster | None]:
    """A PostgreSQL server in a folder of its own; None where PostgreSQL is not installed."""
    folder = programs()
    if folder is None:
        yield None
        return
    started = Cluster(folder)
    try:
        yield started
    finally:
        started.close()


def figures(running: Cluster, batches: list[Batch]) -> tuple[Figure, ...]:
    """The ledger's own insert, and COPY into a table with the same columns and keys: by turns, each committed."""
    url = running.new_database()
    storage = PostgresStorage(url)
    ours: list[float] = []
    raw: list[float] = []
    again: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (LIKE ledger INCLUDING ALL)")
        for rows in _rows(batches):
            begin = perf_counter()
            with storage.write("D-BENCH") as tx:
                added = tx.insert("ledger", COLUMNS, rows)
            ours.append(len(rows) / (perf_counter() - begin))
            assert added == len(rows)
            begin = perf_counter()
            with (
                connection.transaction(),
                connection.cursor() as cursor,
                cursor.copy(f"COPY bare ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)".encode()) as copy,
            ):
                copy.set_types(TYPES)
                for row in rows:
                    copy.write_row(row)
            raw.append(len(rows) / (perf_counter() - begin))
            begin = perf_counter()
            with storage.write("D-BENCH") as tx:
                added = tx.insert("ledger", COLUMNS, rows)
            again.append(len(rows) / (perf_counter() - begin))
            assert added == 0
    storage.close()
    return (
        Figure(
            name="PostgreSQL, idempotent / bare COPY", value=median(ours) / median(raw), unit="x", budget=BUDGET,
            bound="at least",
        ),
        Figure(name="PostgreSQL, idempotent", value=median(ours), unit="1/s"),
        Figure(name="PostgreSQL, idempotent, the same rows again", value=median(again), unit="1/s"),
        Figure(name="PostgreSQL, bare COPY", value=median(raw), unit="1/s"),
    )  # fmt: skip


def _rows(batches: list[Batch]) -> Iterator[list[tuple[object, ...]]]:
    """Rows of the ledger, five hundred at a time."""
    bodies = [body for batch in batches for body in bodies_of(batch)]
    for start in range(0, len(bodies) - EVENTS_A_BATCH + 1, EVENTS_A_BATCH):
        yield [
            ("D-BENCH", 1, start + place + 1, body, bytes(32), 1_795_000_000_000)
            for place, body in enumerate(bodies[start : start + EVENTS_A_BATCH])
        ]
