"""Scan to screen: from the last byte that a scanner types to the first picture that shows its serial number.

The real program with journal, session and screens, against a bare Textual app that shows each line it is typed. Both
in pseudo-terminals of 80 by 24, by turns, at twenty scans a second each.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from bench.bare_screen import PROMPT
from bench.figures import Figure, Result, median, p99
from bench.room import Room
from bench.terminal import Terminal
from bench.workplace import Workplace, serial

SCANS = (600, 15)
WARM_UP = 10
GAP_S = 1 / 20
"""Between two scans of the same program."""
OURS_PROMPT = b"Scan the SERIAL"
RATIO_BUDGET, P99_BUDGET_MS = 1.5, 50.0


def run(room: Room) -> Result:
    """Scans into both by turns."""
    folder = room.folder / "screen"
    prepare(folder / "data")
    ours: list[float] = []
    bare: list[float] = []
    with (
        Terminal(["-m", "bench.bare_screen"], folder) as other,
        Terminal(["-m", "scanner_app", "--data", str(folder / "data")], folder) as real,
    ):
        other.seen_s(PROMPT.encode())
        real.seen_s(OURS_PROMPT)
        begin_s = perf_counter()
        for number in range(WARM_UP + room.size(*SCANS)):
            due_s = begin_s + number * GAP_S
            other.idle(due_s - perf_counter())
            bare.append(_shown_ms(other, number))
            real.idle(due_s + GAP_S / 2 - perf_counter())
            ours.append(_shown_ms(real, number))
    ours, bare = ours[WARM_UP:], bare[WARM_UP:]
    return Result(
        benchmark="screen",
        against="a bare Textual app with one Static, typed into in the same way",
        figures=(
            Figure(
                name="scan to screen / bare, p50",
                value=median(ours) / median(bare),
                unit="x",
                budget=RATIO_BUDGET,
            ),
            Figure(name="scan to screen, p50", value=median(ours), unit="ms"),
            Figure(name="scan to screen, p99", value=p99(ours), unit="ms", budget=P99_BUDGET_MS),
            Figure(name="bare, p50", value=median(bare), unit="ms"),
            Figure(name="bare, p99", value=p99(bare), unit="ms"),
        ),
    )


def prepare(folder: Path) -> None:
    """A data directory as a worker left it: an order open, the next serial asked for."""
    Workplace(folder).close()


def _shown_ms(terminal: Terminal, number: int) -> float:
    text = serial(number).encode()
    terminal.mark()
    sent_s = terminal.send(text + b"\r")
    return (terminal.seen_s(text) - sent_s) * 1e3
