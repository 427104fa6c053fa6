"""What the central server needs of a database: consistent reads, and durable transactions one after another.

Everything above this speaks the SQL that SQLite and PostgreSQL share (``INSERT ... ON CONFLICT``, ``?`` for values,
no functions of one of them); ``storage_sqlite`` and ``storage_postgres`` are the two implementations. Several servers
may work on one database where the implementation lets them; then whatever a call says of "one" holds over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class StorageError(Exception):
    """The database cannot be used, or a transaction could not be made durable; one plain sentence."""


class UnreachableError(StorageError):
    """There is no way to the database just now: another moment there may be."""


class Reader(Protocol):
    """One moment of the database: everything read through it belongs together."""

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        ...

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        ...

    def rows_of(self, sql: str, keys: Sequence[Sequence[str]]) -> list[Row]:
        """All rows of ``SELECT ... FROM wanted w CROSS JOIN ...`` for many keys, see :mod:`server.many_keys`."""
        ...


class Writer(Reader, Protocol):
    """One transaction. Writers come one after another, so what a writer reads cannot change under it."""

    def run(self, sql: str, *values: object) -> int:
        """Run one statement; the number of rows it changed."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
        """Add rows in this order, by the quickest way there is; passes over those whose key is there already.

        ``table`` and ``columns`` come from constants, never from outside. Returns how many rows were added.
        """
        ...

    def put(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], otherwise: str
    ) -> None:
        """Add rows, or do ``otherwise`` to those whose key is there already: ``(KEY) DO UPDATE SET ...``.

        No key may occur in two of the rows. ``table``, ``columns`` and ``otherwise`` come from constants.
        """
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

    def write(self, device: str = "") -> AbstractContextManager[Writer]:
        """A transaction: durable when the block is left without an exception, and as if it never was otherwise.

        With ``device`` it may be at work beside those of other devices, and touches only that device's own rows and
        the ledger. Raises :class:`StorageError` where it cannot be made durable.
        """
        ...

    def settled(self) -> int:
        """The ledger position up to which no event can appear any more: who reads to there leaves none out."""
        ...

    def leads(self) -> bool:
        """True in the one server that folds. When that one ends, another one is told so here."""
        ...

    def follow(self, told: Callable[[], None]) -> None:
        """Call ``told``, in a thread of its own, when another server has changed something."""
        ...

    def bytes_used(self) -> int:
        """Size of the database. Raises :class:`StorageError`."""
        ...

    def close(self) -> None:
        """Release everything. Nothing may be called afterwards."""
        ...


def placeholders(count: int) -> str:
    """``?, ?, ?`` for a list of values within a statement; the values themselves always go as parameters."""
    return ", ".join("?" * count)
