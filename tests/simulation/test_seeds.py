"""Four hundred runs of a fleet under everything that can go wrong: nothing is lost, nothing doubled, all agree."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.play import STEPS, again, play
from tests.simulation.tally import Seen

SEEDS, GROUPS = 400, 16
ANSWERS = {
    "stored",
    "duplicate",
    "gap",
    "fork",
    "fenced",
    "held",
    "quarantined",
    "read",
    "202",
    "206",
    "401",
    "403",
    "410",
    "413",
    "429",
    "503",
}
"""Every row of the protocol's table that a handheld can be answered with; silence is among the faults."""
FAULTS = {
    "lost", "swallowed", "late", "twice", "cut", "busy", "partition", "handheld crash", "handheld disk full",
    "cache lost", "clock step", "lying clock", "server crash", "server disk full", "backup", "restore", "older restore",
    "clone", "old image", "new token", "revoked", "newer program", "newcomer", "small server", "file", "thief",
}  # fmt: skip


@pytest.mark.parametrize("group", range(GROUPS))
def test_nothing_is_lost_or_doubled_and_everything_agrees_in_the_end(group: int) -> None:
    each = SEEDS // GROUPS
    failed = []
    for seed in range(group * each, (group + 1) * each):
        played = play(seed)
        if played.failure:
            failed.append(f"{played.failure}\n  again: {again(seed, STEPS)}")
    assert not failed, "\n".join(failed)


MET = {"old events gone", "lost range", "accepted", "by file", "known by file", "clock ahead"}
"""What the product did of itself."""


def test_every_answer_and_every_misfortune_was_met() -> None:
    seen = Seen()
    for seed in range(300_000, 300_400):
        if seen.answers.keys() >= ANSWERS and seen.faults.keys() >= FAULTS and (+seen.met).keys() >= MET:
            return
        seen.add(play(seed, 2 * STEPS).seen)
    missed = (ANSWERS - seen.answers.keys(), FAULTS - seen.faults.keys(), MET - (+seen.met).keys())
    assert missed == (set(), set(), set())


def test_a_seed_plays_the_same_in_every_process(tmp_path: Path) -> None:
    said = set()
    for order in ("1", "2"):  # whatever order sets have
        environment = {**os.environ, "PYTHONHASHSEED": order, "PYTHONPATH": str(Path(__file__).parents[2])}
        ran = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "--seed", "12", "--each", str(STEPS)],
            env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        said.add(ran.stdout)
    assert len(said) == 1
    assert "everything held" in said.pop()
