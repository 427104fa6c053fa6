"""A backup holds what it says, is taken while the server works, and comes back on either kind of database."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from server import backup, backup_note, schema
from server.backup_check import check
from server.main import serve
from server.open_storage import Database, is_postgres
from server.restore import restore
from server.storage import StorageError
from tests.server import postgres
from tests.server.fleet import Handheld, Office, receiving, site_file

NOW_MS = 1_795_000_000_000


@contextmanager
def office_of(database: Database) -> Iterator[Office]:
    running = serve(database)
    try:
        with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
            yield Office(running, http)
    finally:
        running.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A second database of either kind, to restore into."""
    if request.param == "sqlite":
        return tmp_path / "another" / "central.db"
    started: postgres.Cluster = request.getfixturevalue("cluster")
    return started.new_database()


def test_what_comes_back_is_what_was_there_and_the_handhelds_bring_the_rest(
    database: Database, another: Database, tmp_path: Path
) -> None:
    with office_of(database) as office:
        office.load(site_file())
        handheld = office.handheld()
        handheld.write(*(receiving(f"S{number}") for number in range(30)))
        handheld.send(handheld.batch(1, 12))
        office.settle()
        written = backup.back_up(database, tmp_path, NOW_MS)
        handheld.send(handheld.batch(13, 30))
        office.settle()
        before, page = handheld.replica(), handheld.feed()
    assert written.path.name == "central-20261118-110640.db"
    assert written.checked.marks[handheld.device] == {1: 12}
    restored = restore(another, written.path, NOW_MS)
    assert restored.generation != page.generation
    with office_of(another) as office:
        handheld.http = office.http
        assert handheld.feed_answer(page.next, generation=page.generation).status_code == 410
        assert handheld.hwm().hwm == 12
        assert handheld.send(handheld.batch(13, 30)).json()["hwm"] == 30
        office.settle()
        assert handheld.replica() == before
        assert [row[3] for row in office.ledger()] == handheld.bodies


def test_it_is_of_one_moment_while_handhelds_go_on_sending(database: Database, tmp_path: Path) -> None:
    with office_of(database) as office:
        fleet = [office.handheld(f"Dock {number}") for number in range(3)]
        over = threading.Event()

        def work(handheld: Handheld) -> None:
            with httpx.Client(base_url=office.running.url, trust_env=False, timeout=60) as handheld.http:
                while not over.is_set() and len(handheld.bodies) < 4000:
                    first = len(handheld.bodies) + 1
                    handheld.write(*(receiving(f"{handheld.device}-{first + more}") for more in range(5)))
                    assert handheld.send(handheld.batch(first)).status_code == 200

        threads = [threading.Thread(target=work, args=(handheld,)) for handheld in fleet]
        for thread in threads:
            thread.start()
        try:
            taken = [backup.back_up(database, tmp_path / f"{number}.db", NOW_MS) for number in range(3)]
        finally:
            over.set()
            for thread in threads:
                thread.join()
    assert [one.checked.events for one in taken] == sorted(one.checked.events for one in taken)
    for one in taken:
        with closing(sqlite3.connect(one.path)) as held:
            for handheld in fleet:
                sql = "SELECT body FROM ledger WHERE device = ? ORDER BY seq"
                bodies = [row[0] for row in held.execute(sql, (handheld.device,))]
                assert bodies == handheld.bodies[: len(bodies)]


def test_devices_are_told_what_is_backed_up_and_never_more(database: Database, tmp_path: Path) -> None:
    with office_of(database) as office:
        handheld = office.handheld()
        handheld.write(*(receiving(f"S{number}") for number in range(9)))
        assert handheld.send(handheld.batch(1, 5)).json()["backed_up_through"] == 0
        written = backup.back_up(database, tmp_path, NOW_MS)
        assert backup_note.record(database, written.checked, NOW_MS) == is_postgres(database)
        storage = office.running.central.storage
        backup_note.take(storage)
        assert handheld.send(handheld.batch(6, 9)).json()["backed_up_through"] == 5
        assert handheld.hwm().backed_up == {1: 5}
        lies = backup_note.Note(generation=storage.generation, at_ms=0, marks={handheld.device: {1: 10}})
        lower = backup_note.Note(generation=storage.generation, at_ms=0, marks={handheld.device: {1: 3}})
        foreign = backup_note.Note(generation="of another life", at_ms=0, marks={handheld.device: {1: 9}})
        for note in (lies, lower, foreign):
            with storage.write() as tx:
                backup_note.apply(tx, note, storage.generation)
        assert handheld.hwm().backed_up == {1: 5}


