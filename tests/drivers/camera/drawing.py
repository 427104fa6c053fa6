"""Pictures of symbols, drawn and then spoilt as a hand, a lamp and a lens spoil them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy
import zxingcpp
from numpy.typing import NDArray

Gray = NDArray[numpy.uint8]


def symbol(text: str | bytes, name: str, module_px: int = 3, *, gs1: bool = False) -> Gray:
    """The bare symbol with its quiet zone, black on white. GS1 text has its identifiers in brackets."""
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(name), gs1=gs1)
    drawn = numpy.array(made.to_image(scale=module_px, add_quiet_zones=True))
    return numpy.ascontiguousarray(drawn, dtype=numpy.uint8)


def placed(*symbols: Gray, size: tuple[int, int] = (480, 640), ground: int = 225) -> Gray:
    """The symbols one below the other in the middle of a larger picture, height by width."""
    picture = numpy.full(size, ground, numpy.uint8)
    free = size[0] - sum(one.shape[0] for one in symbols)
    assert free >= 0, "the symbols are higher than the picture"
    y = gap = free // (len(symbols) + 1)
    for one in symbols:
        x = (size[1] - one.shape[1]) // 2
        picture[y : y + one.shape[0], x : x + one.shape[1]] = one
        y += one.shape[0] + gap
    return picture


def turned(picture: Gray, degrees: float) -> Gray:
    """The picture turned in its frame."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return _gray(cv2.warpAffine(picture, matrix, (width, height), borderValue=int(picture[0, 0])))


def blurred(picture: Gray, sigma: float) -> Gray:
    """Out of focus."""
    return _gray(cv2.GaussianBlur(picture, (0, 0), sigma))


def dimmed(picture: Gray, contrast: float, level: int = 60) -> Gray:
    """In bad light."""
    return _gray(numpy.clip(picture * contrast + level, 0, 255))


def grainy(picture: Gray, sigma: float, seed: int = 7) -> Gray:
    """With a small sensor's noise."""
    grain = numpy.random.default_rng(seed).normal(0, sigma, picture.shape)
    return _gray(numpy.clip(picture + grain, 0, 255))


def textured(size: tuple[int, int] = (480, 640), seed: int = 3) -> Gray:
    """A picture without any code: stripes, print-like blocks and grain."""
    rng = numpy.random.default_rng(seed)
    picture = numpy.full(size, 170, numpy.uint8)
    for _ in range(160):
        x, y = int(rng.integers(size[1])), int(rng.integers(size[0]))
        w, h = int(rng.integers(3, 60)), int(rng.integers(3, 30))
        cv2.rectangle(picture, (x, y), (x + w, y + h), int(rng.integers(20, 240)), -1)
    for x in range(0, size[1], 9):
        cv2.line(picture, (x, 0), (x + 40, size[0] // 3), 90, 2)
    cv2.putText(picture, "HANDLE WITH CARE 4711", (20, size[0] - 30), 0, 1, 30, 2)
    return grainy(picture, 9, seed)


def _gray(values: Any) -> Gray:
    return numpy.ascontiguousarray(values, dtype=numpy.uint8)
