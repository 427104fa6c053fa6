"""A file that only takes up room: given back to the disk when it is full, so that syncing and exporting still work."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

BALLAST_BYTES = 4 * 1024 * 1024
ROOM_FACTOR = 4
"""The ballast is only made where the disk has so many times its size."""


class Ballast:
    """Made whole or not at all; while it is gone because the disk was full, no new event may use its room."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.spent = not path.exists() and self._free_bytes() < BALLAST_BYTES
        """True from a full disk until there is room again."""

    def keep(self) -> bool:
        """Makes the file where it is missing and there is room; True where it is there."""
        if self._path.exists():
            self.spent = False
            return True
        return self._make(ROOM_FACTOR * BALLAST_BYTES)

    def _make(self, room_bytes: int) -> bool:
        if self._free_bytes() < room_bytes:
            return False
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
        except OSError:
            # Half a ballast would be taken for a whole one.
            self.give_back()
            return False
        self.spent = False
        return True

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Its room for a moment, to whoever gives more back than that."""
        there = self._path.exists()
        self.give_back()
        try:
            yield
        finally:
            if there:
                self.spent = not self._make(BALLAST_BYTES)

    def give_back(self) -> None:
        """The disk is full."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def spend(self) -> None:
        """The disk is full: its room is for syncing and exporting, and no longer for scans."""
        self.give_back()
        self.spent = True

    def _free_bytes(self) -> int:
        try:
            stat = os.statvfs(self._path.parent)
        except OSError:
            return 0
        return stat.f_bavail * stat.f_frsize
