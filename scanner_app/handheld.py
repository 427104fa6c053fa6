"""A handheld's data directory, opened: lock, journal, cache and session over them."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path

import msgspec

from config import own_files
from scanner_app.cache import Cache
from scanner_app.clockwork import Clock
from scanner_app.feeding import CACHE_LOST
from scanner_app.journal import Journal
from scanner_app.scanners.learned import LearnedScanners
from scanner_app.session import Session, SessionSettings
from scanner_app.storage_errors import StoreError

JOURNAL_FILE = "journal.db"
CACHE_FILE = "cache.db"
LOCK_FILE = "lock"
CLOSED_FILES = ("identity.json", "ca.pem", "scanners.json")
"""What else is nobody else's business, also where an earlier version or another hand left it open."""


class Handheld:
    """Everything that one data directory holds. One process at a time may have it open for writing."""

    def __init__(self, folder: Path, clock: Clock, settings: SessionSettings, *, device: str = "") -> None:
        """Opens or makes the directory's files. Raises :class:`StoreError` with one plain sentence."""
        self.folder = folder
        self.clock = clock
        self.settings = settings
        self._lock = _locked(folder)
        try:
            self.journal = Journal(folder / JOURNAL_FILE, device=device)
            self.cache = Cache(folder / CACHE_FILE)
            self.scanners = LearnedScanners(folder)
            self.session = self._opened()
        except BaseException:
            os.close(self._lock)
            raise
        if self.cache.replaced:
            self.session.trouble = CACHE_LOST

    def _opened(self) -> Session:
        """The session; over an empty cache where the one that is there cannot be read."""
        try:
            return self._new_session()
        except (sqlite3.Error, msgspec.MsgspecError) as error:
            if isinstance(error, sqlite3.Error) and self.cache.sound():
                raise StoreError(f"this handheld's data cannot be read ({error}): check the disk") from error
        self.cache.begin_again()
        return self._new_session()

    def _new_session(self) -> Session:
        return Session(self.journal, self.cache, self.clock, self.settings, self.scanners)

    def renew_session(self) -> Session:
        """A new session after the cache was filled by other means than the feed."""
        self.session = self._new_session()
        return self.session

    def crash(self) -> None:
        """As a power cut leaves it, for replay: the lock is gone, nothing is tidied up."""
        os.close(self._lock)

    def close(self) -> None:
        """Tidily: files closed, lock released."""
        self.journal.close()
        self.cache.close()
        os.close(self._lock)


def _locked(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"the data directory {folder} cannot be used ({error.strerror}): name another with --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise StoreError(
            f"the data directory {folder} is in use by another program: close that first"
        ) from error
    databases = (file for name in (JOURNAL_FILE, CACHE_FILE) for file in own_files.with_logs(folder / name))
    own_files.close((*databases, *(folder / name for name in CLOSED_FILES)))
    return lock
