"""Looks whether a backup holds what it says: nothing counts as backed up before this was asked of the file itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from server import schema
from server.storage import StorageError
from tracking.chain import next_link

Marks = dict[str, dict[int, int]]
"""Device -> epoch -> the last event of it that the backup holds."""


class Checked(NamedTuple):
    """A backup that is sound."""

    generation: str
    version: int
    """Of its tables."""
    events: int
    devices: int
    marks: Marks
    bytes: int


def check(path: Path) -> Checked:
    """Every page, every event of every device, every link of every chain. Raises :class:`StorageError`."""
    if not path.is_file():
        raise StorageError(f"there is no backup {path}")
    try:
        with closing(_open(path)) as database:
            return _checked(database, path)
    except sqlite3.Error as error:
        raise StorageError(f"the backup {path} cannot be read: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    # Nothing may be written beside it, not even an index of a log: a backup may lie on a medium that takes no writes.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _checked(database: sqlite3.Connection, path: Path) -> Checked:
    (owner,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if owner != schema.APPLICATION_ID:
        raise StorageError(f"{path} is no backup of the central server")
    if version > schema.VERSION:
        raise StorageError(f"the backup {path} was made by a newer version: install that version")
    (sound,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise StorageError(f"the backup {path} is damaged: {sound}")
    marks: Marks = {}
    holes = _holes(database)
    for device, epoch, first, hwm, last in database.execute(
        "SELECT device, epoch, CAST(first_chain AS BLOB), hwm, CAST(chain AS BLOB) FROM device_epoch"
    ).fetchall():
        _walk(database, device, epoch, (first, hwm, last), holes)
        marks.setdefault(device, {})[epoch] = hwm
    (events,) = database.execute("SELECT count(*) FROM ledger").fetchone()
    marked = sum(hwm for epochs in marks.values() for hwm in epochs.values())
    marked -= sum(hole.last - first + 1 for (_, _, first), hole in holes.items())
    if events != marked:
        raise StorageError(f"the backup {path} is damaged: {events} events where devices sent {marked}")
    row = database.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
    return Checked(str(row[0]) if row else "", version, events, len(marks), marks, path.stat().st_size)


class _Hole(NamedTuple):
    """Events that were lost before this backup was made, as an exception says."""

    last: int
    link: bytes


_Holes = dict[tuple[str, int, int], _Hole]
"""By device, epoch and first event."""


def _holes(database: sqlite3.Connection) -> _Holes:
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'hole'").fetchone() is None:
        return {}  # of an older version
    rows = database.execute("SELECT device, epoch, first, last, CAST(chain AS BLOB) FROM hole")
    return {(device, epoch, first): _Hole(last, link) for device, epoch, first, last, link in rows}


def _walk(
    database: sqlite3.Connection, device: str, epoch: int, head: tuple[bytes, int, bytes], holes: _Holes
) -> None:
    """One device's events of one epoch, from the first to the high-water mark."""
    link, hwm, last = head
    expected = 1
    for seq, body, kept in database.execute(
        "SELECT seq, CAST(body AS BLOB), CAST(chain AS BLOB) FROM ledger WHERE device = ? AND epoch = ? ORDER BY seq",
        (device, epoch),
    ):
        if seq != expected and (hole := holes.get((device, epoch, expected))):
            expected, link = hole.last + 1, hole.link
        link = next_link(link, body)
        if seq != expected or link != kept:
            raise StorageError(
                f"the backup is damaged: event {expected} of {device}, epoch {epoch}, does not fit"
            )
        expected += 1
    if expected - 1 != hwm or link != last:
        raise StorageError(
            f"the backup is damaged: {device}, epoch {epoch}, ends at {expected - 1} and not at {hwm}"
        )
