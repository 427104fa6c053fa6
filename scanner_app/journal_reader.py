"""Reads a journal without ever writing to it: one that is in use, damaged, or of a newer version of this program.

Every layout of the journal keeps the tables ``meta``, ``epoch``, ``event`` and ``receipt`` with these columns, so
events can be exported and verified by any version.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from scanner_app.anchors import Anchor
from scanner_app.journal_schema import HEADS_SQL, PENDING_SQL
from scanner_app.storage_errors import StoreError
from sync.wire import Receipt


class JournalReader:
    """A journal file, opened read-only: it can neither write to the log nor move it into the file."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`StoreError` with one plain sentence."""
        self._path = path
        try:
            self._connection, self._copy = _opened(path)
            self.layout: int = self._ask("PRAGMA user_version").fetchone()[0]
            row = self._ask("SELECT value FROM meta WHERE key = 'device'").fetchone()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        self.device = str(row[0]) if row else ""

    def _ask(self, sql: str) -> sqlite3.Cursor:
        return self._connection.execute(sql)

    def _unreadable(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self._path} cannot be read as a journal ({error}): keep the file")

    def rows(self) -> Iterator[tuple[int, int, bytes, bytes]]:
        """All events as ``(epoch, seq, body, hash)``, oldest first. Raises :class:`StoreError` where it is damaged."""
        try:
            for epoch, seq, body, link in self._ask(
                "SELECT epoch, seq, body, hash FROM event ORDER BY epoch, seq"
            ):
                yield epoch, seq, _as_bytes(body), _as_bytes(link)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def nonces(self) -> dict[int, str]:
        """Epoch -> the nonce its chain begins with."""
        return dict(self._listed("SELECT epoch, nonce FROM epoch"))

    def receipts(self) -> dict[tuple[int, int], Receipt]:
        """(epoch, mark) -> the server's word for it."""
        found = self._listed("SELECT epoch, hwm, body FROM receipt ORDER BY epoch, hwm")
        try:
            return {(epoch, hwm): msgspec.json.decode(body, type=Receipt) for epoch, hwm, body in found}
        except msgspec.MsgspecError as error:
            raise StoreError(f"{self._path} has a receipt that is none ({error}): keep the file") from error

    def heads(self) -> dict[int, int]:
        """Epoch -> the newest event that the overlay speaks of; empty where this layout keeps no such thing."""
        try:
            return dict(self._ask(HEADS_SQL).fetchall())
        except sqlite3.Error:
            return {}

    def anchors(self) -> dict[int, Anchor]:
        """Epoch -> where what is held of it begins; empty where this layout keeps no such thing."""
        try:
            rows = self._ask("SELECT epoch, seq, link FROM anchor").fetchall()
        except sqlite3.Error:
            return {}
        return {epoch: Anchor(seq, _as_bytes(link)) for epoch, seq, link in rows}

    def pending(self) -> int:
        """How many events the server has not confirmed."""
        return int(self._listed(PENDING_SQL)[0][0])

    def notes(self, prefix: str) -> dict[str, str]:
        """What is noted under names that begin so, by the rest of the name."""
        rows = self._listed("SELECT key, value FROM meta")
        return {key[len(prefix) :]: str(value) for key, value in rows if str(key).startswith(prefix)}

    def _listed(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self._ask(sql).fetchall()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()


def _as_bytes(value: object) -> bytes:
    """What a column holds. Somebody with another program may have left text or a number where bytes were."""
    return value if isinstance(value, bytes) else str(value).encode()


def _opened(path: Path) -> tuple[sqlite3.Connection, TemporaryDirectory[str] | None]:
    """The connection, and the folder of the copy that it is to."""
    address = path.resolve().as_uri()
    try:
        return _tried(f"{address}?mode=ro"), None
    except sqlite3.OperationalError:
        # On a full disk, or a medium that cannot be written, SQLite has no room for its index of the log.
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            return _copied(path, log)
        return _tried(f"{address}?mode=ro&immutable=1"), None


def _copied(path: Path, log: Path) -> tuple[sqlite3.Connection, TemporaryDirectory[str]]:
    """What is in the log is no less written than the rest, so both are read, where there is room for them."""
    copy = TemporaryDirectory(prefix="scanner-journal-")
    try:
        for file in (path, log):
            shutil.copyfile(file, Path(copy.name) / file.name)
        return _tried(f"{(Path(copy.name) / path.name).as_uri()}?mode=ro"), copy
    except OSError as error:
        copy.cleanup()
        raise sqlite3.OperationalError(f"there is no room to read it: {error.strerror}") from error
    except sqlite3.Error:
        copy.cleanup()
        raise


def _tried(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
