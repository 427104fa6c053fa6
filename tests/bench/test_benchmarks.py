"""Every benchmark runs, and says what it found in a form that a program reads. No figure is judged here."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.__main__ import BENCHMARKS
from bench.figures import Figure, median, p99

ROOT = Path(__file__).parents[2]


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--folder", str(folder), *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_runs_and_says_what_it_found(name: str, tmp_path: Path) -> None:
    ran = bench(tmp_path, name, "--json")
    assert ran.returncode == 0, ran.stderr
    head, found = (msgspec.json.decode(line) for line in ran.stdout.splitlines())
    assert head["quick"] is True
    assert head["processors"] >= 1
    assert found["benchmark"] == name
    assert found["against"]
    assert any(figure["budget"] is not None for figure in found["figures"])
    for figure in found["figures"]:
        assert_sane(figure)
    assert list(tmp_path.iterdir()) == [], "it leaves nothing behind"


def assert_sane(figure: dict[str, Any]) -> None:
    if (
        figure["value"] is None
    ):  # strace is not everywhere, and a short run has too few frames for a hard scene
        assert figure["name"].startswith(("flushes per scan", "first read"))
        return
    grown = "memory, from" in figure["name"]  # none at all is the best there is
    assert figure["value"] > 0 or (grown and figure["value"] == 0), figure
    assert figure["unit"]
    assert figure["standing"] in ({"ok", "over"} if figure["budget"] is not None else {""}), figure


def test_the_table_shows_the_budget_beside_the_figure(tmp_path: Path) -> None:
    ran = bench(tmp_path, "scan")
    assert ran.returncode == 0, ran.stderr
    assert "QUICK RUN" in ran.stdout
    line = next(line for line in ran.stdout.splitlines() if "durable scan / raw, p50" in line)
    assert "<= 1.50" in line
    assert line.endswith(("ok", "over"))


def test_a_wrong_name_is_refused_in_one_sentence(tmp_path: Path) -> None:
    ran = bench(tmp_path, "nonsense")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1
    assert "nonsense" in ran.stderr


def figure(value: float, bound: Any = "at most", budget: float | None = 2.0) -> Figure:
    return Figure(name="x", value=value, unit="x", budget=budget, bound=bound)


def test_a_budget_is_a_ceiling_a_floor_or_the_very_number() -> None:
    assert [figure(value).standing for value in (1.9, 2.0, 2.1)] == ["ok", "ok", "over"]
    assert [figure(value, "at least").standing for value in (1.9, 2.0, 2.1)] == ["over", "ok", "ok"]
    assert [figure(value, "exactly").standing for value in (1.0, 2.0, 3.0)] == ["over", "ok", "over"]
    assert figure(math.inf, budget=None).standing == ""


def test_shares_of_many_and_of_one() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert (median([7.0]), p99([7.0])) == (7.0, 7.0)
    assert p99([float(number) for number in range(1000)]) == 990.0


def test_the_page_on_performance_tells_of_every_benchmark() -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert [name for name in BENCHMARKS if f"### {name}" not in page] == []
