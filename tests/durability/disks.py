"""Folders for tests that open files by the hundred, and a disk that can be filled."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what is on it is judged by a log of writes, not by the disk."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="scanner-test-") as folder:
        yield Path(folder)


class SmallDisk:
    """A file system with little room, and a file that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave_bytes: int) -> None:
        """Takes all the room but so much, however others write meanwhile."""
        with self._filler.open("ab") as file:
            while (room := self._room() - leave_bytes) > 0:
                with suppress(OSError):  # somebody took of it since it was measured
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, room)

    def _room(self) -> int:
        stat = os.statvfs(self.folder)
        return stat.f_bavail * stat.f_frsize

    def empty(self) -> None:
        """The room is back."""
        self._filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 32 MB, where mounting one is allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip(
            "only root may mount a small disk: the bounded file size of the other tests stands in for it"
        )
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
