"""What the camera sees on the pictures of its screen: a label on a desk, before it is read and as it is read."""

from __future__ import annotations

import numpy

from drivers.camera.driver import Seen
from drivers.camera.symbol import Symbol

HEIGHT, WIDTH = 360, 640
LABEL = (180, 90, 460, 270)
"""Left, top, right and bottom of the label."""
CODE = (300, 120, 420, 240)
"""Of the code on it."""
MODULES = 12
SEED = 11


def sight(name: str) -> Seen:
    """``aimed`` or ``read``."""
    gray = numpy.full((HEIGHT, WIDTH), 90, numpy.uint8)
    _fill(gray, LABEL, 235)
    for line in range(3):
        _fill(gray, (200, 130 + 40 * line, 280, 142 + 40 * line), 60)
    side = (CODE[2] - CODE[0]) // MODULES
    dark = numpy.random.default_rng(SEED).random((MODULES, MODULES)) < 0.5
    for row, column in zip(*numpy.nonzero(dark), strict=True):
        x, y = CODE[0] + int(column) * side, CODE[1] + int(row) * side
        _fill(gray, (x, y, x + side, y + side), 10)
    x0, y0, x1, y1 = CODE
    read = Symbol(
        raw=b"SN-1",
        text="SN-1",
        symbology="DataMatrix",
        symbology_id="]d1",
        position=((x0, y0), (x1, y0), (x1, y1), (x0, y1)),
    )
    return Seen(gray, (read,) if name == "read" else (), 0.0)


def _fill(gray: numpy.typing.NDArray[numpy.uint8], sides: tuple[int, int, int, int], shade: int) -> None:
    left, top, right, bottom = sides
    gray[top:bottom, left:right] = shade
