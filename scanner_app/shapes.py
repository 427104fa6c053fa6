"""The shapes that the serial numbers of a site's items have: every text that is scanned is held against all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tracking.rules import pattern
from tracking.site import NAME_CHARS_MAX, Item

_Fits = Callable[[str], re.Match[str] | None]


class Shapes:
    """The patterns of items, made ready when the first text is asked about: a start waits for none of them."""

    def __init__(self, items: Sequence[Item]) -> None:
        """``items``: those that are tracked by serial number and have a pattern."""
        self._items = items
        self._ready: list[tuple[_Fits, Item]] = []

    def fitting(self, serial: str) -> tuple[Item, ...]:
        """The items whose pattern this text fits, as :func:`tracking.rules.fits_pattern` says, in their order."""
        if len(serial) > NAME_CHARS_MAX:
            return ()
        if not self._ready:
            self._ready = [(pattern(item.serial_pattern).fullmatch, item) for item in self._items]
        return tuple([item for fits, item in self._ready if fits(serial) is not None])