DAMAGE: dict[str, Callable[[sqlite3.Connection], object]] = {
    "an event that was altered": lambda db: db.execute("UPDATE ledger SET body = '{}' WHERE position = 3"),
    "an event that is missing": lambda db: db.execute("DELETE FROM ledger WHERE position = 3"),
    "the last event missing": lambda db: db.execute(
        "DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger)"
    ),
    "a link that was altered": lambda db: db.execute(
        "UPDATE ledger SET chain = zeroblob(32) WHERE position = 3"
    ),
    "a head with another link": lambda db: db.execute("UPDATE device_epoch SET chain = zeroblob(32)"),
    "a head that says less": lambda db: db.execute("UPDATE device_epoch SET hwm = hwm - 1"),
    "a device that is forgotten": lambda db: db.execute("DELETE FROM device_epoch"),
    "a newer version": lambda db: db.execute("PRAGMA user_version = 10000"),
    "another program's": lambda db: db.execute("PRAGMA application_id = 1"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_backup_that_is_damaged_is_not_put_back(tmp_path: Path, damage: str) -> None:
    database = tmp_path / "central.db"
    with office_of(database) as office:
        handheld = office.handheld()
        handheld.write(*(receiving(f"S{number}") for number in range(9)))
        handheld.send()
    written = backup.back_up(database, tmp_path / "good.db", NOW_MS)
    with closing(sqlite3.connect(written.path)) as held:
        held.executescript("DROP TRIGGER ledger_keeps; DROP TRIGGER ledger_stands")
        DAMAGE[damage](held)
        held.commit()
    kept = database.read_bytes()
    with pytest.raises(StorageError):
        restore(database, written.path, NOW_MS)
    assert database.read_bytes() == kept


def test_a_damaged_page_that_no_event_is_on_is_found_too(tmp_path: Path) -> None:
    database = tmp_path / "central.db"
    with office_of(database) as office:
        office.load(site_file())
    written = backup.back_up(database, tmp_path / "good.db", NOW_MS)
    with closing(sqlite3.connect(written.path)) as held:
        (page_bytes,) = held.execute("PRAGMA page_size").fetchone()
        (root,) = held.execute("SELECT rootpage FROM sqlite_master WHERE name = 'replica'").fetchone()
    with written.path.open("r+b") as file:
        file.seek((root - 1) * page_bytes)
        file.write(bytes(page_bytes))
    with pytest.raises(StorageError, match="is damaged"):
        check(written.path)


def test_a_backup_that_is_cut_off_is_not_put_back(tmp_path: Path) -> None:
    database = tmp_path / "central.db"
    with office_of(database) as office:
        office.load(site_file())
    written = backup.back_up(database, tmp_path / "good.db", NOW_MS)
    whole = written.path.read_bytes()
    written.path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StorageError):
        check(written.path)
    with pytest.raises(StorageError, match="no backup"):
        check(tmp_path / "nothing.db")


def test_nothing_is_written_over(database: Database, tmp_path: Path) -> None:
    with office_of(database) as office:
        handheld = office.handheld()
        handheld.write(receiving("A"))
        handheld.send()
        target = tmp_path / "one.db"
        written = backup.back_up(database, target, NOW_MS)
        with pytest.raises(StorageError, match="is there already"):
            backup.back_up(database, target, NOW_MS)
        with pytest.raises(StorageError, match=r"events already|another server"):
            restore(database, target, NOW_MS)
        shutil.copy(written.path, tmp_path / "two.db")
    if not is_postgres(database):
        restored = restore(database, tmp_path / "two.db", NOW_MS)
        assert restored.aside is not None
        assert check(restored.aside).events == 1
    assert sorted(path.suffix for path in tmp_path.glob("*.part")) == []


def test_a_backup_of_a_database_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    for database in (tmp_path / "none.db", tmp_path / "text.db"):
        if database.name == "text.db":
            database.write_text("no database" * 1000)
        with pytest.raises(StorageError):
            backup.back_up(database, tmp_path / "backup.db", NOW_MS)
    assert list(tmp_path.glob("backup*")) == []


def test_what_an_older_version_left_is_brought_up_to_date_when_it_comes_back(
    another: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "backup.db")) as held:
        for statement in oldest_tables():
            held.execute(statement)
        held.execute("INSERT INTO meta VALUES ('generation', 'old'), ('receipt_key', '00')")
        held.commit()
        held.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
        held.execute("PRAGMA user_version=1")
    restore(another, tmp_path / "backup.db", NOW_MS)
    with office_of(another) as office:
        handheld = office.handheld()
        handheld.write(receiving("A"))
        assert handheld.send().status_code == 200


def oldest_tables() -> list[str]:
    """The statements of the first version."""
    return schema.statements_since(0)[: -len(schema.statements_since(1))]
