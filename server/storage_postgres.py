"""PostgreSQL as the server's database, for any number of servers at once.

Advisory locks keep them apart. Everything that writes projections, the feed or settings comes one after another; so
the feed's plain counter is commit-ordered. Uploads of different devices run side by side: each holds its device's
lock, and the ledger's lock shared. :meth:`PostgresStorage.settled` takes the ledger's lock for itself for a moment:
whoever had a position by then has committed, and the folder leaves none out.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from time import monotonic
from typing import cast

import psycopg

from server import postgres_locks, schema, schema_postgres
from server.identity import identity
from server.many_keys import by_arrays
from server.postgres_connections import Connection, Connections, connect, plain_errors
from server.postgres_insert import insert, put
from server.storage import Reader, Row, StorageError, Writer

CHANNEL = "scanner_server"
TOLD_S_MAX = 5.0
"""So long at most until a server looks again, should a notice of another one get lost."""
LISTEN_S = 0.1
SETTLED_MS_MAX = 2000
"""How long the folder may hold up uploads while it waits for one that is being committed."""


@lru_cache(maxsize=512)
def _spoken(sql: str) -> str:
    """Placeholders as psycopg has them. Statements are constants of this package, values never part of them."""
    return sql.replace("%", "%%").replace("?", "%s")


def _kept(values: Sequence[object]) -> list[object]:
    """The values as PostgreSQL can keep them: a text there has no NUL. The ledger has every event's own bytes."""
    return [value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in values]


class _Session:
    """Statements within one transaction."""

    def __init__(self, connection: Connection, types: dict[str, dict[str, str]]) -> None:
        self._connection = connection
        self._types = types
        self._appends = False

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(_spoken(sql), _kept(values)).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        return self._connection.execute(_spoken(sql), _kept(values)).fetchone()

    def rows_of(self, sql: str, keys: Sequence[Sequence[str]]) -> list[Row]:
        """All rows of a query for many keys at once."""
        if not keys:
            return []
        text, parts = by_arrays(sql, keys)
        return self.rows(text, *map(_kept, parts))

    def run(self, sql: str, *values: object) -> int:
        """Run one statement; the number of rows it changed."""
        return self._connection.execute(_spoken(sql), _kept(values)).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values, without waiting for each answer."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_spoken(sql), map(_kept, rows))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
        """Add rows; passes over those that are there already."""
        if table == "ledger" and not self._appends:
            self._connection.execute(postgres_locks.APPENDING)
            self._appends = True
        kept = rows if table == "ledger" else list(map(_kept, rows))  # the ledger has no text from outside
        return insert(self._connection, self._types[table], table, columns, kept)

    def put(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], otherwise: str
    ) -> None:
        """Add rows, or do ``otherwise`` to those that are there already."""
        put(self._connection, self._types[table], table, columns, list(map(_kept, rows)), otherwise)


