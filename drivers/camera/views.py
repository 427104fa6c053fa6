"""Ways to look at a picture: smaller, a part of it, sharper, evened out, turned. Each knows its way back.

A view is one array of grey and the matrix that takes its points to the picture's, so that a symbol is reported where
it lies whatever had to be done to read it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from drivers.camera.libraries import library
from drivers.camera.symbol import Point

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Gray = NDArray[numpy.uint8]

Matrix = tuple[float, float, float, float, float, float]
"""``a b c d e f``: x' = a x + b y + c, y' = d x + e y + f."""

SAME: Matrix = (1, 0, 0, 0, 1, 0)

WORK_SIDE_MAX = 2000
"""Longest side of an enlarged view, pixels: what a slow look costs has a bound whatever the picture."""

ANGLE_SIDE_MAX = 480
"""Longest side of the picture in which the direction of bars is sought, pixels."""

ANGLE_BLOCK = 12
"""Side of a block in which one direction is sought there, pixels."""

ANGLES_MAX = 3
"""Most directions of bars that are reported."""

LEVEL_DEGREES = 6.0
"""Bars turned by no more than this are read without turning the picture."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as one look sees it."""

    name: str
    image: Gray
    """Grey values, height by width, contiguous."""
    back: Matrix = SAME

    def in_picture(self, points: Iterable[Point]) -> tuple[Point, Point, Point, Point]:
        """Four points of this view as points of the picture."""
        a, b, c, d, e, f = self.back
        first, second, third, fourth = [
            (round(a * x + b * y + c, 1), round(d * x + e * y + f, 1)) for x, y in points
        ]
        return first, second, third, fourth


def whole(gray: Gray) -> View:
    """The picture as it is."""
    return View(name="whole", image=gray)


def centre(view: View, part_x: float = 0.67, part_y: float = 0.5) -> View:
    """The middle of it, where people aim."""
    numpy = library("numpy")
    height, width = view.image.shape
    left, top = round(width * (1 - part_x) / 2), round(height * (1 - part_y) / 2)
    cut = numpy.ascontiguousarray(view.image[top : height - top, left : width - left])
    return View(name="centre", image=cut, back=_then(view.back, (1, 0, left, 0, 1, top)))


def scaled(view: View, factor: float) -> View:
    """Enlarged or made smaller. Smaller averages, which is what noise does not survive."""
    return stretched(view, factor, factor)


def stretched(view: View, factor_x: float, factor_y: float) -> View:
    """Enlarged or made smaller, each direction by its own factor."""
    cv2 = library("cv2")
    how = cv2.INTER_AREA if factor_x < 1 else cv2.INTER_CUBIC
    height, width = view.image.shape
    size = round(width * factor_x), round(height * factor_y)
    # A strip of some pixels has at least one left, however much smaller it is made.
    exact = (max(1, size[0]), max(1, size[1])) if 0 in size else None
    image = cv2.resize(view.image, exact, fx=factor_x, fy=factor_y, interpolation=how)
    return View(
        name=f"x{factor_x:g}", image=image, back=_then(view.back, (1 / factor_x, 0, 0, 0, 1 / factor_y, 0))
    )


def room(view: View, wanted: float) -> float:
    """The largest factor up to ``wanted`` that keeps an enlarged view within its bound."""
    height, width = view.image.shape
    return min(wanted, WORK_SIDE_MAX / max(int(height), int(width)))


def sharpened(view: View, sigma: float, amount: float) -> View:
    """Unsharp mask: against soft focus. ``sigma`` in pixels."""
    cv2 = library("cv2")
    soft = cv2.GaussianBlur(view.image, (0, 0), sigma)
    return View(name="sharp", image=cv2.addWeighted(view.image, 1 + amount, soft, -amount, 0), back=view.back)


def evened(view: View) -> View:
    """Local contrast raised (CLAHE): against shadow, glare and dim light."""
    cv2 = library("cv2")
    return View(name="even", image=cv2.createCLAHE(3.0, (8, 8)).apply(view.image), back=view.back)


def smoothed(view: View) -> View:
    """Median of nine: against grain."""
    return View(name="smooth", image=library("cv2").medianBlur(view.image, 3), back=view.back)


def inverted(view: View) -> View:
    """Light and dark changed about: for linear codes printed light on dark."""
    return View(name="inverted", image=255 - view.image, back=view.back)


def turned(view: View, degrees: float) -> View:
    """Turned against the clock about its middle, on a canvas that holds all of it."""
    cv2 = library("cv2")
    height, width = view.image.shape
    cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    size = math.ceil(width * cosine + height * sine), math.ceil(width * sine + height * cosine)
    there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    there[0, 2] += (size[0] - width) / 2
    there[1, 2] += (size[1] - height) / 2
    image = cv2.warpAffine(view.image, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    back = cv2.invertAffineTransform(there)
    a, b, c, d, e, f = (float(value) for value in back.ravel())
    return View(name=f"turned {degrees:.0f}", image=image, back=_then(view.back, (a, b, c, d, e, f)))


def bar_angles(view: View) -> list[float]:
    """Directions in which bars run side by side, degrees to turn by so that they stand; strongest first.

    Each block of the picture votes with the one direction of its edges, by how much its edges agree: bars agree,
    pictures and letters do not. Level and upright ones are left out, they need no turning.
    """
    cv2, numpy = library("cv2"), library("numpy")
    factor = ANGLE_SIDE_MAX / max(view.image.shape)
    small = scaled(view, factor).image if factor < 1 else view.image
    dx = cv2.Sobel(small, cv2.CV_32F, 1, 0)
    dy = cv2.Sobel(small, cv2.CV_32F, 0, 1)
    block = (ANGLE_BLOCK, ANGLE_BLOCK)
    xx, yy, xy = (cv2.blur(product, block)[::6, ::6] for product in (dx * dx, dy * dy, dx * dy))
    strength = numpy.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    agreement = strength / (xx + yy + 1.0)
    angle = numpy.degrees(0.5 * numpy.arctan2(2 * xy, xx - yy))
    votes = numpy.where((agreement > 0.75) & (strength > 300), agreement, 0.0)
    counts, _ = numpy.histogram(angle, bins=60, range=(-90, 90), weights=votes)
    peaks = counts + numpy.roll(counts, 1) + numpy.roll(counts, -1)
    found: list[float] = []
    for index in numpy.argsort(peaks)[::-1]:
        degrees = float(index) * 3 - 88.5
        if peaks[index] < max(6.0, 0.03 * counts.sum()) or len(found) == ANGLES_MAX:
            break
        off_level = min(abs(degrees), abs(abs(degrees) - 90))
        if off_level > LEVEL_DEGREES and all(_apart(degrees, other) > 8 for other in found):
            found.append(degrees)
    return found


def _apart(one: float, other: float) -> float:
    difference = abs(one - other) % 180
    return min(difference, 180 - difference)


def _then(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that does ``inner`` first."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (
        a * g + b * j,
        a * h + b * k,
        a * i + b * m + c,
        d * g + e * j,
        d * h + e * k,
        d * i + e * m + f,
    )
