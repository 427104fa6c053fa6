"""The embedded database: SQLite in WAL mode, ``synchronous=FULL``, one writing connection.

SQLite from 3.7.0 to 3.51.2 can lose a commit when two connections write or checkpoint a WAL at the same time. So
there is exactly one connection that does either, behind a lock, and a lock file keeps a second server away from the
database. The reading connections are opened read-only: they can neither write nor checkpoint.
"""

from __future__ import annotations

import fcntl
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import IO

from config import own_files
from server import schema
from server.identity import identity
from server.many_keys import by_values
from server.storage import Reader, Row, StorageError, Writer, placeholders

READERS_MAX = 4
ROWS_A_STATEMENT = 20
READER_WAIT_S_MAX = 30
LOCK_S_MAX = 1.0
"""A server that was killed takes a moment to be gone."""
SYNCHRONOUS_FULL = 2


class _Connection:
    """Statements on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        found: Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def rows_of(self, sql: str, keys: Sequence[Sequence[str]]) -> list[Row]:
        """All rows of a query for many keys at once."""
        return [row for text, values in by_values(sql, keys) for row in self.rows(text, *values)]

    def run(self, sql: str, *values: object) -> int:
        """Run one statement; the number of rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values."""
        self._connection.executemany(sql, rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
        """Add rows; passes over those that are there already."""
        return self._put_in(table, columns, rows, "DO NOTHING")

    def put(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], otherwise: str
    ) -> None:
        """Add rows, or do ``otherwise`` to those that are there already."""
        self._put_in(table, columns, rows, otherwise)

    def _put_in(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], otherwise: str
    ) -> int:
        """How many rows were added or changed. Several rows share a statement: each costs as much as a small row."""
        head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608 - names from constants
        one = f"({placeholders(len(columns))})"
        whole = len(rows) - len(rows) % ROWS_A_STATEMENT
        values = chain.from_iterable(rows[:whole])
        several = zip(*[values] * (len(columns) * ROWS_A_STATEMENT), strict=True)
        changed = 0
        for count, part in ((ROWS_A_STATEMENT, several), (1, rows[whole:])):
            sql = f"{head}{', '.join([one] * count)} ON CONFLICT {otherwise}"
            changed += max(0, self._connection.executemany(sql, part).rowcount)
        return changed


class SqliteStorage:
    """A database file and the connections to it."""

    def __init__(self, path: Path) -> None:
        """Open or create the database. Raises :class:`StorageError` with one plain sentence."""
        self.path = path
        with ExitStack() as undo:
            self._lock_file = undo.enter_context(hold(path))
            self._writer = undo.enter_context(closing(_connect(path)))
            self._write_lock = threading.Lock()
            self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue(READERS_MAX)
            try:
                _prepare(self._writer, path)
                for _ in range(READERS_MAX):
                    self._readers.put(undo.enter_context(closing(_open_reader(path))))
                with self.write() as tx:
                    self.generation, self.receipt_key = identity(tx)
            except sqlite3.Error as error:
                raise StorageError(f"the database {path} cannot be used: {error}") from error
            undo.pop_all()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A consistent picture, on one of the reading connections."""
        try:
            connection = self._readers.get(timeout=READER_WAIT_S_MAX)
        except queue.Empty as error:
            raise StorageError("the server is too busy to read its database just now") from error
        try:
            connection.execute("BEGIN")
            yield _Connection(connection)
        except sqlite3.OperationalError as error:
            raise StorageError(f"the database could not be read: {error}") from error
        finally:
            if connection.in_transaction:
                connection.rollback()
            self._readers.put(connection)

    @contextmanager
    def write(self, device: str = "") -> Iterator[Writer]:
        """A transaction on the one writing connection."""
        with self._write_lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield _Connection(self._writer)
                self._writer.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise StorageError(f"the database could not be written: {error}") from error
            finally:
                if self._writer.in_transaction:
                    self._writer.rollback()

    def settled(self) -> int:
        """The end of the ledger: there is one writer, so positions are committed in their order."""
        with self.read() as reader:
            row = reader.row("SELECT max(position) FROM ledger")
        return int(row[0] or 0) if row else 0

    def leads(self) -> bool:
        """Always: the lock file keeps every other server away."""
        return True

    def follow(self, told: Callable[[], None]) -> None:
        """Nothing to follow: no other server changes anything."""

    def bytes_used(self) -> int:
        """Of the file and of what waits beside it to be brought in."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Close the readers first, so that the last one to close is the one that may checkpoint."""
        for _ in range(READERS_MAX):
            self._readers.get(timeout=READER_WAIT_S_MAX).close()
        with self._write_lock:
            self._writer.close()
        self._lock_file.close()


def hold(path: Path) -> IO[bytes]:
    """Hold the lock file beside the database: it keeps every other writing process away until it is closed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = path.with_name(path.name + ".lock").open("ab")
    except OSError as error:
        raise StorageError(f"the folder of the database {path} cannot be used: {error.strerror}") from error
    give_up_s = time.monotonic() + LOCK_S_MAX
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() < give_up_s:
                time.sleep(LOCK_S_MAX / 20)
                continue
            handle.close()
            raise StorageError(f"another server is using the database {path}: stop that one first") from error
        return handle


def _connect(path: Path) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        own_files.close(own_files.with_logs(path))
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"the database {path} cannot be opened: {error}") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the connection durable and the schema current; a database that is not ours is not touched."""
    _refuse_foreign(connection, path)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "recursive_triggers=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    triggers = connection.execute("PRAGMA recursive_triggers").fetchone()[0]
    if (mode, synchronous, triggers) != ("wal", SYNCHRONOUS_FULL, 1):
        raise StorageError(f"the database {path} cannot be made durable on this file system")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for statement in schema.statements_since(version):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={schema.VERSION}")
    connection.execute("COMMIT")


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """A file of another program, or of a newer version of this one, is left exactly as it is."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != schema.APPLICATION_ID and tables:
        raise StorageError(f"{path} is not a database of the central server: choose another file")
    if version > schema.VERSION:
        raise StorageError(
            f"the database {path} was made by a newer version of the central server: install that version"
        )


def _open_reader(path: Path) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")
    return connection