class PostgresStorage:
    """A database on a PostgreSQL server and the connections to it."""

    def __init__(self, url: str) -> None:
        """Open the database and bring its tables up to date. Raises :class:`StorageError` with one plain sentence."""
        self._url = url
        self._name = secrets.token_hex(8)
        """Tells own notices from those of other servers."""
        self._types: dict[str, dict[str, str]] = {}
        self._connections = Connections(url)
        self._leading: Connection | None = None
        self._leads = False
        self._lead_lock = threading.Lock()
        self._closed = threading.Event()
        self._follower: threading.Thread | None = None
        with ExitStack() as undo:
            undo.callback(self._connections.close)
            with plain_errors("used"):
                with self._connections.one() as connection:
                    _prepare(connection)
                    self._types = _types_of(connection)
                with self.write() as tx:
                    self.generation, self.receipt_key = identity(tx)
            undo.pop_all()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A consistent picture, as of its first query."""
        with plain_errors("read"), self._connections.one() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield _Session(connection, self._types)
            finally:
                _roll_back(connection)

    @contextmanager
    def write(self, device: str = "") -> Iterator[Writer]:
        """A transaction under the device's lock, or under the one lock of everything else."""
        with plain_errors("written"), self._connections.one() as connection:
            try:
                postgres_locks.begin(connection, device)
                yield _Session(connection, self._types)
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
            # Apart from the transaction: a commit with a notice in it would wait for every other such commit.
            with contextlib.suppress(psycopg.Error):
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, self._name))

    def settled(self) -> int:
        """The last position, once every upload that was under way has ended. Raises :class:`StorageError`."""
        with plain_errors("read"), self._connections.one() as connection:
            try:
                postgres_locks.begin_settled(connection, SETTLED_MS_MAX)
                row = cast("Row", connection.execute("SELECT max(position) FROM ledger").fetchone())
                return int(row[0] or 0)
            finally:
                _roll_back(connection)

    def leads(self) -> bool:
        """True where this server holds the folder's lock: as long as its connection lives, and no longer."""
        with self._lead_lock, plain_errors("read"):
            if self._leading is None or self._leading.closed:
                self._leading, self._leads = connect(self._url), False
            if self._leads:
                self._leading.execute("SELECT 1")  # fails where the connection, and so the lock, is gone
                return True
            row = cast("Row", self._leading.execute(postgres_locks.LEADING).fetchone())
            self._leads = bool(row[0])
            return self._leads

    def follow(self, told: Callable[[], None]) -> None:
        """Listen for notices of other servers on a connection of its own."""
        self._follower = threading.Thread(target=self._listen, args=(told,), name="follower", daemon=True)
        self._follower.start()

    def _listen(self, told: Callable[[], None]) -> None:
        own, looked_s = self._name, monotonic()
        while not self._closed.is_set():
            try:
                with contextlib.closing(connect(self._url)) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    told()  # whatever was missed while nobody listened
                    while not self._closed.is_set():
                        # A short look at a time, so that closing waits for nothing longer.
                        heard = [one.payload for one in connection.notifies(timeout=LISTEN_S, stop_after=1)]
                        if any(payload != own for payload in heard) or monotonic() - looked_s > TOLD_S_MAX:
                            looked_s = monotonic()
                            told()
            except (StorageError, psycopg.Error):
                self._closed.wait(TOLD_S_MAX)

    def bytes_used(self) -> int:
        """As the server counts it. Raises :class:`StorageError`."""
        with plain_errors("read"), self._connections.one() as connection:
            row = cast("Row", connection.execute("SELECT pg_database_size(current_database())").fetchone())
            return int(row[0])

    def close(self) -> None:
        """Close every connection; the folder's lock goes with its own."""
        self._closed.set()
        if self._follower is not None:
            self._follower.join()
        with self._lead_lock:
            if self._leading is not None:
                self._leading.close()
        self._connections.close()


def _roll_back(connection: Connection) -> None:
    """Ends whatever is under way; a connection that cannot even do that is given up."""
    try:
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            connection.execute("ROLLBACK")
    except psycopg.Error:
        connection.close()


def _prepare(connection: Connection) -> None:
    """Bring the tables up to date, one server at a time; a database of another program is left as it is."""
    with connection.transaction():
        connection.execute(postgres_locks.SETTING_UP)
        version = _version(connection)
        if version > schema.VERSION:
            raise StorageError(
                "the database was made by a newer version of the central server: install that version"
            )
        if version == schema.VERSION:
            return
        for statement in schema_postgres.statements_since(version):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO meta (name, value) VALUES ('schema', %s)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (str(schema.VERSION),),
        )


def _version(connection: Connection) -> int:
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    ).fetchall()
    if not tables:
        return 0
    if ("meta",) not in tables or ("ledger",) not in tables:
        raise StorageError("this database is not one of the central server: choose another one")
    row = cast("Row | None", connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone())
    return int(row[0]) if row else 0


def _types_of(connection: Connection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in cast(
        "list[Row]",
        connection.execute(
            "SELECT table_name, column_name, udt_name FROM information_schema.columns"
            " WHERE table_schema = current_schema()"
        ).fetchall(),
    ):
        found.setdefault(table, {})[column] = kind
    return found
