"""Makes known what a backup holds: up to where each device may forget its own events, once they are old.

A backup is taken by a process of its own. PostgreSQL takes its word directly. A SQLite database has one writer; while
that is a running server, the word is left in a file beside the database, and the server takes it from there.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from server.backup_check import Checked
from server.logs import fields
from server.open_storage import Database, is_postgres, open_storage
from server.storage import Storage, StorageError, Writer
from server.storage_sqlite import SqliteStorage
from sync.wire import Count

LOG = logging.getLogger(__name__)
NOTE_BYTES_MAX = 64 * 1024 * 1024


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself."""

    generation: str
    at_ms: int
    marks: dict[str, dict[Count, Count]]


def note_path(database: Path) -> Path:
    """The file that a running server looks for."""
    return database.with_name(database.name + ".backed-up")


def record(database: Database, checked: Checked, now_ms: int) -> bool:
    """Make it known; False where a running server will be told by the file. Raises :class:`StorageError`."""
    note = Note(generation=checked.generation, at_ms=now_ms, marks=checked.marks)
    if not is_postgres(database):
        # Left in any case, and first: so nothing is lost between looking for a server and writing.
        _leave(note_path(Path(database)), note)
    try:
        storage = open_storage(database)
    except StorageError:
        if is_postgres(database):
            raise
        return False
    try:
        if is_postgres(database):
            with storage.write() as tx:
                apply(tx, note, storage.generation)
        else:
            take(storage)
    finally:
        storage.close()
    return True


def _leave(path: Path, note: Note) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(msgspec.json.encode(note))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def take(storage: Storage) -> bool:
    """Take over what a backup left; True where there was something. Raises :class:`StorageError`."""
    if not isinstance(storage, SqliteStorage) or not (path := note_path(storage.path)).exists():
        return False
    try:
        note = msgspec.json.decode(path.read_bytes()[:NOTE_BYTES_MAX], type=Note)
    except (OSError, msgspec.MsgspecError) as error:
        LOG.error("what a backup left cannot be read: %s", error)
        path.unlink(missing_ok=True)
        return False
    with storage.write() as tx:
        apply(tx, note, storage.generation)
    path.unlink(missing_ok=True)
    return True


def apply(tx: Writer, note: Note, generation: str) -> None:
    """Write the marks down. They only ever rise, and never beyond what is here; another life's backup says nothing."""
    if note.generation != generation:
        LOG.warning("a backup of another life of this database was passed over")
        return
    tx.run_many(
        "UPDATE device_epoch SET backed_up = ? WHERE device = ? AND epoch = ? AND backed_up < ? AND hwm >= ?",
        [
            (seq, device, epoch, seq, seq)
            for device, epochs in note.marks.items()
            for epoch, seq in epochs.items()
        ],
    )
    tx.run(
        "INSERT INTO meta (name, value) VALUES ('backed_up_ms', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        str(note.at_ms),
    )
    LOG.info("a backup was taken", extra=fields(devices=len(note.marks)))
