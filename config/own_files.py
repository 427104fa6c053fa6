"""Whose the files are that this program makes: its account's alone, but for what a person asked for by name.

Scans, tokens and keys lie in folders that somebody may have made open to all. So the process begins with a mask that
lets nobody else in, and what is there already from a time before is closed where it is opened. A label sheet or a
picture that a person wants in a file of theirs is made as the account makes its files otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o077
"""What a mask takes away from everybody else; of a file's mode, the rights that others have."""
_ANY_FILE: Final = 0o666

_callers: list[int] = []
"""The mask that the account gave this process; empty where the process never took one of its own."""


def begin() -> None:
    """At the process's start, before anything is written."""
    _callers[:] = [os.umask(OWNER_ONLY)]


@contextmanager
def asked_for() -> Iterator[None]:
    """For a file that a person named. For commands; while other threads write, use :func:`share`."""
    before = os.umask(_callers[0]) if _callers else None
    try:
        yield
    finally:
        if before is not None:
            os.umask(before)


def share(file: Path) -> None:
    """A new file that is meant for other programs of this machine: as the account makes its files otherwise."""
    if _callers:
        file.chmod(_ANY_FILE & ~_callers[0])


def close(files: Iterable[Path]) -> None:
    """Takes from others what rights they have to these; one that is missing or another account's stays as it is."""
    for file in files:
        with suppress(OSError):
            there = file.stat().st_mode
            if there & OWNER_ONLY:
                file.chmod(there & ~OWNER_ONLY & 0o7777)


def with_logs(database: Path) -> tuple[Path, ...]:
    """A SQLite file and what SQLite keeps beside it, which it makes with the rights of the file itself."""
    return database, *(database.with_name(database.name + tail) for tail in ("-wal", "-shm"))
