"""The two themes: every style is a foreground with its own background, at least 7:1 apart.

``sun`` is black on white for daylight, ``night`` is light on black for dark aisles. All colours lie on the 6x6x6 cube
of 256-colour terminals, so that a terminal without true colour shows the same contrast.
"""

from __future__ import annotations

from typing import NamedTuple

CONTRAST_MIN = 7.0


class Pair(NamedTuple):
    """One style: colours as ``#rrggbb``."""

    fg: str
    bg: str
    bold: bool = False


BLACK, WHITE = "#000000", "#ffffff"
_GREEN, _YELLOW, _RED = "#00d700", "#ffd700", "#af0000"
_BRIGHT_GREEN, _LIGHT_GREY, _GREY = "#5fff5f", "#d7d7d7", "#afafaf"

Look = dict[str, Pair]
"""Style name -> colours."""

_SYMBOL = Pair(BLACK, WHITE)
"""A code that another scanner reads: dark on light in both themes, or many cannot read it."""
_STOP = Pair(WHITE, _RED, bold=True)

SUN: Look = {
    "plain": Pair(BLACK, WHITE),
    "strong": Pair(BLACK, WHITE, bold=True),
    "quiet": Pair("#444444", WHITE),
    "bar": Pair(WHITE, BLACK, bold=True),
    "bar_alert": Pair(BLACK, _YELLOW, bold=True),
    "ok": Pair(BLACK, _GREEN, bold=True),
    "note": Pair(BLACK, _YELLOW, bold=True),
    "stop": _STOP,
    "complete": Pair(BLACK, _GREEN, bold=True),
    "none": Pair(BLACK, WHITE),
    "line_ok": Pair(BLACK, WHITE),
    "line_note": Pair(BLACK, "#ffffaf"),
    "line_stop": Pair(BLACK, "#ffd7d7", bold=True),
    "key": Pair(WHITE, BLACK, bold=True),
    "key_gap": Pair(BLACK, WHITE),
    "entry": Pair(BLACK, "#ffff87", bold=True),
    "field": Pair(BLACK, _LIGHT_GREY),
    "field_edge": Pair(BLACK, _LIGHT_GREY),
    "symbol": _SYMBOL,
}

NIGHT: Look = {
    "plain": Pair(_LIGHT_GREY, BLACK),
    "strong": Pair(WHITE, BLACK, bold=True),
    "quiet": Pair(_GREY, BLACK),
    "bar": Pair(BLACK, _LIGHT_GREY, bold=True),
    "bar_alert": Pair(BLACK, _YELLOW, bold=True),
    "ok": Pair(_BRIGHT_GREEN, BLACK, bold=True),
    "note": Pair(BLACK, _YELLOW, bold=True),
    "stop": _STOP,
    "complete": Pair(BLACK, _BRIGHT_GREEN, bold=True),
    "none": Pair(_LIGHT_GREY, BLACK),
    "line_ok": Pair(_LIGHT_GREY, BLACK),
    "line_note": Pair(_YELLOW, BLACK),
    "line_stop": Pair("#ffafaf", BLACK, bold=True),
    "key": Pair(BLACK, _LIGHT_GREY, bold=True),
    "key_gap": Pair(_LIGHT_GREY, BLACK),
    "entry": Pair(BLACK, "#ffff87", bold=True),
    "field": Pair(WHITE, "#303030"),
    "field_edge": Pair(_LIGHT_GREY, "#303030"),
    "symbol": _SYMBOL,
}

LOOKS: dict[str, Look] = {"sun": SUN, "night": NIGHT}


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, WCAG 2.x."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(pair: Pair) -> float:
    """Contrast ratio of a style, 1 to 21, WCAG 2.x."""
    light, dark = sorted((_luminance(pair.fg), _luminance(pair.bg)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
