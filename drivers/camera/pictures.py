"""Picture files as grey values: any format that Pillow reads, upright as people see them, on white."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.camera.libraries import library

if TYPE_CHECKING:
    from PIL.Image import Image

    from drivers.camera.views import Gray

PICTURE_BYTES_MAX = 1 << 26
PIXELS_MAX = 60_000_000
"""More than any phone takes. A small file can claim to be a picture of any size."""


class PictureError(Exception):
    """A file that is no picture to read; the text says why."""


def read_picture(path: Path) -> Gray:
    """The picture's grey values, height by width. Raises :class:`PictureError`, and DriverError without Pillow."""
    images, numpy = library("PIL.Image"), library("numpy")
    try:
        if path.stat().st_size > PICTURE_BYTES_MAX:
            raise PictureError(f"{path} is larger than {PICTURE_BYTES_MAX >> 20} MiB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged here
            with images.open(path) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise PictureError(f"{path} has more than {PIXELS_MAX // 1_000_000} million pixels")
                gray = _gray(image)
    except PictureError:
        raise
    except OSError as error:
        why = error.strerror or "it is no picture, or a damaged one"
        raise PictureError(f"{path} cannot be read: {why}") from error
    except (ValueError, SyntaxError, OverflowError, MemoryError, images.DecompressionBombError) as error:
        raise PictureError(f"{path} cannot be read: it is no picture, or a damaged one") from error
    if 0 in gray.size:
        raise PictureError(f"{path} is empty")
    array: Gray = numpy.ascontiguousarray(numpy.asarray(gray, dtype=numpy.uint8))
    return array


def _gray(image: Image) -> Image:
    """One channel of eight bits."""
    from PIL import Image as Images
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        low, high = (float(value) for value in upright.getextrema())  # type: ignore[arg-type]
        scale = 255 / (high - low) if high > low else 1.0
        return upright.convert("F").point(lambda value: (value - low) * scale).convert("L")
    if "A" in upright.mode or "transparency" in upright.info:
        white = Images.new("RGBA", upright.size, "white")
        white.alpha_composite(upright.convert("RGBA"))
        upright = white
    return upright.convert("L")
