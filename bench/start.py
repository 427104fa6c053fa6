"""Start: from the start of the process to the first picture that asks for a scan, and the memory that it then has.

Against a bare Textual app, by turns. Every start of ours is proven ready by a scan that it answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from bench.bare_screen import PROMPT
from bench.figures import Figure, Result, median
from bench.room import Room
from bench.screen import OURS_PROMPT, prepare
from bench.terminal import Terminal
from bench.workplace import serial

STARTS = (15, 2)
SETTLED_MS = (2000, 200)
"""After so long, milliseconds, everything that is loaded behind the first picture is there."""
RATIO_BUDGET, RSS_BUDGET_MIB = 1.35, 60.0


class Started(NamedTuple):
    """One start."""

    ms: float
    rss_mib: float
    settled_mib: float = 0.0


def run(room: Room) -> Result:
    """Starts both by turns; the first of each, which finds nothing in the system's memory, does not count."""
    folder = room.folder / "start"
    prepare(folder / "data")
    ours: list[Started] = []
    bare: list[Started] = []
    for number in range(1 + room.size(*STARTS)):
        bare.append(_bare(folder))
        ours.append(_ours(folder, number, room.size(*SETTLED_MS) / 1e3))
    ours, bare = ours[1:], bare[1:]
    ours_ms, bare_ms = median([one.ms for one in ours]), median([one.ms for one in bare])
    return Result(
        benchmark="start",
        against="a bare Textual app with one Static",
        figures=(
            Figure(name="start / bare, p50", value=ours_ms / bare_ms, unit="x", budget=RATIO_BUDGET),
            Figure(name="start, p50", value=ours_ms, unit="ms"),
            Figure(name="bare, p50", value=bare_ms, unit="ms"),
            Figure(
                name="memory when it takes scans, most",
                value=max(one.rss_mib for one in ours), unit="MiB", budget=RSS_BUDGET_MIB,
            ),
            Figure(
                name="memory after a scan and two seconds, most",
                value=max(one.settled_mib for one in ours), unit="MiB", budget=RSS_BUDGET_MIB,
            ),
            Figure(name="bare, memory, most", value=max(one.rss_mib for one in bare), unit="MiB"),
        ),
    )  # fmt: skip


def _bare(folder: Path) -> Started:
    with Terminal(["-m", "bench.bare_screen"], folder) as terminal:
        ready_s = terminal.seen_s(PROMPT.encode())
        return Started((ready_s - terminal.begun_s) * 1e3, terminal.rss_mib())


def _ours(folder: Path, number: int, settled_s: float) -> Started:
    with Terminal(["-m", "scanner_app", "--data", str(folder / "data")], folder) as terminal:
        ready_s = terminal.seen_s(OURS_PROMPT)
        rss_mib = terminal.rss_mib()
        text = serial(number).encode()
        terminal.send(text + b"\r")
        terminal.seen_s(text)
        terminal.idle(settled_s)
        return Started((ready_s - terminal.begun_s) * 1e3, rss_mib, terminal.rss_mib())
