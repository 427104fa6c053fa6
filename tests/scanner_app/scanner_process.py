"""The command line as others call it: a process, its output line by line, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SITES = ROOT / "tests" / "scenarios" / "sites"
WAREHOUSE = str(SITES / "warehouse.json")


class Ended(NamedTuple):
    """A call that is over."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment() -> dict[str, str]:
    """The test's own home, and the tree as the place where modules are found."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def scanner(*arguments: str, given: str | bytes = b"", folder: Path | None = None, umask: int = -1) -> Ended:
    """Calls ``scanner`` and waits for its end; ``umask`` of an account that has another than the tests'."""
    done = subprocess.run(
        [sys.executable, "-m", "scanner_app", *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        cwd=folder,
        env=environment(),
        check=False,
        timeout=120,
        umask=umask,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
