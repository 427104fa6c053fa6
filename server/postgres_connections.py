"""Connections to PostgreSQL: durable, in UTC, a bounded number of them, and replaced when the network dropped one."""

from __future__ import annotations

import contextlib
import queue
import select
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from server.storage import StorageError, UnreachableError

Connection = psycopg.Connection[tuple[object, ...]]

CONNECTIONS_MAX = 12
CONNECTIONS_OF_ONE = CONNECTIONS_MAX + 2
"""So many one server process has at most: with those that hold the folder's lock and listen for news."""
WAIT_S_MAX = 30
CONNECT_S_MAX = 10
LOCK_MS_MAX = 60_000
KEEPALIVE_S = 15
_DURABLE = {"on", "remote_apply", "remote_write", "local"}


def connect(url: str) -> Connection:
    """A new connection. Raises :class:`StorageError` where there is none to be had, or it would not be durable."""
    try:
        connection = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_S_MAX,
            application_name="scanner server",
            keepalives_idle=KEEPALIVE_S,
        )
    except psycopg.OperationalError as error:
        raise UnreachableError(
            f"PostgreSQL cannot be reached: {one_line(error)}; start it, or correct server.database"
        ) from error
    except (psycopg.Error, ValueError) as error:
        raise StorageError(
            f"PostgreSQL cannot be reached: {one_line(error)}; correct server.database"
        ) from error
    try:
        connection.execute(f"SET lock_timeout = {LOCK_MS_MAX}")
        # A role or a database may have switched it off; an answer to a handheld must mean that nothing is lost.
        connection.execute("SET synchronous_commit = on")
        # A plan that was kept from when the tables were small would walk through them when they are not.
        connection.execute("SET plan_cache_mode = force_custom_plan")
        (flushes,) = connection.execute("SHOW fsync").fetchone() or ("off",)
        (commits,) = connection.execute("SHOW synchronous_commit").fetchone() or ("off",)
        (encoding,) = connection.execute("SHOW server_encoding").fetchone() or ("",)
    except psycopg.Error as error:
        connection.close()
        raise _kind(error)(f"PostgreSQL cannot be used: {one_line(error)}") from error
    if flushes != "on" or commits not in _DURABLE:
        connection.close()
        raise StorageError("this PostgreSQL does not keep what it confirms (fsync is off): switch fsync on")
    if encoding != "UTF8":
        connection.close()
        raise StorageError(f"this PostgreSQL database has the encoding {encoding}: make one in UTF8")
    return connection


def one_line(error: Exception) -> str:
    """What went wrong, without the password that a connection string may hold."""
    if isinstance(error, psycopg.ProgrammingError | ValueError):
        return "the address is not one of PostgreSQL"
    return " ".join(str(error).split())[:300]


@contextmanager
def plain_errors(what: str) -> Iterator[None]:
    """Turns what the database or the network does into :class:`StorageError`; faults of the program stay."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        said = error.diag.message_primary or "a right is missing"
        raise StorageError(
            f"the database could not be {what}: {said}; see 'scanner server --check'"
        ) from error
    except (errors.IntegrityError, errors.ProgrammingError, errors.DataError):
        raise
    except psycopg.Error as error:
        raise _kind(error)(f"the database could not be {what}: {one_line(error)}") from error


def _kind(error: psycopg.Error) -> type[StorageError]:
    """Whether it is worth while to try again: the connection went, or somebody else held a lock."""
    return UnreachableError if isinstance(error, psycopg.OperationalError) else StorageError


def _lives(connection: Connection) -> bool:
    """False where PostgreSQL ended it while nobody used it: it restarted, say, and nobody's request ought to suffer.

    An idle connection has nothing to say but that it ends. Costs one look at the socket, no question to the database.
    """
    if connection.closed:
        return False
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return not look.poll(0)


class Connections:
    """At most :data:`CONNECTIONS_MAX`, made when they are first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._closed = False
        self._free: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        for _ in range(CONNECTIONS_MAX):
            self._free.put(None)

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """A connection for one transaction. Raises :class:`StorageError`."""
        try:
            connection = self._free.get(timeout=WAIT_S_MAX)
        except queue.Empty as error:
            raise StorageError("the server is too busy to use its database just now") from error
        try:
            if connection is not None and not _lives(connection):
                connection.close()
            if connection is None or connection.closed:
                connection = None
                connection = connect(self._url)
            yield connection
        finally:
            if connection is not None and connection.closed:
                connection = None
            self._free.put(connection)

    def close(self) -> None:
        """Close all of them; waits for those in use. May be called twice."""
        if self._closed:
            return
        self._closed = True
        for _ in range(CONNECTIONS_MAX):
            with contextlib.suppress(queue.Empty):
                connection = self._free.get(timeout=WAIT_S_MAX)
                if connection is not None:
                    connection.close()
