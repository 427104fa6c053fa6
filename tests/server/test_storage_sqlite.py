"""What is SQLite's own in the embedded database: durable, alone, and plain about what it cannot use."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import schema
from server.storage import StorageError
from server.storage_sqlite import SqliteStorage


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqliteStorage]:
    """A database without a server."""
    opened = SqliteStorage(tmp_path / "central.db")
    yield opened
    opened.close()


def test_it_is_durable_and_says_so_when_asked(storage: SqliteStorage) -> None:
    with storage.write() as tx:
        assert tx.row("PRAGMA journal_mode") == ("wal",)
        assert tx.row("PRAGMA synchronous") == (2,)


LEDGER_ROW = "INSERT INTO ledger VALUES (1, 'D', 1, 1, x'7b7d', x'00', 0)"


@pytest.mark.parametrize("number", [1, 2])
def test_replacing_is_no_way_around_the_append_only_ledger(storage: SqliteStorage, number: int) -> None:
    with storage.write() as tx:
        tx.run(LEDGER_ROW)
    with pytest.raises(sqlite3.IntegrityError), storage.write() as tx:
        tx.run(f"INSERT OR REPLACE INTO ledger VALUES ({number}, 'D', 1, 1, x'00', x'00', 0)")
    with storage.read() as reader:
        assert reader.rows("SELECT position, body FROM ledger") == [(1, b"{}")]


def test_a_full_disk_is_one_sentence_and_loses_nothing(storage: SqliteStorage) -> None:
    with storage.write() as tx:
        tx.run(LEDGER_ROW)
        pages = tx.row("PRAGMA page_count")
        assert pages is not None
        tx.run(f"PRAGMA max_page_count = {pages[0] + 2}")
    rows = [(seq, seq, b"x" * 4000) for seq in range(2, 200)]
    with pytest.raises(StorageError, match="full"), storage.write() as tx:
        tx.run_many("INSERT INTO ledger VALUES (?, 'D', 1, ?, ?, x'00', 0)", rows)
    with storage.read() as reader:
        assert reader.row("SELECT count(*) FROM ledger") == (1,)


def test_its_identity_survives_and_nobody_else_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "central.db"
    first = SqliteStorage(path)
    generation, key = first.generation, first.receipt_key
    first.close()
    again = SqliteStorage(path)
    assert (again.generation, again.receipt_key) == (generation, key)
    again.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_server_keeps_its_hands_off(storage: SqliteStorage) -> None:
    with pytest.raises(StorageError, match="another server"):
        SqliteStorage(storage.path)


def test_a_newer_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "central.db"
    SqliteStorage(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="newer version"):
        SqliteStorage(path)
    assert path.read_bytes() == before


def test_files_of_others_are_refused_in_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is no database, and it is long enough to have a header of its own\n" * 20)
    with pytest.raises(StorageError, match="cannot be used"):
        SqliteStorage(text)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as raw:
        raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    with pytest.raises(StorageError, match="not a database of the central server"):
        SqliteStorage(foreign)
    folder = tmp_path / "folder.db"
    folder.mkdir()
    with pytest.raises(StorageError, match="cannot be opened"):
        SqliteStorage(folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        SqliteStorage(tmp_path / "file" / "central.db")


def test_every_version_of_the_schema_is_whole(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "plain.db") as raw:
        for statement in schema.statements_since(0):
            raw.execute(statement)
        tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    raw.close()
    assert set(schema.PROJECTIONS) < tables
    assert schema.statements_since(schema.VERSION) == []
