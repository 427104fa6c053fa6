"""A file system under SQLite that writes down every write, so that a power cut can be played at each of them.

Nothing is simulated while the shift runs: the writes reach real files. The log alone tells which of them were on the
platter at any moment (synced) and which the drive could still lose.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import apsw


class Op(NamedTuple):
    """One thing that SQLite asked of the file system."""

    kind: str
    """``write``, ``truncate``, ``sync`` or ``delete``."""
    file: str
    offset: int = 0
    data: bytes = b""


class WriteLog(apsw.VFS):
    """Passes everything on to the system's own VFS and keeps a list of it."""

    def __init__(self, name: str) -> None:
        self.vfs_name = name
        self.ops: list[Op] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - apsw's names
        """Every file is opened with an ear at it."""
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """A file goes."""
        self.ops.append(Op("delete", Path(filename).name))
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, log: WriteLog, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._log, self._name = log, Path(path).name if path else ""

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        if self._name:
            self._log.ops.append(Op("write", self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._log.ops.append(Op("truncate", self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._log.ops.append(Op("sync", self._name))


class Rows:
    """The rows of a statement, all read: what the product uses of a cursor."""

    def __init__(self, rows: list[Any], lastrowid: int, rowcount: int) -> None:
        self._rows = iter(rows)
        self.lastrowid, self.rowcount = lastrowid, rowcount

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        """The next row, or None."""
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        return list(self._rows)


class ApswConnection:
    """An apsw connection with the face of the standard library's, so that the product's own code runs on it."""

    def __init__(
        self,
        path: Path,
        vfs: str,
        *,
        rewrite: Callable[[str], str] = str,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = apsw.Connection(str(path), vfs=vfs)
        self._rewrite, self._committed = rewrite, committed

    @property
    def in_transaction(self) -> bool:
        """True between BEGIN and COMMIT."""
        return self._connection.in_transaction

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Rows:
        """One statement."""
        try:
            rows = self._connection.execute(self._rewrite(sql), values).fetchall()
        except apsw.Error as error:
            raise _translated(error) from error
        if sql == "COMMIT":
            self._committed()
        return Rows(rows, self._connection.last_insert_rowid(), self._connection.changes())

    def executemany(self, sql: str, values: list[tuple[Any, ...]]) -> Rows:
        """One statement for each row."""
        before = self._connection.total_changes()
        self._connection.executemany(sql, values)
        return Rows([], 0, self._connection.total_changes() - before)

    def rollback(self) -> None:
        """As if the transaction never was."""
        self.execute("ROLLBACK")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


def _translated(error: apsw.Error) -> sqlite3.Error:
    return sqlite3.OperationalError(str(error))
