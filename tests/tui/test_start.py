"""The screens load little before the first picture, and refuse settings that no screen could show."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scanner_app.tui.settings import ScreenSettings
from tests.tui.pseudo_terminal import ROOT

HEAVY = (
    "requests",
    "sqlite_utils",
    "cv2",
    "biip",
    "evdev",
    "serial",
    "starlette",
    "uvicorn",
    "PIL",
    "sqlite3",
)


def test_nothing_heavy_is_loaded_for_the_screens() -> None:
    code = f"import scanner_app.tui.start, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


def test_settings_that_no_screen_could_show_are_refused() -> None:
    with pytest.raises(ValueError, match="theme"):
        ScreenSettings(theme="plaid")
    with pytest.raises(ValueError, match="no time zone"):
        ScreenSettings(timezone="Europe/Nowhere")
