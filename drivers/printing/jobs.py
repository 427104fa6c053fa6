"""Print jobs as files, kept until they are printed: a printer that is off, or a crash, loses none.

A job's file is renamed as it goes: ``.waiting``, ``.sending``, then ``.printed`` (or ``.refused``,
where it cannot be drawn any more). One that was being sent when the
printer or this program died may be on paper or not; it is printed again, and that it was is said and kept.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, cast

import msgspec

JOBS_MAX = 10_000
"""Jobs that may wait; one more is refused."""

PRINTED_KEPT = 200
"""Printed jobs that are kept for reprinting, the newest."""

State = Literal["waiting", "sending", "printed", "refused"]
_OPEN = frozenset({"waiting", "sending"})
_NAME = re.compile(r"(\d{8})\.(waiting|sending|printed|refused)")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One label, as often as asked for."""

    id: int
    template: str
    values: dict[str, str]
    copies: int
    codes: tuple[tuple[str, str], ...]
    """AIM id and text of the codes on it, to verify the printed label by a scan."""
    created_ms: int
    attempts: int = 0
    """How often it was begun to be sent."""
    again: bool = False
    """It was interrupted once: its label may exist twice."""
    reprint_of: int = 0
    verified_ms: int = 0
    """When a scan of the printed label said what it should; 0 for not yet."""


class JobsFull(Exception):
    """Too many jobs wait."""


class Jobs:
    """The jobs of one printer, in a folder of their own. One process at a time prints from it; any may look."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(
        self,
        template: str,
        values: Mapping[str, str],
        codes: list[tuple[str, bytes]],
        *,
        copies: int = 1,
        reprint_of: int = 0,
    ) -> Job:
        """A new job, durable when this returns. Raises :class:`JobsFull`, OSError."""
        there = self._all()
        if sum(state in _OPEN for _, state in there) >= JOBS_MAX:
            raise JobsFull(f"{JOBS_MAX} labels wait to be printed: switch the printer on")
        number = max((number for number, _ in there), default=0)
        while True:
            number += 1
            job = Job(
                id=number,
                template=template,
                values=dict(values),
                copies=copies,
                codes=tuple((aim, raw.decode("utf-8", "replace")) for aim, raw in codes),
                created_ms=time.time_ns() // 1_000_000,
                reprint_of=reprint_of,
            )
            if self._claim(job):
                return job

    def next_job(self) -> Job | None:
        """The oldest job that is not printed. One that was interrupted comes as ``again``."""
        for number, state in self._all():
            if state not in _OPEN:
                continue
            job = self._read(number, state)
            if job is None:
                continue
            return msgspec.structs.replace(job, again=True) if state == "sending" else job
        return None

    def begin(self, job: Job) -> Job:
        """Note, durably, that it is about to be sent: from here on it may be on paper."""
        begun = msgspec.structs.replace(job, attempts=job.attempts + 1)
        self._move(begun, "sending")
        return begun

    def untouched(self, job: Job) -> None:
        """Nothing of it has reached the printer: it waits as if it had not been begun."""
        self._move(msgspec.structs.replace(job, attempts=job.attempts - 1), "waiting")

    def printed(self, job: Job) -> None:
        """The printer has all of it."""
        self._done(job, "printed")

    def refuse(self, job: Job) -> None:
        """It cannot be drawn: its template is gone or changed."""
        self._done(job, "refused")

    def _done(self, job: Job, state: State) -> None:
        self._move(job, state)
        done = [(number, known) for number, known in self._all() if known not in _OPEN]
        for number, known in done[:-PRINTED_KEPT]:
            self._path(number, known).unlink(missing_ok=True)

    def find(self, number: int) -> Job | None:
        """A job by its number, printed ones too."""
        for known, state in self._all():
            if known == number:
                return self._read(number, state)
        return None

    def every(self) -> list[tuple[State, Job]]:
        """All jobs, the oldest first."""
        found = [(state, self._read(number, state)) for number, state in self._all()]
        return [(state, job) for state, job in found if job is not None]

    def verify(self, number: int, symbology_id: str, raw: bytes) -> bool:
        """Whether a scan is one of the codes that this job should have put on paper; noted if so."""
        job = self.find(number)
        text = raw.decode("utf-8", "replace")
        if job is None or not any(
            code == text and (not symbology_id or symbology_id == aim) for aim, code in job.codes
        ):
            return False
        state = next(state for known, state in self._all() if known == number)
        self._write(msgspec.structs.replace(job, verified_ms=time.time_ns() // 1_000_000), state)
        return True

    @contextmanager
    def printing(self) -> Iterator[bool]:
        """True while no other process prints from this folder, and none will within."""
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)

    # -- files -----------------------------------------------------------------------------------------------------

    def _all(self) -> list[tuple[int, State]]:
        found: list[tuple[int, State]] = []
        for entry in self.folder.iterdir():
            name = _NAME.fullmatch(entry.name)
            if name:
                found.append((int(name[1]), cast("State", name[2])))
        return sorted(found)

    def _path(self, number: int, state: State) -> Path:
        return self.folder / f"{number:08d}.{state}"

    def _read(self, number: int, state: State) -> Job | None:
        try:
            return msgspec.json.decode(self._path(number, state).read_bytes(), type=Job)
        except (OSError, msgspec.MsgspecError):  # moved on meanwhile, or torn by a full disk
            return None

    def _claim(self, job: Job) -> bool:
        """Write a new job; False where another process was quicker with the number."""
        draft = self.folder / f"{job.id:08d}.{os.getpid()}.draft"
        self._store(draft, job)
        try:
            os.link(draft, self._path(job.id, "waiting"))
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        self._sync_folder()
        return True

    def _move(self, job: Job, state: State) -> None:
        olds = [known for number, known in self._all() if number == job.id and known != state]
        self._write(job, state)
        for old in olds:
            self._path(job.id, old).unlink(missing_ok=True)
        self._sync_folder()

    def _write(self, job: Job, state: State) -> None:
        draft = self.folder / f"{job.id:08d}.{os.getpid()}.draft"
        self._store(draft, job)
        draft.replace(self._path(job.id, state))
        self._sync_folder()

    @staticmethod
    def _store(path: Path, job: Job) -> None:
        with path.open("wb") as file:
            file.write(msgspec.json.encode(job))
            file.flush()
            os.fsync(file.fileno())

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
