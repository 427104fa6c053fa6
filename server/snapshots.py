"""The snapshots of a server: which there are, when a new one is due, and the thread that makes it.

The files can be lost at any time. They lie beside the database, or where all servers of this machine that share a
PostgreSQL database find them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from server import replica
from server.open_storage import Database, is_postgres
from server.snapshot_build import build
from server.storage import Reader, Storage, StorageError
from sync.cache_file import LAYOUT
from sync.wire import Snapshot

ROWS_MIN = 5000
"""A site with fewer rows is downloaded by the feed as quickly."""
STALE_ROWS = 20_000
"""So many changes since the newest one: another is made. Meanwhile the feed tells the rest."""
KEPT = 2
"""Of a site: the newest one, and the one before it, which somebody may be downloading."""
LOG = logging.getLogger(__name__)


class Snapshots:
    """One server's."""

    def __init__(self, storage: Storage, folder: Path, now_ms: Callable[[], int]) -> None:
        self._storage, self._folder, self._now_ms = storage, folder, now_ms
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._told: Callable[[], None] = lambda: None

    def on_wanted(self, told: Callable[[], None]) -> None:
        """``told`` is called when one is to be made."""
        self._told = told

    def ask(self, site: str) -> Snapshot | bool:
        """The newest one of a site. True where one is being made, False where the feed is as quick.

        Raises :class:`server.storage.StorageError`.
        """
        newest = self.newest(site)
        with self._storage.read() as reader:
            if newest is not None and newest.cursor < replica.floor(reader):
                newest = None  # the feed does not go on from there any more
            due = self._due(reader, site, newest)
        if due:
            with self._lock:
                self._wanted.add(site)
            self._told()
        return newest if newest is not None else due

    def _due(self, reader: Reader, site: str, newest: Snapshot | None) -> bool:
        since = newest.cursor if newest is not None else 0
        return replica.changed_since(reader, site, since, STALE_ROWS if newest else ROWS_MIN)

    def newest(self, site: str) -> Snapshot | None:
        """The newest one of a site that this database can go on from."""
        found = self._of(site)
        return found[-1] if found else None

    def file(self, site: str, name: str) -> tuple[Snapshot, Path] | None:
        """One by its name, with its file."""
        for one in self._of(site):
            if one.snapshot == name:
                return one, self._path(one)
        return None

    def make_wanted(self) -> int:
        """Make those that were asked for, in the caller's thread; how many those were."""
        with self._lock:
            wanted, self._wanted = self._wanted, set()
        made = 0
        for site in sorted(wanted):
            made += self._make(site) is not None
        return made

    def look_after(self) -> None:
        """Make new ones where those that there are have grown old."""
        notes = self._folder.glob("*.json")
        for site in sorted({one.site for one in map(_noted, notes) if one is not None}):
            self.ask(site)

    def make(self, site: str) -> Snapshot:
        """Make one now. Raises what :func:`server.snapshot_build.build` raises."""
        with self._building:
            _make_folder(self._folder)
            made, packed = build(self._storage, site, self._folder, self._now_ms())
            # The note comes last: a file without one is not there yet.
            packed.replace(self._path(made))
            note = self._path(made).with_suffix(".json")
            note.with_suffix(".new").write_bytes(msgspec.json.encode(made))
            note.with_suffix(".new").replace(note)
            for old in self._of(site)[:-KEPT]:
                for suffix in (".json", ".zst"):
                    self._path(old).with_suffix(suffix).unlink(missing_ok=True)
        return made

    def _make(self, site: str) -> Snapshot | None:
        try:
            return self.make(site)
        except (OSError, sqlite3.Error, StorageError) as error:
            LOG.error("no snapshot of site %s: %s", site, error)
            return None

    def _of(self, site: str) -> list[Snapshot]:
        """Those of a site and of this life of the database, oldest first."""
        notes = self._folder.glob(f"{_digest(site)}-*.json")
        found = [one for one in map(_noted, notes) if one is not None]
        ours = (site, self._storage.generation, LAYOUT)
        good = [one for one in found if (one.site, one.generation, one.layout) == ours]
        return sorted(good, key=lambda one: (one.cursor, one.made_ms))

    def _path(self, one: Snapshot) -> Path:
        return self._folder / f"{_digest(one.site)}-{one.snapshot}.zst"


def folder_of(database: Database) -> Path:
    """Where the snapshots of a database lie."""
    if is_postgres(database):
        return Path(tempfile.gettempdir()) / f"scanner-snapshots-{os.getuid()}-{_digest(str(database))}"
    return Path(database).with_name(Path(database).name + ".snapshots")


def _noted(note: Path) -> Snapshot | None:
    try:
        return msgspec.json.decode(note.read_bytes(), type=Snapshot)
    except (OSError, msgspec.MsgspecError):
        return None


def _make_folder(folder: Path) -> None:
    """Nobody else may read it, or have put it there. Raises :class:`OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or folder.is_symlink():
        raise PermissionError(f"{folder} is somebody else's: delete it")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
