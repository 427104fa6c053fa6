"""When a symbol seen by a live camera counts, and when it counts again. Pure: time comes with the symbols.

A strong symbology counts at the first sight, a weak one when two frames agree. What stays in view counts once.
"""

from __future__ import annotations

from collections.abc import Iterable

from drivers.camera.symbol import Symbol

AGREE_S = 0.5
"""Two sights of a weak symbol count together when they are no further apart, seconds."""

OUT_OF_VIEW_S = 1.0
"""A symbol that was not seen for so long counts anew, seconds."""

SEEN_MAX = 256
"""Most symbols that are remembered."""

CHARACTERS_MIN = 3
"""A shorter weak symbol is a piece of another one more often than a code."""


class Agreement:
    """Remembers what was in view."""

    def __init__(self, itf_lengths: tuple[int, ...] = (14,)) -> None:
        self._itf_lengths = itf_lengths
        self._last_s: dict[tuple[str, bytes], float] = {}
        self._sights: dict[tuple[str, bytes], int] = {}

    def accepted(self, found: Iterable[Symbol], now_s: float) -> list[Symbol]:
        """The symbols of one frame that count now."""
        self._forget(now_s)
        counted: list[Symbol] = []
        for symbol in {symbol.key: symbol for symbol in found if self._possible(symbol)}.values():
            last_s = self._last_s.get(symbol.key)
            sights = self._sights.get(symbol.key, 0)
            needed = 1 if symbol.strong else 2
            if last_s is not None and sights < needed and now_s - last_s > AGREE_S:
                sights = 0
            self._last_s[symbol.key] = now_s
            self._sights[symbol.key] = sights + 1
            if sights + 1 == needed:
                counted.append(symbol)
        return counted

    def _possible(self, symbol: Symbol) -> bool:
        if symbol.symbology == "ITF":
            # A part of an ITF is a whole ITF to every decoder; only its length and check digit tell.
            return len(symbol.raw) in self._itf_lengths and (len(symbol.raw) != 14 or _mod10(symbol.raw))
        return symbol.strong or len(symbol.raw) >= CHARACTERS_MIN

    def _forget(self, now_s: float) -> None:
        gone = [key for key, last_s in self._last_s.items() if now_s - last_s > OUT_OF_VIEW_S]
        if len(self._last_s) - len(gone) >= SEEN_MAX:
            gone = list(self._last_s)
        for key in gone:
            del self._last_s[key], self._sights[key]


def _mod10(digits: bytes) -> bool:
    """Whether the last digit is the GS1 check digit of the others."""
    if not digits.isdigit():
        return False
    weighed = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(d - 48 for d in digits[::-1]))
    return weighed % 10 == 0


class Gathering:
    """The codes of one label, over several frames, as one gesture."""

    QUIET_S = 0.3
    """No new code for so long: the label is whole."""
    LONGEST_S = 1.5
    CODES_MAX = 32

    def __init__(self, expected: int = 0) -> None:
        """``expected``: codes on a label, where all have the same number; 0 where they differ."""
        self._expected = expected
        self._codes: list[Symbol] = []
        self._first_s = self._last_s = 0.0

    def add(self, counted: list[Symbol], now_s: float) -> list[Symbol]:
        """Take what counts now; give back the label's codes when it is whole, else nothing."""
        if counted:
            if not self._codes:
                self._first_s = now_s
            self._codes += counted
            self._last_s = now_s
        if not self._codes:
            return []
        whole = len(self._codes) >= (self._expected or self.CODES_MAX)
        quiet = now_s - self._last_s >= self.QUIET_S
        if not (whole or quiet or now_s - self._first_s >= self.LONGEST_S):
            return []
        codes, self._codes = self._codes, []
        return sorted(codes, key=lambda symbol: (symbol.centre[1], symbol.centre[0]))
