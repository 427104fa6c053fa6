"""Many rows into PostgreSQL at once, passing over those that are there already.

A large batch goes by COPY straight into its table: what is new, which is nearly everything, costs no more than that.
Where the table's own key finds a row that is there already, the COPY is undone, and the batch goes by a table of the
connection's own and ``INSERT ... ON CONFLICT DO NOTHING``, which knows how to pass over it. A small batch is a single
JSON parameter, which spares a round trip. All keep the order of the rows, so the numbers that the database gives them
follow it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from zlib import crc32

import msgspec
import psycopg
from psycopg import errors

SMALL_ROWS_MAX = 100
_PLACE = "place_in_batch"


def insert(
    connection: psycopg.Connection[tuple[object, ...]],
    types: Mapping[str, str],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> int:
    """Add rows; ``types`` are PostgreSQL's names of the columns' types. How many were added."""
    if not rows:
        return 0
    if len(rows) <= SMALL_ROWS_MAX:
        return _by_json(connection, types, table, columns, rows, "DO NOTHING")
    return _by_copy(connection, types, table, columns, rows)


def put(
    connection: psycopg.Connection[tuple[object, ...]],
    types: Mapping[str, str],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    otherwise: str,
) -> None:
    """Add rows, or do ``otherwise`` to those whose key is there already."""
    if len(rows) > SMALL_ROWS_MAX:
        _by_own_table(connection, types, table, columns, rows, otherwise)
    elif rows:
        _by_json(connection, types, table, columns, rows, otherwise)


def _by_json(
    connection: psycopg.Connection[tuple[object, ...]],
    types: Mapping[str, str],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    otherwise: str,
) -> int:
    blobs = {place for place, name in enumerate(columns) if types[name] == "bytea"}
    names = [f"c{place}" for place in range(len(columns))]
    shapes = ", ".join(
        f"{name} {'text' if place in blobs else types[column]}"
        for place, (name, column) in enumerate(zip(names, columns, strict=True))
    )
    chosen = ", ".join(
        f"decode({name}, 'base64')" if place in blobs else name for place, name in enumerate(names)
    )
    data = [
        dict(zip((*names, "n"), (*(_plain(value) for value in row), at), strict=True))
        for at, row in enumerate(rows)
    ]
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen}"  # noqa: S608 - names from constants
        f" FROM jsonb_to_recordset(%s::jsonb) AS r({shapes}, n int) ORDER BY n ON CONFLICT {otherwise}"
    )
    return connection.execute(sql, (msgspec.json.encode(data).decode(),)).rowcount


def _plain(value: object) -> object:
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _by_copy(
    connection: psycopg.Connection[tuple[object, ...]],
    types: Mapping[str, str],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> int:
    names = ", ".join(columns)
    connection.execute("SAVEPOINT incoming")
    try:
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types([types[name] for name in columns])
                for row in rows:
                    copy.write_row(row)
            added = cursor.rowcount
    except errors.UniqueViolation:
        connection.execute("ROLLBACK TO SAVEPOINT incoming")
        added = _by_own_table(connection, types, table, columns, rows, "DO NOTHING")
    connection.execute("RELEASE SAVEPOINT incoming")
    return added


def _by_own_table(
    connection: psycopg.Connection[tuple[object, ...]],
    types: Mapping[str, str],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    otherwise: str,
) -> int:
    shapes = ", ".join(f"{name} {types[name]}" for name in columns)
    names = ", ".join(columns)
    incoming = f"incoming_{table}_{crc32(names.encode()):x}"
    connection.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {incoming} ({_PLACE} int, {shapes}) ON COMMIT DELETE ROWS;"  # noqa: S608
        f" DELETE FROM {incoming}",  # of an insert before this one in the same transaction
    )
    copy_sql = f"COPY {incoming} ({_PLACE}, {names}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor:
        with cursor.copy(copy_sql) as copy:
            copy.set_types(["int4", *(types[name] for name in columns)])
            for place, row in enumerate(rows):
                copy.write_row((place, *row))
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {incoming} ORDER BY {_PLACE}"  # noqa: S608
            f" ON CONFLICT {otherwise}"
        )
        return cursor.rowcount
