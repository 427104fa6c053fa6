"""Keeps what the camera sees, for whoever has to judge why it reads nothing."""

from __future__ import annotations

from pathlib import Path

from config import own_files
from config.schema import CameraSection
from drivers.driver import DriverError
from scanner_app.doctor_check import Check

FRAMES = 10
"""A camera sets its brightness in its first frames; the last of these is kept."""


def kept(camera: CameraSection, path: Path) -> Check:
    """Writes one picture; PNG or JPEG by the file's name."""
    from drivers.camera.libraries import library
    from drivers.camera.sources import open_source

    if not camera.source:
        return Check(name="picture", state="fault", detail="no camera is set", fix="set camera.source")
    try:
        source = open_source(camera.source, width=camera.width, height=camera.height)
        try:
            frames = [frame for _ in range(FRAMES) if (frame := source.frame()) is not None]
        finally:
            source.close()
        if not frames:
            return Check(name="picture", state="fault", detail=f"{camera.source} gives no picture")
        _, data = library("cv2").imencode(path.suffix or ".png", frames[-1])
        with own_files.asked_for():
            path.write_bytes(data.tobytes())
    except DriverError as error:
        return Check(name="picture", state="fault", detail=f"{error.what}: {error.why}", fix=error.try_this)
    except OSError as error:
        return Check(name="picture", state="fault", detail=f"{path} cannot be written: {error.strerror}")
    except library("cv2").error:
        return Check(
            name="picture",
            state="fault",
            detail=f"{path.suffix} is no kind of picture",
            fix="use .png or .jpg",
        )
    return Check(name="picture", state="ok", detail=f"kept as {path}")
