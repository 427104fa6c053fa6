"""Reading a still picture: time is no matter, so everything is tried until two looks agree on what is there.

Symbols with error correction count at the first look. The others turn up wrong in one picture of a hundred, so each
needs a second look that sees the picture otherwise; where two texts claim one spot, the one that more looks saw wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from drivers.camera import views, zbar
from drivers.camera.symbol import Symbol
from drivers.camera.views import View
from drivers.camera.zxing import LINEAR_FORMATS, look

if TYPE_CHECKING:
    from drivers.camera.views import Gray

Look = Callable[[], list[Symbol]]

SLOW_SIDE_MAX = 1600
"""Slow looks see a larger picture at this size, pixels."""

STRIPES_REACH = 0.4
"""How far apart two stripes of one EAN may be read, as part of its width."""

SHORT_CHARACTERS, PIECE_CHARACTERS = 4, 3
"""Weak codes with fewer characters need a third look, or are not believed at all."""

LOOKS_MAX = 1000

SIDE_MIN = 8
"""Pixels: the smallest rectangular Data Matrix has eight rows. Less can be no symbol."""

TILTS = (-30.0, -15.0, 15.0, 30.0, 45.0, -45.0)
"""Turned by these, degrees, where no direction of bars could be seen."""


def read_still(gray: Gray, formats: tuple[str, ...] = (), *, second_opinion: bool = True) -> list[Symbol]:
    """Every symbol in the picture that can be believed, in the order in which they were found.

    Raises :class:`drivers.driver.DriverError` where a library is missing.
    """
    if min(gray.shape) < SIDE_MIN:
        return []
    ballot = Ballot()
    whole = views.whole(gray)
    ballot.count(look(whole, formats))
    for slow in _second_looks(whole, formats):
        ballot.count(slow())
    if not ballot.settled():
        for slow in _slow_looks(whole, formats, second_opinion):
            ballot.count(slow())
            if ballot.settled():
                break
    return ballot.elected()


def _second_looks(whole: View, formats: tuple[str, ...]) -> Iterator[Look]:
    """What always follows the first look: it confirms, and finds the turned or faint symbol beside a clear one."""
    base = _bounded(whole)
    large = views.scaled(base, views.room(base, 2.0))
    yield partial(look, large, formats)
    yield partial(look, views.sharpened(large, 2.0, 2.0), formats)
    for degrees in views.bar_angles(base):
        yield partial(look, views.turned(base, degrees), formats)
        # Enlarged before it is turned: turning softens, and thin bars do not bear that at their own size.
        turned = views.turned(large, degrees)
        yield partial(look, turned, formats)
        yield partial(look, views.sharpened(turned, 2.0, 2.0), formats)


def _slow_looks(whole: View, formats: tuple[str, ...], second_opinion: bool) -> Iterator[Look]:
    """One change at a time, the most rewarding first."""
    base = _bounded(whole)
    factor = views.room(base, 3.0)
    large = views.scaled(base, factor)
    yield partial(look, views.sharpened(large, 1.33 * factor, 3.0), formats)
    even = views.evened(base)
    yield partial(look, even, formats)
    yield partial(look, views.scaled(even, views.room(even, 2.0)), formats)
    if second_opinion:
        yield partial(zbar.look, base)
    yield partial(look, views.scaled(base, views.room(base, 1.5)), formats, global_threshold=True)
    wide = views.stretched(base, factor, 1.0)
    yield partial(look, views.sharpened(wide, 1.33 * factor, 3.0), formats)
    yield partial(look, views.smoothed(base), formats)
    yield partial(look, views.sharpened(views.smoothed(large), 1.33 * factor, 3.0), formats)
    yield partial(look, views.scaled(base, 0.5), formats)
    yield partial(look, views.inverted(base), formats)
    linear = tuple(name for name in LINEAR_FORMATS if not formats or name in formats)
    for degrees in (*views.bar_angles(base), *TILTS) if linear else ():
        turned = views.turned(base, degrees)
        yield partial(look, turned, linear)
        yield partial(look, views.scaled(turned, views.room(turned, 2.0)), linear)
    if second_opinion:
        yield partial(zbar.look, views.sharpened(large, 1.33 * factor, 2.0))


def _bounded(whole: View) -> View:
    factor = SLOW_SIDE_MAX / max(whole.image.shape)
    return views.scaled(whole, factor) if factor < 1 else whole


class Ballot:
    """What several looks at one picture saw."""

    def __init__(self) -> None:
        self._seen: list[Symbol] = []
        self._votes: list[int] = []

    def settled(self) -> bool:
        """Whether there is a symbol, and every one that was seen is believed or outvoted."""
        elected = self.elected()
        return bool(elected) and all(
            any(symbol is one or one.covers(symbol) for one in elected) for symbol in self._seen
        )

    def count(self, found: list[Symbol]) -> None:
        """Take the symbols of one look."""
        fresh: list[Symbol] = []
        for symbol in found:
            index = self._index(symbol)
            if index is None:
                fresh.append(symbol)
            else:
                self._votes[index] += 1
        self._seen += fresh
        self._votes += [1] * len(fresh)

    def elected(self) -> list[Symbol]:
        """The symbols to be believed."""
        return [
            symbol
            for symbol, votes in zip(self._seen, self._votes, strict=True)
            if votes >= _needed(symbol) and not self._outvoted(symbol, votes)
        ]

    def _index(self, symbol: Symbol) -> int | None:
        for index, other in enumerate(self._seen):
            if other.key == symbol.key and other.covers(symbol):
                return index
        return None

    def _outvoted(self, symbol: Symbol, votes: int) -> bool:
        for other, others in zip(self._seen, self._votes, strict=True):
            if other.key == symbol.key:
                continue
            stronger = (other.strong, others, len(other.raw)) > (symbol.strong, votes, len(symbol.raw))
            if stronger and other.covers(symbol):
                return True
            if others > votes and _stripes_of_one(symbol, other):
                return True
        return False


def _needed(symbol: Symbol) -> int:
    """How many looks must have seen it. A piece of a linear code often looks like a very short one."""
    if symbol.strong:
        return 1
    if len(symbol.raw) < PIECE_CHARACTERS:
        return LOOKS_MAX
    return 2 if len(symbol.raw) >= SHORT_CHARACTERS else 3


def _stripes_of_one(one: Symbol, other: Symbol) -> bool:
    """Whether both are likely read from one EAN or UPC, each in a stripe of it: the bars are taller than either.

    They then begin and end together; two labels one below the other hardly ever do.
    """
    if not {one.symbology, other.symbology} <= {"EAN-13", "UPC-E"}:
        return False
    ends = [(min(x for x, _ in code.position), max(x for x, _ in code.position)) for code in (one, other)]
    width = ends[0][1] - ends[0][0]
    together = all(abs(first - second) <= 0.1 * width for first, second in zip(*ends, strict=True))
    return together and other.covers(one, reach=STRIPES_REACH)
