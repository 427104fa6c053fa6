"""Puts a backup back, and begins a new generation, so that every handheld asks where the server stands.

Handhelds then go back to what the server holds, and bring by themselves what was taken in after the backup.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from server.backup import ROWS_AT_ONCE, columns_of, tables_of
from server.backup_check import Checked, check
from server.backup_note import note_path
from server.open_storage import Database, is_postgres, open_storage
from server.rebuild import rebuild_where_stale
from server.storage import Storage, StorageError, Writer

ASIDE = ".before-restore-%Y%m%d-%H%M%S"
LARGE_TABLES = ("ledger",)
"""Never emptied: a database that has rows in one of these is not written over."""


class Restored(NamedTuple):
    """A database that was put back."""

    checked: Checked
    generation: str
    aside: Path | None
    """Where the database went that was there before."""


def restore(database: Database, backup: Path, now_ms: int) -> Restored:
    """Put a backup in the place of the database of a stopped server. Raises :class:`StorageError`."""
    checked = check(backup)
    try:
        if is_postgres(database):
            aside = None
            _into_postgres(str(database), backup)
        else:
            aside = _into_sqlite(Path(database), backup, now_ms)
    except OSError as error:
        raise StorageError(f"the backup cannot be put back: {error.strerror}") from error
    return Restored(checked, renew_generation(database), aside)


def renew_generation(database: Database) -> str:
    """Give the database of a stopped server a new generation and return it.

    Handhelds then go back to what the server holds and send again what the backup lacks; their replica begins anew.
    Raises :class:`server.storage.StorageError`, also while a server still uses the database.
    """
    storage = open_storage(database)
    try:
        rebuild_where_stale(storage)
        generation = secrets.token_hex(8)
        with storage.write() as tx:
            tx.run("UPDATE meta SET value = ? WHERE name = 'generation'", generation)
    finally:
        storage.close()
    return generation


def _into_sqlite(database: Path, backup: Path, now_ms: int) -> Path | None:
    """The file changes places; the one before is kept, with the log that belongs to it."""
    aside = None
    part = database.with_name(database.name + ".restoring")
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(backup, part)
    part.chmod(0o600)
    if database.exists():
        _refuse_while_served(database)
        suffix = datetime.fromtimestamp(now_ms / 1000, UTC).strftime(ASIDE)
        aside = database.with_name(database.name + suffix)
        for tail in ("-wal", "-shm", ""):
            old = database.with_name(database.name + tail)
            if old.exists():
                old.rename(aside.with_name(aside.name + tail))
    note_path(database).unlink(missing_ok=True)
    part.rename(database)
    return aside


def _refuse_while_served(database: Path) -> None:
    from server.storage_sqlite import hold

    hold(database).close()


def _into_postgres(url: str, backup: Path) -> None:
    """Row by row into a database without events, in one transaction."""
    with tempfile.TemporaryDirectory(prefix="scanner-restore-") as folder:
        # Brought up to date in a copy: the tables here are of this version.
        copy = Path(folder) / "backup.db"
        shutil.copyfile(backup, copy)
        open_storage(copy).close()
        storage = open_storage(url)
        with closing(storage), closing(sqlite3.connect(copy)) as source:
            _fill(storage, source)


def _fill(storage: Storage, source: sqlite3.Connection) -> None:
    tables = tables_of(source)
    with storage.write() as tx:
        for table in LARGE_TABLES:
            if tx.row(f"SELECT 1 FROM {table} LIMIT 1"):  # noqa: S608 - a constant
                raise StorageError("this database has events already: restore into an empty one")
        for table in tables:
            if table not in LARGE_TABLES:
                but = " WHERE name <> 'schema'" if table == "meta" else ""
                tx.run(f"DELETE FROM {table}{but}")  # noqa: S608 - names of our schema
            _pour(tx, source, table)
        # The numbers of the ledger go on behind the last one that came back.
        tx.row(
            "SELECT setval(pg_get_serial_sequence('ledger', 'position'), (SELECT max(position) FROM ledger))"
        )


def _pour(tx: Writer, source: sqlite3.Connection, table: str) -> None:
    columns = columns_of(source, table)
    rows = source.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608 - names of our schema
    while part := rows.fetchmany(ROWS_AT_ONCE):
        tx.insert(table, columns, part)
