"""What an answer costs: exactly one flush to the disk for each scan that writes an event, before it is answered."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from scanner_app.journal import Journal
from scanner_app.journal import connect as plain
from scanner_app.storage_errors import StoreError

ROOT = Path(__file__).parents[2]
CALL = re.compile(r"\b(fdatasync|fsync)\(|\bwrite\(1, \"answer (\w+) (\d+)\\n")


class Cost(NamedTuple):
    """One answer, the events that it wrote, and the flushes since the answer before."""

    code: str
    events: int
    flushes: int


def costs(trace: str) -> list[Cost]:
    """The answers of a trace."""
    found: list[Cost] = []
    flushes = 0
    for call in CALL.finditer(trace):
        if call[1]:
            flushes += 1
        else:
            found.append(Cost(call[2], int(call[3]), flushes))
            flushes = 0
    return found


@pytest.fixture
def answers(tmp_path: Path) -> list[Cost]:
    """The answers of one process under strace."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed: apt install strace")
    trace = tmp_path / "trace"
    command = [strace, "-f", "-e", "trace=fdatasync,fsync,write", "-o", str(trace)]
    process = [sys.executable, "-m", "tests.durability.flush_process", str(tmp_path / "data")]
    done = subprocess.run([*command, *process], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and "answer" not in done.stdout:
        pytest.skip(f"processes may not be traced here: {done.stderr.strip()[:200]}")
    return costs(trace.read_text())


def test_a_scan_that_writes_an_event_costs_exactly_one_flush(answers: list[Cost]) -> None:
    first = next(place for place, one in enumerate(answers) if one.events)
    idle = next(place for place, one in enumerate(answers) if one.code == "idle")
    writing = [one for one in answers[first:idle] if one.events]
    assert [one.flushes for one in writing] == [1] * 13, writing
    assert {one.code for one in writing} == {"received", "undone", "unknown_code"}
    # The log begins anew when it was moved into the file: its first scan flushes the log's head as well.
    after = [one.flushes for one in answers[idle + 1 :]]
    assert after == [2, 1, 1]
    # An answer that changes nothing costs nothing.
    assert [one.flushes for one in answers if one.code == "repeat"] == [0]


def test_the_journal_is_opened_durably_and_reads_that_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    run = journal.connection.execute
    assert run("PRAGMA journal_mode").fetchone() == ("wal",)
    assert run("PRAGMA synchronous").fetchone() == (2,)
    journal.close()


@pytest.mark.parametrize("deaf_to", ["PRAGMA synchronous=FULL", "PRAGMA journal_mode=WAL"])
def test_a_store_that_will_not_be_durable_is_refused(tmp_path: Path, deaf_to: str) -> None:
    class Deaf:
        """A connection on which one setting has no effect, as on some network file systems."""

        def __init__(self, path: Path) -> None:
            self._connection = plain(path)
            self._connection.execute("PRAGMA synchronous=NORMAL")

        def execute(self, sql: str, *values: Any) -> Any:
            return self._connection.execute("SELECT 1" if sql == deaf_to else sql, *values)

        def close(self) -> None:
            self._connection.close()

    with pytest.raises(StoreError, match=r"will not be durable here .*: move it to a disk"):
        Journal(tmp_path / "journal.db", connect=lambda path: cast(Any, Deaf(path)))
