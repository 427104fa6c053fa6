"""Counts the flushes of a scan: strace around a child process that scans, once with few scans and once with more."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure
from bench.room import Room

FEW, MORE = 20, 120
CHILD_S_MAX = 120.0
_CALLS = re.compile(r"\b(?:fdatasync|fsync|sync_file_range|msync)\(")


class Flushes(NamedTuple):
    """What a scan flushes, or why that could not be counted."""

    figure: Figure
    notes: tuple[str, ...] = ()


def per_scan(room: Room) -> Flushes:
    """Flushes per scan. What start and end cost is taken out by comparing a short run with a longer one."""
    strace = shutil.which("strace")
    name = "flushes per scan"
    if strace is None:
        unknown = Figure(name=name, value=float("nan"), unit="calls")
        return Flushes(unknown, ("without strace the flushes of a scan are not counted",))
    few, more = (_count(strace, room.folder / f"flushes-{scans}", scans) for scans in (FEW, MORE))
    return Flushes(
        Figure(name=name, value=(more - few) / (MORE - FEW), unit="calls", budget=1.0, bound="exactly")
    )


def _count(strace: str, folder: Path, scans: int) -> int:
    folder.mkdir()
    log = folder / "strace.log"
    calls = "trace=fdatasync,fsync,sync_file_range,msync"
    scanning = [sys.executable, "-m", "bench.flushes", str(folder), str(scans)]
    subprocess.run(
        [strace, "-f", "-qq", "-e", calls, "-o", str(log), *scanning],
        cwd=Path(__file__).parents[1],
        timeout=CHILD_S_MAX,
        check=True,
    )
    return len(_CALLS.findall(log.read_text()))


def _scan(folder: Path, scans: int) -> None:
    from bench.workplace import Workplace, serial

    place = Workplace(folder / "handheld")
    for number in range(scans):
        assert place.session.handle(place.scan(serial(number))).verdict.code == "received"
    place.close()


if __name__ == "__main__":
    _scan(Path(sys.argv[1]), int(sys.argv[2]))
