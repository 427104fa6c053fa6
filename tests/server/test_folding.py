"""The folder's batches: whatever their size, the same comes out, and no query of them walks through a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from bench import mixed
from bench.enrolled import enrolled
from server import ingest, projection, storage_sqlite
from server.many_keys import KEYS_A_QUERY
from server.rebuild import rebuild
from server.storage import Row, Storage
from server.storage_sqlite import SqliteStorage
from sync.wire import Stored
from tests.server.fleet import Handheld, receiving
from tests.server.test_projection import everything
from tracking.events import Event

UNITS, DEVICES = 320, 4
SMALL = {"CONSTANT", "w", "d", "device", "e", "device_epoch"}
"""What may be walked through: the keys themselves, and what has a row for each handheld."""
NOW_MS = 1_795_000_000_000


def taken_in(storage: Storage, a_batch: int = 60) -> None:
    """A mixed day, as it arrives: late events among the others."""
    names = [enrolled(storage)[0] for _ in range(DEVICES)]
    for sent in mixed.batches(names, UNITS, a_batch):
        assert isinstance(ingest.take(storage, names[sent.handheld], sent.batch, NOW_MS), Stored)


def fold_all(storage: Storage, limit: int) -> None:
    while projection.fold_next(storage, limit):
        pass


@pytest.mark.parametrize("limit", [37, 500])
def test_a_mixed_day_comes_out_the_same_in_batches_of_any_size(storage: Storage, limit: int) -> None:
    taken_in(storage)
    fold_all(storage, limit)
    followed = everything(storage)
    assert {table for table in ("unit", "credit", "tally", "subject", "cancellation") if followed[table]}
    with storage.read() as reader:
        counted = reader.rows("SELECT document, line, SUM(quantity) FROM credit GROUP BY document, line")
        told: dict[str, str] = dict(reader.rows("SELECT document, done FROM tally"))
    lines: dict[str, dict[int, int]] = {}
    for document, line, quantity in counted:
        lines.setdefault(document, {})[line] = quantity
    assert {
        name: msgspec.json.decode(done, type=dict[int, int]) for name, done in told.items() if done != "{}"
    } == lines
    rebuild(storage)
    assert everything(storage) == followed


class Watched(storage_sqlite._Connection):
    """Keeps the text of every statement, values left out."""

    texts: ClassVar[set[str]] = set()

    def rows(self, sql: str, *values: object) -> list[Row]:
        self.texts.add(sql)
        return super().rows(sql, *values)

    def row(self, sql: str, *values: object) -> Row | None:
        self.texts.add(sql)
        return super().row(sql, *values)

    def run(self, sql: str, *values: object) -> int:
        self.texts.add(sql)
        return super().run(sql, *values)

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self.texts.add(sql)
        super().run_many(sql, rows)


def test_no_query_of_the_folder_walks_through_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_sqlite, "_Connection", Watched)
    with closing(SqliteStorage(tmp_path / "central.db")) as storage:
        taken_in(storage)
        Watched.texts.clear()
        fold_all(storage, 100)
        found = {text: plan_of(storage, text) for text in set(Watched.texts)}
    assert len(found) > 15
    walked = {
        text: plan
        for text, plan in found.items()
        if set(re.findall(r"SCAN (?!\d+ CONSTANT)(\w+)", plan)) - SMALL
    }
    assert not walked


def plan_of(storage: SqliteStorage, text: str) -> str:
    """How SQLite finds the rows of a statement whose values it does not know."""
    nothing: list[Any] = [None] * text.count("?")
    with storage.read() as reader:
        return "; ".join(str(row[3]) for row in reader.rows(f"EXPLAIN QUERY PLAN {text}", *nothing))


def test_many_keys_are_asked_for_at_once_and_none_is_left_out(storage: Storage) -> None:
    with storage.write() as tx:
        names = [(f"K{number}", f"V{number}") for number in range(2 * KEYS_A_QUERY + 3)]
        tx.put("meta", ("name", "value"), names, "(name) DO NOTHING")
        sql = "SELECT m.name, m.value FROM wanted w CROSS JOIN meta m WHERE m.name = w.a"
        assert sorted(tx.rows_of(sql, [(name,) for name, _ in names])) == sorted(names)
        assert tx.rows_of(sql, []) == []
        assert tx.rows_of(sql, [("none",), ("K1",)]) == [("K1", "V1")]


@pytest.mark.parametrize("count", [1, 3, 250])
def test_what_is_put_is_there_and_what_was_there_is_changed(storage: Storage, count: int) -> None:
    columns = ("name", "value")
    changed = "(name) DO UPDATE SET value = excluded.value WHERE meta.value <> excluded.value"
    with storage.write() as tx:
        for value in ("first", "sec\0ond", "third"):
            tx.put("meta", columns, [(f"n{number}", value) for number in range(count)], changed)
        tx.put("meta", columns, [], changed)
    with storage.read() as reader:
        rows = reader.rows("SELECT value FROM meta WHERE name LIKE 'n%'")
    assert rows == [("third",)] * count


def test_a_line_of_which_nothing_is_left_is_no_line_and_one_that_comes_to_nothing_is(
    storage: Storage,
) -> None:
    device = enrolled(storage)[0]
    at_work = Handheld(httpx.Client(), device, "", "HAM")
    lot = Event(step="receiving", item="SEAL", lot="L1", quantity=5, document="PO-1", line=2)
    tallies: list[list[Row]] = []
    for event in (
        receiving("A"),
        receiving("B"),
        receiving("A", cancels=f"{device}/1/1"),
        receiving("B", cancels=f"{device}/1/2"),
        lot,
        msgspec.structs.replace(lot, quantity=-5),
        receiving("C"),
    ):
        at_work.write(event)
        ingest.take(storage, device, at_work.batch(len(at_work.bodies)), NOW_MS)
        fold_all(storage, 500)
        with storage.read() as reader:
            tallies.append(reader.rows("SELECT done FROM tally"))
    at_work.http.close()
    expected = ['{"1":1}', '{"1":2}', '{"1":1}', None, '{"2":5}', '{"2":0}', '{"1":1,"2":0}']
    assert tallies == [[(done,)] if done else [] for done in expected]
