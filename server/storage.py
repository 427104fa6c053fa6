"""What the central server needs of a database: consistent reads, and durable transactions one after another.

Everything above this speaks the SQL that SQLite and PostgreSQL share (``INSERT ... ON CONFLICT``, ``?`` for values,
no functions of one of them), so that a second implementation is a file of its own beside ``storage_sqlite``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class StorageError(Exception):
    """The database cannot be used, or a transaction could not be made durable; one plain sentence."""


class Reader(Protocol):
    """One moment of the database: everything read through it belongs together."""

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        ...

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        ...


class Writer(Reader, Protocol):
    """One transaction. Writers come one after another, so what a writer reads cannot change under it."""

    def run(self, sql: str, *values: object) -> int:
        """Run one statement; the number of rows it changed."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values."""
        ...


class Storage(Protocol):
    """A database. All methods may be called from any thread."""

    @property
    def generation(self) -> str:
        """Random name of this life of the database; a restore from backup makes a new one."""
        ...

    @property
    def receipt_key(self) -> bytes:
        """The key that receipts and office sessions are signed with."""
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """A consistent picture; never waits for a writer. Raises :class:`StorageError`."""
        ...

    def write(self) -> AbstractContextManager[Writer]:
        """A transaction: durable when the block is left without an exception, and as if it never was otherwise.

        Raises :class:`StorageError` where it cannot be made durable.
        """
        ...

    def close(self) -> None:
        """Release everything. Nothing may be called afterwards."""
        ...


def placeholders(count: int) -> str:
    """``?, ?, ?`` for a list of values within a statement; the values themselves always go as parameters."""
    return ", ".join("?" * count)
