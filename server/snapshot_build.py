"""Builds a snapshot: the file of a handheld's cache for a site, as it would be after the whole feed.

Everything is read in one consistent picture, a few thousand rows at a time, while uploads go on beside. Units are
sorted by the file's own sorter, so memory stays flat however many there are.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec
import zstandard

from server import devices, ledger, replica
from server.storage import Reader, Storage
from sync import cache_file
from sync.wire import SiteRow, Snapshot
from tracking.units import UnitState

ZSTD_LEVEL = 9
"""Of 1 to 19: from here on a smaller file costs more time than it spares on a slow network."""
ROWS_A_WALK = 5000
CHUNK_BYTES = 256 * 1024
RECENT_MAX = 20_000
"""Shapes that are recognised without being written out: units that share one mostly follow each other."""
_UNIT = msgspec.json.Decoder(UnitState)
_STAGING = "CREATE TEMP TABLE staging (turned, item_id, state, document, holder, more)"


class _Picture(NamedTuple):
    cursor: int
    units: int


def build(storage: Storage, site: str, folder: Path, now_ms: int) -> tuple[Snapshot, Path]:
    """Make the file in a folder; what it is, and where, under a name that is not its last.

    Raises :class:`OSError`, :class:`sqlite3.Error` or :class:`server.storage.StorageError`; then no file is left.
    """
    plain, packed = folder / f"building-{os.getpid()}.db", folder / f"building-{os.getpid()}.zst"
    try:
        plain.unlink(missing_ok=True)
        with closing(sqlite3.connect(plain, isolation_level=None)) as file, storage.read() as reader:
            picture = _filled(file, reader, site, storage.generation, now_ms)
        sums = _packed(plain, packed)
        made = Snapshot(
            snapshot=f"{picture.cursor}-{sums[0][:16]}",
            site=site,
            generation=storage.generation,
            cursor=picture.cursor,
            layout=cache_file.LAYOUT,
            units=picture.units,
            bytes=packed.stat().st_size,
            bytes_unpacked=plain.stat().st_size,
            sha256=sums[0],
            sha256_unpacked=sums[1],
            made_ms=now_ms,
        )
    except BaseException:
        packed.unlink(missing_ok=True)
        raise
    finally:
        plain.unlink(missing_ok=True)
    return made, packed


def _filled(file: sqlite3.Connection, reader: Reader, site: str, generation: str, now_ms: int) -> _Picture:
    for pragma in ("page_size=4096", "journal_mode=OFF", "synchronous=OFF", "temp_store=FILE"):
        file.execute(f"PRAGMA {pragma}")
    file.execute("BEGIN")
    for statement in cache_file.SCHEMA_SQL:
        file.execute(statement)
    cursor = replica.head(reader)
    timezone = ""
    for table in replica.tables(reader):
        if table == "unit":
            continue
        for rows in replica.walk(reader, site, table, ROWS_A_WALK):
            file.executemany(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?)", [(table, *row) for row in rows]
            )
            if table == "site":
                timezone = msgspec.json.decode(rows[-1][1], type=SiteRow).timezone
    units = _units(file, reader, site)
    _shown(file, reader, site)
    meta = {"cursor": str(cursor), "generation": generation, "site": site, "confirmed_ms": str(now_ms)}
    file.executemany("INSERT INTO meta VALUES (?, ?)", [*meta.items(), ("timezone", timezone or "UTC")])
    file.execute(f"PRAGMA user_version={cache_file.LAYOUT}")
    file.execute("COMMIT")
    return _Picture(cursor, units)


def _units(file: sqlite3.Connection, reader: Reader, site: str) -> int:
    """Staged as they come, then put into the tree in its own order: full pages, and no page touched twice."""
    numbers = _Numbers(file)
    file.execute(_STAGING)
    count = 0
    for rows in replica.walk(reader, site, "unit", ROWS_A_WALK):
        units = [_UNIT.decode(replica.seen_from(site, body)) for _, body in rows]
        lots = {unit.lot for unit in units} - numbers.lots - {""}
        file.executemany("INSERT OR IGNORE INTO lot_name VALUES (?)", [(lot,) for lot in sorted(lots)])
        numbers.lots = lots
        staged = cache_file.unit_rows(units, numbers.item, numbers.shape)
        file.executemany("INSERT INTO staging VALUES (?, ?, ?, ?, ?, ?)", staged)
        count += len(staged)
    file.execute("INSERT INTO unit SELECT * FROM staging ORDER BY turned, item_id")
    file.execute("DROP TABLE staging")
    return count


class _Numbers:
    """The short numbers that stand for items and shapes in this file."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._items: dict[str, int] = {}
        self._shapes: dict[bytes, int] = {}
        self._recent: dict[cache_file.Common, int] = {}
        self.lots: set[str] = set()
        """Names of the lots of the last few thousand units; neighbours mostly share theirs."""

    def item(self, item: str) -> int:
        """The number of an item."""
        if item not in self._items:
            self._items[item] = len(self._items) + 1
            self._file.execute("INSERT INTO item_number VALUES (?, ?)", (self._items[item], item))
        return self._items[item]

    def shape(self, common: cache_file.Common, unit: UnitState) -> int:
        """The number of a shape."""
        number = self._recent.get(common)
        if number is None:
            body = cache_file.shape_body(unit)
            digest = hashlib.blake2b(body, digest_size=16).digest()
            if digest not in self._shapes:
                self._shapes[digest] = len(self._shapes) + 1
                self._file.execute("INSERT INTO shape VALUES (?, ?)", (self._shapes[digest], body))
            if len(self._recent) >= RECENT_MAX:
                self._recent.clear()
            number = self._recent[common] = self._shapes[digest]
        return number


def _shown(file: sqlite3.Connection, reader: Reader, site: str) -> None:
    """How far each device's own events show in these rows: each takes its own effects back only so far."""
    for device in devices.everyone(reader):
        if device.site != site:
            continue
        for epoch, one in devices.standings(reader, device.id).items():
            link = ledger.chain_at(reader, device.id, epoch, one.folded)
            row = (device.id, epoch, one.folded, link.hex() if link else "")
            file.execute("INSERT INTO shown VALUES (?, ?, ?, ?)", row)


def _packed(plain: Path, packed: Path) -> tuple[str, str]:
    """Packs the file, durably; SHA-256 of the packed and of the plain one."""
    with plain.open("rb") as source, packed.open("wb") as target:
        into, outof = _Summed(target), _Summed(source)
        packer = zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=False)
        size = plain.stat().st_size
        packer.copy_stream(
            cast("IO[bytes]", outof), cast("IO[bytes]", into), size=size, read_size=CHUNK_BYTES
        )
        target.flush()
        os.fsync(target.fileno())
    return into.sum.hexdigest(), outof.sum.hexdigest()


class _Summed:
    """A file whose bytes are summed up on their way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Some bytes."""
        data = self._file.read(size)
        self.sum.update(data)
        return data

    def write(self, data: bytes) -> int:
        """All of these."""
        self.sum.update(data)
        return self._file.write(data)
