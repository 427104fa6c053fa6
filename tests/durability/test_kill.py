"""kill -9 at random moments of a running shift: every green answer is in the journal, and the work goes on there."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scanner_app.audit import verify
from scanner_app.clockwork import SystemClock
from scanner_app.handheld import Handheld
from scanner_app.presenter import Presenter
from tests.durability.shift_process import DEVICE, SETTINGS, picture
from tracking.events import Event, decode_body

KILLS = int(os.environ.get("SCANNER_TEST_KILLS", "100"))
SEED = 20_261_123


class Worker:
    """The process that forks workers."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.shift_process", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )

    def killed(self, pictures_max: int, delay_s: float) -> list[dict[str, Any]]:
        """Starts a worker, kills it when it has shown so many pictures and the delay is over; what it showed."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"start\n")
        self._process.stdin.flush()
        shown: list[dict[str, Any]] = []
        pid = 0
        while not pid or len(shown) < pictures_max:
            said = self._line()
            pid = pid or said.get("pid", 0)
            if "seq" in said:
                shown.append(said)
        time.sleep(delay_s)
        os.kill(pid, signal.SIGKILL)
        while "ended" not in (said := self._line()):
            shown.append(said)
        assert said["ended"] == signal.SIGKILL, "it was to be killed in the middle of its work"
        return shown

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def end(self) -> None:
        """No more workers."""
        self._process.communicate(timeout=20)


def in_stock(events: list[Event]) -> int:
    """How many units stand received, counted by hand."""
    cancelled = {event.cancels for event in events if event.cancels}
    return sum(
        event.step == "receiving" and not event.cancels and event.ref not in cancelled for event in events
    )


def test_a_hundred_kills_lose_no_green_answer_and_no_count(quick: Path) -> None:
    data, copy = quick / "data", quick / "copy"
    chance = random.Random(SEED)
    worker = Worker(data)
    greens: dict[int, str] = {}
    before: dict[str, Any] = {}
    try:
        for kill in range(KILLS):
            shown = worker.killed(chance.choice((0, chance.randint(1, 60))), chance.uniform(0, 0.008))
            if before and shown:
                # The new start shows what the copy of the files showed.
                assert {name: shown[0][name] for name in ("prompt", "progress", "stopped", "seq")} == before
            greens |= {
                one["seq"]: one["text"] for one in shown if one["level"] == "ok" and one["word"] == "RECEIVED"
            }
            shutil.copytree(data, copy)  # so that the next start finds the files as the kill left them
            before = look(copy, shown, greens, f"kill {kill}")
            shutil.rmtree(copy)
    finally:
        worker.end()
    assert len(greens) > 5 * KILLS, len(greens)


def look(copy: Path, shown: list[dict[str, Any]], greens: dict[int, str], where: str) -> dict[str, Any]:
    """Opens the files and holds them against everything that was shown so far."""
    handheld = Handheld(copy, SystemClock(), SETTINGS)
    journal = handheld.journal
    events = [
        decode_body(body, device=DEVICE, epoch=epoch, seq=seq) for epoch, seq, body, _ in journal.rows()
    ]
    assert [event.seq for event in events] == list(range(1, journal.seq + 1)), where
    assert verify(journal).findings == (), where
    assert {seq: events[seq - 1].serial for seq in greens if seq <= len(events)} == greens, where
    now = picture(Presenter(handheld.session).view(), journal.seq)
    if shown:
        last = shown[-1]
        assert 0 <= journal.seq - last["seq"] <= 1, where
        if journal.seq == last["seq"]:
            assert (now["prompt"], _listed(now["progress"])) == (last["prompt"], last["progress"]), where
    if handheld.session.state.document:
        assert handheld.session.progress() == (in_stock(events), 100_000), where
    handheld.close()
    return {name: _listed(now[name]) for name in ("prompt", "progress", "stopped", "seq")}


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
