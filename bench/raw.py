"""Raw limits: what the machine gives with nothing of ours in between."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter_ns
from types import TracebackType
from typing import Self

PAGE_BYTES = 4096


class DurableAppends:
    """Appends a page to a file and waits until the disk has it: the least that a durable scan can cost."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._page = os.urandom(PAGE_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def one_ns(self) -> int:
        """Nanoseconds for one page."""
        begin = perf_counter_ns()
        os.write(self._file, self._page)
        os.fdatasync(self._file)
        return perf_counter_ns() - begin


def read_page_ns(file: int, offset: int) -> int:
    """Nanoseconds for reading one page of an open file."""
    begin = perf_counter_ns()
    os.pread(file, PAGE_BYTES, offset)
    return perf_counter_ns() - begin


def forget(path: Path) -> None:
    """Drops a file from the system's memory, so that the next read comes from the disk. Needs no rights."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(file)  # dirty pages would stay
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)
