"""Gives the journal's write-ahead log its length before it is needed.

A commit that makes a file longer has the file system write down its own changes too; one that overwrites does not,
and takes about two thirds of the time. SQLite deletes the log at every tidy end, so it is made long again when the
handheld is first idle. Nothing that was committed is touched: the room is a row of zeros, written and deleted again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

LOG_BYTES = 2 * 1024 * 1024
"""About a hundred scans without a pause of :data:`scanner_app.session_thread.IDLE_S`; more only go slower."""
ROOM_FACTOR = 16
"""Only where the disk has so many times its size: on a full one every byte is for scans."""


def lengthen(connection: sqlite3.Connection, path: Path, length_bytes: int = LOG_BYTES) -> bool:
    """Makes the log of the database at ``path`` this long. False where nothing was to be done.

    Blocks for as long as the disk takes to write it twice. What cannot be done is left: it only saves time.
    """
    try:
        stat = os.statvfs(path.parent)
        if path.with_name(path.name + "-wal").stat().st_size >= length_bytes:
            return False
    except OSError:
        return False
    if stat.f_bavail * stat.f_frsize < ROOM_FACTOR * length_bytes:
        return False
    with contextlib.suppress(sqlite3.Error):
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('room', zeroblob(?))", (length_bytes,))
    with contextlib.suppress(sqlite3.Error):
        connection.execute("DELETE FROM meta WHERE key = 'room'")
    return True
