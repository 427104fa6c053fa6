"""Where frames come from: a camera, a video, one picture, or a folder of pictures."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from drivers.camera.libraries import library
from drivers.camera.pictures import PictureError, read_picture
from drivers.driver import DriverError

if TYPE_CHECKING:
    from drivers.camera.views import Gray

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
VIDEOS = frozenset({".avi", ".mp4", ".mkv", ".mov", ".mjpeg", ".mjpg", ".webm"})

FILES_MAX = 10_000


class Source(Protocol):
    """Gives frames one after the other."""

    @property
    def live(self) -> bool:
        """Whether frames come by themselves, so that late ones are to be left out."""

    @property
    def still(self) -> bool:
        """Whether each frame is a picture of its own, with nothing to compare it to."""

    @property
    def period_s(self) -> float:
        """Seconds between two frames of a video; 0 for the others."""

    def frame(self) -> Gray | None:
        """The next frame, height by width; None at the end, or when the camera is gone."""

    def close(self) -> None:
        """Let it go."""


def open_source(where: str, *, width: int = 1280, height: int = 720) -> Source:
    """The source that ``where`` names: ``0`` or ``/dev/video0``, a video, a picture, a folder.

    Raises :class:`DriverError`.
    """
    path = Path(where)
    if path.is_dir():
        return Pictures(sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURES)[:FILES_MAX])
    if path.suffix.lower() in PICTURES:
        return Pictures([path])
    if path.suffix.lower() in VIDEOS:
        return Capture(where)
    return Camera(Path(f"/dev/video{where}") if where.isdigit() else path, width, height)


class Pictures:
    """Picture files, each a frame. What cannot be read as a picture is passed over."""

    live, still, period_s = False, True, 0.0

    def __init__(self, paths: list[Path]) -> None:
        self._paths: Iterator[Path] = iter(paths)

    def frame(self) -> Gray | None:
        """The next picture."""
        for path in self._paths:
            try:
                return read_picture(path)
            except PictureError:
                continue
        return None

    def close(self) -> None:
        """Nothing is open."""


class Capture:
    """A video."""

    live, still = False, False

    def __init__(self, where: str) -> None:
        cv2 = library("cv2")
        self._capture = cv2.VideoCapture(where)
        if not self._capture.isOpened():
            raise DriverError(f"The video {where} cannot be used", "it cannot be opened", "check its name")
        self.period_s = 1 / min(1000.0, max(1.0, self._capture.get(cv2.CAP_PROP_FPS) or 25.0))

    def frame(self) -> Gray | None:
        """The next frame."""
        good, frame = self._capture.read()
        return gray_of(frame) if good else None

    def close(self) -> None:
        """Let the file go."""
        self._capture.release()


class Camera:
    """A V4L2 camera, asked for uncompressed frames: their first plane is the grey that a decoder wants."""

    live, still, period_s = True, False, 0.0

    def __init__(self, device: Path, width: int, height: int) -> None:
        what = f"The camera {device} cannot be used"
        if not re.fullmatch(r"/dev/(video\d+|v4l/.+)", str(device)):
            raise DriverError(what, "it is no camera's device file", "use a number, or /dev/v4l/by-id/...")
        if not device.exists():
            raise DriverError(what, "it is not there", "plug it in") from FileNotFoundError(2, "not there")
        if not os.access(device, os.R_OK | os.W_OK):
            fix = "run: sudo usermod -aG video $USER (then log out and in again)"
            raise DriverError(what, "it may not be opened by you", fix) from PermissionError(13, "denied")
        cv2 = library("cv2")
        self._capture = cv2.VideoCapture(str(device), cv2.CAP_V4L2)
        if not self._capture.isOpened():
            raise DriverError(what, "it is busy, or gives no pictures", "close the program that uses it")
        for name, value in (
            ("CAP_PROP_FOURCC", cv2.VideoWriter.fourcc(*"YUYV")),
            ("CAP_PROP_FRAME_WIDTH", width),
            ("CAP_PROP_FRAME_HEIGHT", height),
            ("CAP_PROP_BUFFERSIZE", 1),
            ("CAP_PROP_AUTOFOCUS", 1),
            ("CAP_PROP_CONVERT_RGB", 0),
        ):
            self._capture.set(getattr(cv2, name), value)

    def frame(self) -> Gray | None:
        """The next frame; None when the camera is gone."""
        good, frame = self._capture.read()
        return gray_of(frame) if good else None

    def close(self) -> None:
        """Let the device go."""
        self._capture.release()


def gray_of(frame: Any) -> Gray | None:
    """The grey values of what a capture gave: BGR, YUYV, grey, or a JPEG. None for nothing of these."""
    cv2, numpy = library("cv2"), library("numpy")
    if frame is None or frame.size == 0:
        return None
    if frame.ndim == 3 and frame.shape[2] == 3:
        return _typed(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    if frame.ndim == 3 and frame.shape[2] == 2:
        return _typed(numpy.ascontiguousarray(frame[:, :, 0]))
    if frame.ndim == 2 and frame.shape[0] == 1:
        return _typed(cv2.imdecode(frame, cv2.IMREAD_GRAYSCALE))
    return _typed(frame if frame.ndim == 2 else frame[:, :, 0])


def _typed(gray: Any) -> Gray | None:
    if gray is None:
        return None
    array: Gray = library("numpy").ascontiguousarray(gray, dtype="uint8")
    return array
