"""The kernel's test camera (vivid): opened through V4L2 like any other. What it shows is its own pattern."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.camera.sources import open_source

CAMERA = Path("/dev/video0")


def test_a_camera_opens_and_gives_frames(figure: Callable[[str], None]) -> None:
    if not CAMERA.exists():
        pytest.skip("this kernel has no test camera: the module vivid is missing")
    with contextlib.closing(open_source(str(CAMERA), width=640, height=360)) as camera:
        start_s = time.monotonic()
        frames = [camera.frame() for _ in range(20)]
        took_s = time.monotonic() - start_s
    assert all(frame is not None and frame.ndim == 2 and frame.std() > 1 for frame in frames)
    figure(f"camera: 20 frames through V4L2, {20 / took_s:.0f} a second in the emulated machine")
