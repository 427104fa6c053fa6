"""The cache: the company's compact units and the site's items, documents, places and people, fed by the server.

It may be lost at any time: it is downloaded again. So it is fast rather than durable, and what is not one of ours
(another layout, a damaged file) is replaced by an empty one.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path

from scanner_app import tails
from scanner_app.storage_errors import StoreError
from sync import cache_file
from sync.cache_file import LAYOUT, SCHEMA_SQL, straight, turned
from sync.cache_file import holder_key as holder_key
from sync.cache_file import holder_of as holder_of
from tracking.units import UnitState

TAIL_CHARS_MIN = 4
SHAPES_MAX = 4096
"""Of what units have in common, so many are kept in memory; and so many names of lots."""

UNITS_A_STATEMENT = 20
"""One statement for each unit costs as much as the unit itself; more than this bring nothing."""
_PUT_ONE = "INSERT OR REPLACE INTO unit VALUES (?, ?, ?, ?, ?, ?)"
_PUT_SEVERAL = _PUT_ONE + ", (?, ?, ?, ?, ?, ?)" * (UNITS_A_STATEMENT - 1)
_VALUES_A_STATEMENT = _PUT_SEVERAL.count("?")

NAMED = ("document", "location", "operator", "container", "party")
"""What a scanned text may name."""
_NAMED_SQL = " UNION ALL ".join(  # an IN would build a table of its own at every scan
    f"SELECT kind, body FROM record WHERE kind = '{kind}' AND key = ?1"  # noqa: S608 - constants
    for kind in NAMED
)


def connect(path: Path) -> sqlite3.Connection:
    """One connection, no hidden transactions."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)


