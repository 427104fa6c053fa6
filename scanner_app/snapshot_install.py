"""Puts a downloaded snapshot in the cache's place: whole or not at all, own unshown work on top as before."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scanner_app import faults
from scanner_app.feeding import match_overlay, reread
from sync.cache_file import LAYOUT
from sync.wire import Snapshot

if TYPE_CHECKING:
    from scanner_app.session import Session


class NotASnapshot(Exception):
    """The file is not what its description says; the cache stays as it was."""


def install(session: Session, file: Path, snapshot: Snapshot) -> None:
    """Makes the file the cache. Raises :class:`NotASnapshot`, or :class:`scanner_app.storage_errors.StoreError`.

    The file was verified against its sum already; what is checked here is that it is one for this program.
    """
    try:
        _made_ours(file, snapshot, session.journal.device)
        session.cache.take(file)
    except (OSError, sqlite3.Error) as error:
        raise faults.of(session, error) from error
    match_overlay(session.journal, session.cache)
    reread(session)


def _made_ours(file: Path, snapshot: Snapshot, device: str) -> None:
    """Writes into the file how far this device's own events show in it, durably."""
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        opened.execute("PRAGMA synchronous=FULL")
        layout = opened.execute("PRAGMA user_version").fetchone()[0]
        if layout != LAYOUT:
            raise NotASnapshot(f"the snapshot has layout {layout}")
        found = dict(opened.execute("SELECT key, value FROM meta"))
        if (found.get("cursor"), found.get("generation")) != (str(snapshot.cursor), snapshot.generation):
            raise NotASnapshot("the snapshot is another one")
        shown = opened.execute("SELECT epoch, seq, chain FROM shown WHERE device = ?", (device,)).fetchall()
        opened.execute("BEGIN")
        for key, value in (
            ("applied", {epoch: seq for epoch, seq, _ in shown}),
            ("applied_chains", {epoch: link for epoch, _, link in shown if link}),
        ):
            text = msgspec.json.encode(value).decode()
            opened.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, text))
        opened.execute("DELETE FROM shown")
        opened.execute("COMMIT")
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
