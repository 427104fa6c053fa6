"""A symbol that was read in a picture: what it says, what it is, and where it lies."""

from __future__ import annotations

import math

import msgspec

Point = tuple[float, float]
"""x and y in pixels of the picture, from its upper left corner."""

STRONG = frozenset(
    {"Aztec", "AztecRune", "Code128", "DataMatrix", "MaxiCode", "MicroQRCode", "QRCode", "rMQRCode"}
)
"""Symbologies that one read settles: error correction over the whole symbol, or a check that every symbol has.
All others also turn up wrong: a part of an ITF is an ITF, and a digit misread twice still fits an EAN's check."""


class Symbol(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol. Untrusted, like every scan."""

    raw: bytes
    """Its exact bytes; an FNC1 between GS1 elements is 0x1d, the leading one is left out."""

    text: str
    """The same as text: UTF-8 where the bytes are, else what the symbol's own character set makes of them."""

    symbology: str
    """Its name, like ``Code128``, ``DataMatrix``, ``EAN-13``."""

    symbology_id: str
    """AIM symbology identifier (ISO/IEC 15424), like ``]C1``."""

    position: tuple[Point, Point, Point, Point]
    """Its corners in its own reading order, beginning with its upper left one."""

    @property
    def key(self) -> tuple[str, bytes]:
        """What makes two reads the same read."""
        return self.symbology_id, self.raw

    @property
    def strong(self) -> bool:
        """Whether one read is enough."""
        return self.symbology in STRONG

    @property
    def centre(self) -> Point:
        """The middle of its corners."""
        return sum(x for x, _ in self.position) / 4, sum(y for _, y in self.position) / 4

    def covers(self, other: Symbol, *, reach: float = 0.15) -> bool:
        """Whether both lie on the same spot: the middle of one is within the bounds of the other.

        ``reach``, as part of the longer side, widens the bounds: a linear symbol is often read as a mere line.
        """
        return _within(other.centre, self.position, reach) or _within(self.centre, other.position, reach)


def _within(point: Point, corners: tuple[Point, ...], reach: float) -> bool:
    """Whether a point is in the widened box around the corners, which lies as the symbol does.

    An upright box round one that lies askew would reach into its neighbours.
    """
    (x, y), (right, below) = corners[0], corners[1]
    length = math.hypot(right - x, below - y) or 1.0
    cosine, sine = (right - x) / length, (below - y) / length
    if not cosine and not sine:
        cosine = 1.0
    along, across = [cosine * x + sine * y for x, y in corners], [cosine * y - sine * x for x, y in corners]
    margin = reach * max(max(along) - min(along), max(across) - min(across))
    here = cosine * point[0] + sine * point[1], cosine * point[1] - sine * point[0]
    return all(
        min(side) - margin <= place <= max(side) + margin
        for place, side in zip(here, (along, across), strict=True)
    )
