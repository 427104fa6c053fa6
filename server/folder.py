"""The folder: a thread that follows the ledger, so that uploads never wait for projections."""

from __future__ import annotations

import logging
import threading

from server import backup_note, projection
from server.news import News
from server.storage import Storage, StorageError

LOOK_S = 5
"""So often it looks by itself: for what failed before, and for what a backup left."""
LOG = logging.getLogger(__name__)


class Folder:
    """Folds whatever is new whenever it is woken. Its place is in the database, so it restarts from any point."""

    def __init__(self, storage: Storage, news: News) -> None:
        self._storage = storage
        self._news = news
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._follow, name="folder", daemon=True)
        self.trouble = ""
        """Why it cannot go on just now; empty when all is well."""

    def start(self) -> None:
        """Begin, with whatever was left over."""
        self._storage.follow(self._told)
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """There is something new in the ledger."""
        self._woken.set()

    def _told(self) -> None:
        """Another server took events in, or folded some."""
        self.wake()
        self._news.announce()

    def stop(self) -> None:
        """End after the transaction in hand."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self) -> int:
        """Fold everything that is there now, in the caller's thread; how many events that were."""
        total = 0
        while not self._stopping and self._storage.leads() and (count := projection.fold_next(self._storage)):
            total += count
            self._news.announce()
        return total

    def _follow(self) -> None:
        while not self._stopping:
            self._woken.wait(LOOK_S)
            self._woken.clear()
            try:
                self.catch_up()
                backup_note.take(self._storage)
                self.trouble = ""
            except StorageError as error:
                self.trouble = str(error)
                LOG.error("the projections cannot follow: %s", error)
