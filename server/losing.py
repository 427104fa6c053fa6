"""Loses a database on purpose, for the drill: afterwards there is nothing left of it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

from server.backup import make_tables, tables_of
from server.open_storage import Database, is_postgres


def is_empty(database: Database) -> bool:
    """True where nothing would be lost. Raises :class:`StorageError`."""
    if not is_postgres(database):
        return not Path(database).exists()
    from server.postgres_connections import connect, plain_errors

    with plain_errors("read"), closing(connect(str(database))) as connection:
        found: Any = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchone()
        return int(found[0]) == 0


def lose(database: Database) -> None:
    """All of it. Raises :class:`StorageError`."""
    if is_postgres(database):
        _drop(str(database))
        return
    path = Path(database)
    for one in path.parent.glob(path.name + "*"):
        if one.is_dir():
            shutil.rmtree(one)  # the snapshots
        else:
            one.unlink()


def _drop(url: str) -> None:
    import sqlite3

    from server.postgres_connections import connect, plain_errors

    with closing(sqlite3.connect(":memory:")) as plan:
        make_tables(plan)
        tables = tables_of(plan)
    with plain_errors("written"), closing(connect(url)) as connection, connection.transaction():
        for table in tables:
            connection.execute(f"DROP TABLE IF EXISTS {table} CASCADE".encode())
        connection.execute("DROP FUNCTION IF EXISTS refuse_change() CASCADE")
