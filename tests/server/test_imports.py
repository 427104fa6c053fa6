"""The server is light: importing it loads nothing of the handheld's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("textual", "requests", "sqlite_utils", "cv2", "evdev", "serial", "scanner_app", "drivers")


def test_importing_the_server_loads_nothing_heavy() -> None:
    code = f"import server.main, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert shown.stdout.strip() == "[]"
