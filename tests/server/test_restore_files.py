"""What a restore does with the files: the database before is kept whole, and nothing is touched while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.backup import back_up
from server.backup_note import note_path
from server.open_storage import open_storage
from server.restore import restore
from server.storage import Storage, StorageError

NOW_MS = 1_795_000_000_000
ASIDE = "central.db.before-restore-20261118-110640"


def write(storage: Storage, name: str) -> None:
    with storage.write() as tx:
        tx.run("INSERT INTO meta (name, value) VALUES (?, 'written')", name)


def held(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as opened:
        return [
            row[0] for row in opened.execute("SELECT name FROM meta WHERE value = 'written' ORDER BY name")
        ]


def generation(path: Path) -> str:
    with closing(sqlite3.connect(path)) as opened:
        found: str = opened.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()[0]
    return found


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Of a server that has ended, with something in it."""
    path = tmp_path / "server" / "central.db"
    path.parent.mkdir()
    with closing(open_storage(path)) as storage:
        write(storage, "OLD")
    return path


@pytest.fixture
def backup(database: Path, tmp_path: Path) -> Path:
    """Of that moment."""
    return back_up(database, tmp_path / "backup.db", NOW_MS).path


def test_the_backup_is_in_place_and_what_was_there_before_lies_beside_it(
    database: Path, backup: Path
) -> None:
    with closing(open_storage(database)) as storage:
        write(storage, "NEW")
    restored = restore(database, backup, NOW_MS)
    assert restored.aside == database.with_name(ASIDE)
    assert (held(database), held(restored.aside)) == (["OLD"], ["NEW", "OLD"])
    assert database.stat().st_mode & 0o777 == 0o600
    assert not list(database.parent.glob("*.restoring"))


def test_it_is_another_life_of_the_server(database: Path, backup: Path) -> None:
    restored = restore(database, backup, NOW_MS)
    assert restored.generation == generation(database)
    assert restored.generation != generation(backup)


def test_the_log_of_a_killed_server_goes_aside_with_its_database(database: Path, backup: Path) -> None:
    """What is in the log alone belongs to that database, and would damage the other."""
    killed = sqlite3.connect(database)
    killed.execute("PRAGMA wal_autocheckpoint=0")
    killed.execute("INSERT INTO meta (name, value) VALUES ('LOGGED', 'written')")
    killed.commit()
    wal = database.with_name("central.db-wal").read_bytes()
    shm = database.with_name("central.db-shm").read_bytes()
    killed.close()
    database.with_name("central.db-wal").write_bytes(wal)
    database.with_name("central.db-shm").write_bytes(shm)
    restored = restore(database, backup, NOW_MS)
    assert restored.aside is not None
    assert restored.aside.with_name(ASIDE + "-wal").read_bytes() == wal
    assert (held(database), held(restored.aside)) == (["OLD"], ["LOGGED", "OLD"])


def test_a_database_in_use_is_left_as_it_is(database: Path, backup: Path) -> None:
    with closing(open_storage(database)) as storage:
        write(storage, "NEW")
        with pytest.raises(StorageError):
            restore(database, backup, NOW_MS)
        write(storage, "NEWER")
    assert held(database) == ["NEW", "NEWER", "OLD"]
    assert not list(database.parent.glob("*before-restore*"))


def test_a_word_that_was_left_about_a_backup_of_the_one_before_does_not_reach_the_other(
    database: Path, backup: Path
) -> None:
    note_path(database).write_bytes(b"{}")
    restore(database, backup, NOW_MS)
    assert not note_path(database).exists()


def test_where_there_was_none_nothing_goes_aside(backup: Path, tmp_path: Path) -> None:
    database = tmp_path / "new" / "folder" / "central.db"
    restored = restore(database, backup, NOW_MS)
    assert (restored.aside, held(database)) == (None, ["OLD"])
    assert database.parent.stat().st_mode & 0o777 == 0o700


def test_a_place_that_takes_no_file_is_said_in_words(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be put back"):
        restore(tmp_path / "file" / "central.db", backup, NOW_MS)


def test_what_is_no_backup_is_not_put_anywhere(database: Path, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.db"
    nonsense.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError):
        restore(database, nonsense, NOW_MS)
    assert held(database) == ["OLD"]
    assert not list(database.parent.glob("*restor*"))
