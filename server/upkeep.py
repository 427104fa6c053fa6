"""What a server does now and then beside its work: snapshots that somebody asked for, what is over is removed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from server.compaction import compact
from server.snapshots import Snapshots
from server.storage import Storage, StorageError
from server.wrong_secrets import forget_old

LOOK_S = 600.0
LOG = logging.getLogger(__name__)


class Upkeep:
    """A thread of low urgency; nothing waits for it."""

    def __init__(self, storage: Storage, snapshots: Snapshots, now_ms: Callable[[], int]) -> None:
        self._storage, self._snapshots, self._now_ms = storage, snapshots, now_ms
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._follow, name="upkeep", daemon=True)
        snapshots.on_wanted(self._woken.set)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self) -> None:
        """All of it, in the caller's thread. What cannot be done now is done another time."""
        try:
            self._snapshots.make_wanted()
            if not self._stopping and self._storage.leads():
                compact(self._storage, self._now_ms())
                forget_old(self._storage, self._now_ms())
                self._snapshots.look_after()
        except StorageError as error:
            LOG.error("what is over cannot be removed: %s", error)

    def _follow(self) -> None:
        while not self._stopping:
            self._woken.wait(LOOK_S)
            self._woken.clear()
            if not self._stopping:
                self.once()
