"""A screen as rows of styled text, before any terminal sees it.

The only place that makes a :class:`Span`, and so the only door through which text can reach a screen: everything goes
through :func:`tracking.printable.printable` here, and every row is exactly as wide as the screen.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tracking.printable import cells, printable


class Span(NamedTuple):
    """Text of one style. ``style`` is a name in :data:`scanner_app.tui.look.Look`."""

    text: str
    style: str


Row = tuple[Span, ...]

_NO_BREAK = "\N{NO-BREAK SPACE}"
_TIED = re.compile(r" (?=[:;?!](?: |$))")
TEXT_CHARACTERS_MAX = 4096
"""Longest text that is looked at for one place of the screen, characters."""


class Touch(NamedTuple):
    """A part of the screen that can be touched: rows and columns, end not included."""

    top: int
    bottom: int
    left: int
    right: int
    action: str
    """A command line, or an action of the screens themselves that begins with ``:``."""


class Picture(msgspec.Struct, frozen=True):
    """One whole screen."""

    rows: tuple[Row, ...]
    touches: tuple[Touch, ...] = ()

    def text(self) -> list[str]:
        """The rows as plain text, for tests."""
        return ["".join(span.text for span in row) for row in self.rows]

    def touched(self, x: int, y: int) -> str:
        """The action under a cell, or empty."""
        for touch in self.touches:
            if touch.top <= y < touch.bottom and touch.left <= x < touch.right:
                return touch.action
        return ""

    def mapped(self, change: Callable[[str], str]) -> Picture:
        """The same picture with every text changed, cell for cell."""
        rows = tuple(tuple(Span(change(span.text), span.style) for span in row) for row in self.rows)
        return Picture(rows, self.touches)


def fit(text: str, width: int) -> str:
    """``text`` made printable and exactly ``width`` cells: cut in the middle, filled with blanks at the end."""
    shown = printable(text, max(width, 0))
    return shown + " " * (width - cells(shown))


def cut(text: str, width: int) -> str:
    """``text`` made printable and at most ``width`` cells."""
    return printable(text, max(width, 0))


def row(text: str, width: int, style: str = "plain") -> Row:
    """A row of one style."""
    return (Span(fit(text, width), style),)


def sides(left: str, right: str, width: int, style: str = "plain", right_style: str = "") -> Row:
    """A row with something at each edge. The right side is never cut unless it alone is too wide."""
    right = cut(right, width)
    room = width - cells(right)
    if not right_style or right_style == style:
        return (Span(fit(left, max(room - 1, 0)) + " " * min(room, 1) + right, style),)
    return (Span(fit(left, max(room - 1, 0)) + " " * min(room, 1), style), Span(right, right_style))


def centred(text: str, width: int) -> str:
    """``text`` made printable, in the middle of ``width`` cells."""
    shown = cut(text, width)
    before = (width - cells(shown)) // 2
    return fit(" " * before + shown, width)


def beside(*parts: tuple[str, int, str]) -> Row:
    """A row of several parts, each ``(text, width, style)``."""
    return tuple(Span(fit(text, width), style) for text, width, style in parts if width > 0)


def wrapped(text: str, width: int, rows_max: int) -> list[str]:
    """``text`` broken at blanks into at most ``rows_max`` printable lines; no word is ever broken but cut."""
    shown = printable(text[:TEXT_CHARACTERS_MAX], None)
    if cells(shown) <= width or rows_max < 2 or cells(shown) != len(shown):
        return [cut(shown, width)]
    tied = _TIED.sub(_NO_BREAK, shown)  # French sets a blank before these, and none of them begins a line
    lines = textwrap.wrap(tied, width, break_long_words=False, break_on_hyphens=False) or [""]
    lines = [line.replace(_NO_BREAK, " ") for line in lines]
    if len(lines) > rows_max:
        lines = [*lines[: rows_max - 1], " ".join(lines[rows_max - 1 :])]
    return [cut(line, width) for line in lines]