def sync_folder(folder: Path) -> None:
    """Makes durable which names stand in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Cache:
    """The handheld's copy of what the server knows. Only the session's thread may call it."""

    def __init__(self, path: Path, *, connect: Callable[[Path], sqlite3.Connection] = connect) -> None:
        """Opens the cache, or begins an empty one. Raises :class:`StoreError` where no file can be made."""
        self.path = path
        self.replaced = False
        """True where what was there could not be used: it is to be downloaded again."""
        self._connect = connect
        try:
            self._open()
            self._number_items()
        except sqlite3.DatabaseError:
            self.begin_again()

    def _number_items(self) -> None:
        self._item_ids: dict[str, int] = {
            item: number for number, item in self._run("SELECT id, item FROM item_number")
        }
        self._item_numbers = {number: item for item, number in self._item_ids.items()}
        self._shape_ids: dict[cache_file.Common, int] = {}
        self._shapes: dict[int, bytes] = {}
        self._lots: set[str] = set()

    def _open(self) -> None:
        self.connection = self._connect(self.path)
        self._run("PRAGMA journal_mode=WAL")
        self._run("PRAGMA synchronous=NORMAL")
        self._run("PRAGMA busy_timeout=5000")
        layout = self._run("PRAGMA user_version").fetchone()[0]
        if layout not in {0, LAYOUT}:
            raise sqlite3.DatabaseError("another layout")
        if layout == 0:
            with self.transaction():
                for statement in SCHEMA_SQL:
                    self._run(statement)
                self._run(f"PRAGMA user_version={LAYOUT}")

    def begin_again(self) -> None:
        """Throws the file away for an empty one. Raises :class:`StoreError` where none can be made."""
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self.connection.close()
        try:
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self._open()
            self._number_items()
            self.replaced = True
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the cache {self.path.name} cannot be made ({error}): check the data directory"
            ) from error

    def take(self, file: Path) -> None:
        """Another file becomes the cache; a cut at any moment leaves the old one or the new one.

        Raises :class:`OSError`. Where the new one cannot be opened after all, an empty one is begun.
        """
        self.connection.close()
        # A log of the old file beside the new one would be played into it.
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        try:
            sync_folder(self.path.parent)
            file.replace(self.path)
            sync_folder(self.path.parent)
        finally:
            try:
                self._open()
                self._number_items()
            except sqlite3.DatabaseError:
                self.begin_again()

    def _run(self, sql: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        return self.connection.execute(sql, values)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction: a page of the feed and its cursor go in together or not at all."""
        try:
            self._run("BEGIN IMMEDIATE")
            yield
            self._run("COMMIT")
        except BaseException:
            # After some errors SQLite has rolled back by itself.
            with contextlib.suppress(sqlite3.Error):
                if self.connection.in_transaction:
                    self._run("ROLLBACK")
                # Numbers that were given in the transaction are gone with it.
                self._number_items()
            raise

    def give_back(self) -> None:
        """The disk is full: the log's room is given back, the journal needs it more."""
        with contextlib.suppress(sqlite3.Error):
            self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    def sound(self) -> bool:
        """False where the file is damaged. Reads all of it."""
        try:
            return bool(self._run("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False

    def close(self) -> None:
        """Closes the file."""
        self.connection.close()

    # -- small records ----------------------------------------------------------------------------------------------

    def meta(self, key: str) -> str:
        """A text of the meta table, or empty."""
        row = self._run("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def put_meta(self, key: str, value: str) -> None:
        """Sets a text; inside a transaction of the caller's."""
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def record(self, kind: str, key: str) -> bytes:
        """The JSON of one record, or empty."""
        row = self._run("SELECT body FROM record WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return bytes(row[0]) if row else b""

    def records_named(self, key: str) -> dict[str, bytes]:
        """Kind -> JSON of whatever has this name, of :data:`NAMED`."""
        return dict(self._run(_NAMED_SQL, (key,)))

    def records(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """All records of a kind."""
        yield from self._run("SELECT key, body FROM record WHERE kind = ?", (kind,))

    def put_record(self, kind: str, key: str, body: bytes) -> None:
        """Sets one record; inside a transaction of the caller's."""
        self._run("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (kind, key, body))

    def delete_record(self, kind: str, key: str) -> None:
        """Removes one record; inside a transaction of the caller's."""
        self._run("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))

    def empty(self) -> None:
        """Every row goes; inside a transaction of the caller's."""
        for table in ("record", "unit", "shape", "lot_name", "shown"):
            self._run(f"DELETE FROM {table}")  # noqa: S608 - constants
        self._shape_ids.clear()
        self._shapes.clear()
        self._lots.clear()

    # -- units ------------------------------------------------------------------------------------------------------

    def item_id(self, item: str) -> int:
        """The short number that stands for an item number in the unit table."""
        number = self._item_ids.get(item)
        if number is None:
            number = int(self._run("INSERT INTO item_number (item) VALUES (?)", (item,)).lastrowid or 0)
            self._item_ids[item] = number
            self._item_numbers[number] = item
        return number

    def put_units(self, units: Iterable[UnitState]) -> None:
        """Sets units; inside a transaction of the caller's."""
        units = list(units)
        self._note_lots({unit.lot for unit in units})
        rows = cache_file.unit_rows(units, self.item_id, self._shape_id)
        rows.sort(key=itemgetter(0))  # in the order of the tree, so that neighbours share a page of it
        whole = len(rows) - len(rows) % UNITS_A_STATEMENT
        values = chain.from_iterable(rows[:whole])
        self.connection.executemany(_PUT_SEVERAL, zip(*[values] * _VALUES_A_STATEMENT, strict=True))
        self.connection.executemany(_PUT_ONE, rows[whole:])

    def _note_lots(self, lots: set[str]) -> None:
        new = lots - self._lots - {""}
        self.connection.executemany(
            "INSERT OR IGNORE INTO lot_name VALUES (?)", [(lot,) for lot in sorted(new)]
        )
        if len(self._lots) + len(new) > SHAPES_MAX:
            self._lots.clear()
        self._lots |= new

    def may_have_lot(self, lot: str) -> bool:
        """False where no unit here is of this lot."""
        return self._run("SELECT 1 FROM lot_name WHERE lot = ?", (lot,)).fetchone() is not None

    def _shape_id(self, common: cache_file.Common, unit: UnitState) -> int:
        """The number of what many units have in common, given the first time."""
        number = self._shape_ids.get(common)
        if number is None:
            body = cache_file.shape_body(unit)
            self._run("INSERT INTO shape (body) VALUES (?) ON CONFLICT DO NOTHING", (body,))
            number = int(self._run("SELECT id FROM shape WHERE body = ?", (body,)).fetchone()[0])
            if len(self._shape_ids) >= SHAPES_MAX:
                self._shape_ids.clear()
            self._shape_ids[common] = number
        return number

    def _shape(self, state: int) -> bytes:
        """What a row has in common with others; empty for nothing."""
        number = cache_file.shape_of(state)
        if not number:
            return b""
        body = self._shapes.get(number)
        if body is None:
            body = bytes(self._run("SELECT body FROM shape WHERE id = ?", (number,)).fetchone()[0])
            if len(self._shapes) >= SHAPES_MAX:
                self._shapes.clear()
            self._shapes[number] = body
        return body

    def delete_unit(self, item: str, serial: str) -> None:
        """Removes a unit; inside a transaction of the caller's."""
        key = (turned(serial), self.item_id(item))
        self._run("DELETE FROM unit WHERE turned = ? AND item_id = ?", key)

    def units_of_serial(self, serial: str) -> list[UnitState]:
        """Every unit with exactly this serial number, under whatever item."""
        sql = "SELECT item_id, state, more FROM unit WHERE turned = ?"
        return [self.unit_of_row(serial, *row) for row in self._run(sql, (turned(serial),))]

    def unit(self, item: str, serial: str) -> UnitState | None:
        """One unit, or None."""
        item_id = self._item_ids.get(item)
        if item_id is None:
            return None
        sql = "SELECT item_id, state, more FROM unit WHERE turned = ? AND item_id = ?"
        row = self._run(sql, (turned(serial), item_id)).fetchone()
        return self.unit_of_row(serial, *row) if row else None

    def unit_of_row(self, serial: str, item_id: int, state: int, more: bytes | None) -> UnitState:
        """The unit that a row of the table tells of."""
        item = self._item_numbers[item_id]
        return cache_file.unit_of(item, serial, state, more, b"" if more else self._shape(state))

    def units_ending(self, tail: str, limit: int) -> list[tuple[str, str]]:
        """``(item, serial)`` whose serial ends so. ``tail`` is not empty."""
        rows = islice(tails.ending(self.connection, tail), limit)
        return [(self._item_numbers[item_id], straight(key)) for item_id, key in rows]

    def units_of_document(self, number: str) -> list[UnitState]:
        """Units that got their status on a document."""
        rows = self._run("SELECT more FROM unit WHERE document = ?", (number,))
        return [cache_file.detailed(more) for (more,) in rows]

    def units_in(self, holder: str) -> list[UnitState]:
        """Units that are in a product or a container, by :func:`holder_key`."""
        rows = self._run("SELECT more FROM unit WHERE holder = ?", (holder,))
        return [cache_file.detailed(more) for (more,) in rows]

    def all_units(self) -> Iterator[UnitState]:
        """Every unit, by the last characters of its serial number."""
        for key, *row in self._run("SELECT turned, item_id, state, more FROM unit"):
            yield self.unit_of_row(straight(key), *row)

    def unit_count(self) -> int:
        """How many units it holds."""
        return int(self._run("SELECT count(*) FROM unit").fetchone()[0])
