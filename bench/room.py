"""Where a benchmark runs: a folder on a real disk, and the size of the run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

IN_MEMORY = frozenset({"tmpfs", "ramfs"})
"""File systems on which a flush costs nothing: figures from them would flatter."""


class Room(NamedTuple):
    """A folder that is gone afterwards, and whether the run is a short one."""

    folder: Path
    quick: bool
    full: bool = False
    """Whether what takes many minutes is wanted in its whole size."""

    def size(self, full: int, quick: int) -> int:
        """How many of something: ``quick`` shows that the benchmark works, ``full`` gives figures worth keeping."""
        return quick if self.quick else full

    def need(self, bytes_free: int) -> None:
        """Raises :class:`OSError` where the disk has less room than a benchmark may use."""
        free = shutil.disk_usage(self.folder).free
        if free < bytes_free:
            needed, there = bytes_free // 2**20, free // 2**20
            raise OSError(
                f"{self.folder} has {there} MiB free and {needed} are needed: name another with --folder"
            )


def file_system(path: Path) -> str:
    """The type of the file system that a folder lies on; empty where the system does not tell."""
    found, longest = "", -1
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return ""
    for line in mounts:
        _, where, kind, *_ = line.split()
        if path.resolve().is_relative_to(where) and len(where) > longest:
            found, longest = kind, len(where)
    return found


@contextmanager
def room(folder: Path | None, *, quick: bool, full: bool = False) -> Iterator[Room]:
    """A new folder under ``folder``, or under the system's own for temporary files if that is on a disk."""
    under = folder or Path(tempfile.gettempdir())
    if folder is None and file_system(under) in IN_MEMORY and Path("/var/tmp").is_dir():
        under = Path("/var/tmp")
    under.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=under) as made:
        yield Room(Path(made), quick, full)
