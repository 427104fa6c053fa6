"""Which database a setting means: a path is a SQLite file, ``postgresql://...`` a database on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

from server.storage import Storage, StorageError
from server.storage_sqlite import SqliteStorage

POSTGRES = ("postgresql://", "postgres://")

Database = Path | str


def is_postgres(database: Database) -> bool:
    """True for the address of a PostgreSQL database."""
    return isinstance(database, str) and database.startswith(POSTGRES)


def open_storage(database: Database) -> Storage:
    """Open it, made or brought up to date as needed. Raises :class:`server.storage.StorageError`."""
    if is_postgres(database):
        from server.storage_postgres import PostgresStorage  # 130 ms that a SQLite server does not need

        return PostgresStorage(str(database))
    if isinstance(database, str) and "://" in database:
        raise StorageError("the database is a path, or begins with postgresql://: correct server.database")
    return SqliteStorage(Path(database))
