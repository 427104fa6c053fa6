"""Whether a frame is worth decoding: it shows something new, and it is sharp enough to hold a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.camera.libraries import library

if TYPE_CHECKING:
    from drivers.camera.views import Gray

STEP = 4
"""Every so many pixels are looked at, across and down."""

MOTION_MIN = 1.5
"""Mean change of grey values, of 255, from which a frame is a new one."""

FOCUS_MIN = 12.0
"""Variance of the Laplacian below which a frame is blurred beyond reading."""

IDLE_S_MAX = 0.25
"""A frame is decoded at least this often, seconds, whatever the gates say."""


class Gates:
    """Remembers the last frame that was let through."""

    def __init__(self) -> None:
        self._last: Gray | None = None
        self._decoded_s = float("-inf")

    def open_for(self, gray: Gray, now_s: float) -> bool:
        """Whether to decode it."""
        if now_s - self._decoded_s < IDLE_S_MAX and not (self._moved(gray) and focus(gray) >= FOCUS_MIN):
            return False
        self._last = gray[::STEP, ::STEP].copy()
        self._decoded_s = now_s
        return True

    def _moved(self, gray: Gray) -> bool:
        if self._last is None:
            return True
        thin = gray[::STEP, ::STEP]
        if thin.shape != self._last.shape:
            return True
        return bool(library("cv2").absdiff(thin.copy(), self._last).mean() >= MOTION_MIN)


def focus(gray: Gray) -> float:
    """How sharp a frame is: the variance of its second derivative, at half size."""
    cv2 = library("cv2")
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(half, cv2.CV_16S).var())
