"""Reading a code: the reader alone and as the session asks it, against ``biip.parse`` on the same codes by turns.

The codes are those of the manual's table of standards, the cases of the tests, and the test vectors where they lie
beside the checkout. What it costs to load is measured in processes of their own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from time import perf_counter_ns

from bench.figures import Figure, Result, median, p99
from bench.room import Room
from scanner_app.commands.standards import EXAMPLES
from scanner_app.scanners.reading import understood
from tests import vectors
from tests.tracking.identifiers.cases import CASES
from tracking.identifiers.parsers import load_all
from tracking.identifiers.reader import read

TODAY = date(2026, 11, 23)
ROUNDS = (15, 1)
"""How often every code is read; the quickest time of a code counts, so that other programs do not."""
STARTS = (9, 1)
MEDIAN_BUDGET_US, P99_BUDGET_US = 300.0, 2000.0
LOAD_BUDGET = 1.0
"""Loading the reader, by loading biip."""

_LOAD = (
    "import time, datetime, re, calendar; import tracking.site; begin = time.perf_counter_ns();"
    "import {module}; print(time.perf_counter_ns() - begin)"
)

Code = tuple[str, str]


def run(room: Room) -> Result:
    """Reads every code in turn by ours, as the session asks, and by biip."""
    from biip import parse as biip_parse

    codes = _codes()
    load_all()
    ours, session, theirs = (
        _quickest(codes, one, room.size(*ROUNDS))
        for one in (
            lambda text, aim: read(text, aim, today=TODAY),
            lambda text, aim: understood(text, aim, today=TODAY),
            lambda text, aim: _tried(biip_parse, aim + text),
        )
    )
    load, load_biip = (
        _load_ms(module, room.size(*STARTS)) for module in ("tracking.identifiers.reader", "biip")
    )
    return Result(
        benchmark="read",
        against=f"biip.parse alone, on the same {len(codes):,} codes",
        figures=(
            Figure(name="reading a code, p50", value=median(ours), unit="us", budget=MEDIAN_BUDGET_US),
            Figure(name="reading a code, p99", value=p99(ours), unit="us", budget=P99_BUDGET_US),
            Figure(
                name="as the session reads it, p50", value=median(session), unit="us", budget=MEDIAN_BUDGET_US
            ),
            Figure(name="as the session reads it, p99", value=p99(session), unit="us", budget=P99_BUDGET_US),
            Figure(name="slowest code", value=max(session), unit="us"),
            Figure(name="biip, p50", value=median(theirs), unit="us"),
            Figure(name="biip, p99", value=p99(theirs), unit="us"),
            Figure(name="session / biip, p50", value=median(session) / median(theirs), unit="x"),
            Figure(name="loading the reader", value=load, unit="ms"),
            Figure(name="loading biip", value=load_biip, unit="ms"),
            Figure(name="loading / loading biip", value=load / load_biip, unit="x", budget=LOAD_BUDGET),
        ),
    )


def _codes() -> list[Code]:
    codes = [(example.text, example.symbology_id) for example in EXAMPLES]
    codes += [(case.raw, case.symbology_id) for case in CASES]
    for file in vectors.files():
        codes += [(one["raw"], one.get("symbology_id", "")) for one in vectors.records(file)]
    return codes


def _quickest(codes: list[Code], one: Callable[[str, str], object], rounds: int) -> list[float]:
    """Microseconds a code, the quickest of all rounds."""
    took = [float("inf")] * len(codes)
    for _ in range(rounds):
        for place, (text, aim) in enumerate(codes):
            begin_ns = perf_counter_ns()
            one(text, aim)
            took[place] = min(took[place], (perf_counter_ns() - begin_ns) / 1e3)
    return took


def _tried(parse: Callable[[str], object], text: str) -> object:
    """What biip answers; it raises for what it cannot read."""
    try:
        return parse(text)
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return error


def _load_ms(module: str, starts: int) -> float:
    """Milliseconds to import a module beside what every program of ours has loaded."""
    script = _LOAD.format(module=module)
    took = []
    for _ in range(1 + starts):  # the first finds nothing in the system's memory
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        took.append(int(done.stdout) / 1e6)
    return statistics.median(took[1:] if len(took) > 1 else took)
