"""A backup of the whole database while the server works: one SQLite file, whichever database it comes from.

The file is a database of the server itself, as of one moment. So it can be looked into with any tool, can be checked
event by event, and can be restored on either kind of database.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from server import schema
from server.backup_check import Checked, check
from server.open_storage import Database, is_postgres
from server.storage import Row, StorageError, placeholders

ROWS_AT_ONCE = 5000
NAME = "central-%Y%m%d-%H%M%S.db"


class Written(NamedTuple):
    """A backup that was written and checked."""

    path: Path
    checked: Checked
    seconds: float


def back_up(database: Database, target: Path, now_ms: int) -> Written:
    """Write a backup to a file, or into a folder under a name of its time; it is there whole or not at all.

    Raises :class:`StorageError`. Whoever calls this makes known what it holds: :func:`server.backup_note.record`.
    """
    began_s = time.monotonic()
    if target.is_dir():
        target = target / datetime.fromtimestamp(now_ms / 1000, UTC).strftime(NAME)
    if target.exists():
        raise StorageError(f"{target} is there already: backups are not written over")
    part = target.with_name(target.name + ".part")
    try:
        with _gone_at_the_end(part):
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            if is_postgres(database):
                _from_postgres(str(database), part)
            else:
                _from_sqlite(Path(database), part)
            _flush(part)
            checked = check(part)
            part.rename(target)
            _flush(target.parent)
    except OSError as error:
        raise StorageError(f"the backup {target} cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StorageError(f"the backup {target} cannot be written: {error}") from error
    return Written(target, checked, time.monotonic() - began_s)


@contextmanager
def _gone_at_the_end(part: Path) -> Iterator[None]:
    try:
        yield
    finally:
        part.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _from_sqlite(database: Path, part: Path) -> None:
    """Copied through a connection that can neither write nor checkpoint, so the server beside it is not disturbed."""
    if not database.is_file():
        raise StorageError(f"there is no database {database}")
    source = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    with closing(source):
        (owner,) = source.execute("PRAGMA application_id").fetchone()
        if owner != schema.APPLICATION_ID:
            raise StorageError(f"{database} is not a database of the central server")
        source.execute("VACUUM INTO ?", (str(part),))


def _from_postgres(url: str, part: Path) -> None:
    """Copied table by table within one transaction that sees one moment; uploads go on beside it."""
    from server.postgres_connections import connect, plain_errors

    with plain_errors("read"), closing(connect(url)) as source, closing(sqlite3.connect(part)) as target:
        source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found: Any = source.execute("SELECT to_regclass('ledger') IS NOT NULL").fetchone()
        if not found[0]:
            raise StorageError("this database is not one of the central server")
        version: Any = source.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        if version is None or int(version[0]) != schema.VERSION:
            raise StorageError(
                "the database is of another version: start this version's server once, then back up"
            )
        make_tables(target)
        for table in tables_of(target):
            _copy(source, target, table)
        target.execute("DELETE FROM meta WHERE name = 'schema'")  # there it is in the file's head
        target.commit()


def make_tables(target: sqlite3.Connection) -> None:
    """The server's tables, all empty, in a new SQLite file."""
    for statement in schema.statements_since(0):
        target.execute(statement)
    target.execute("DELETE FROM meta")
    target.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
    target.execute(f"PRAGMA user_version={schema.VERSION}")


def tables_of(database: sqlite3.Connection) -> list[str]:
    """The names of its tables."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    return [row[0] for row in database.execute(sql)]


def columns_of(database: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns, in their order."""
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _copy(source: psycopg.Connection[Row], target: sqlite3.Connection, table: str) -> None:
    columns = columns_of(target, table)
    names = ", ".join(columns)
    sql = f"INSERT INTO {table} ({names}) VALUES ({placeholders(len(columns))})"  # noqa: S608 - names of our schema
    with source.cursor(name="backup", binary=True) as rows:
        rows.itersize = ROWS_AT_ONCE
        rows.execute(f"SELECT {names} FROM {table}".encode())  # noqa: S608 - names of our schema
        while part := rows.fetchmany(ROWS_AT_ONCE):
            target.executemany(sql, part)
