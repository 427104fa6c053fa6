"""A QR code on the whole screen, for another handheld to scan.

Two modules stand above each other in a cell, so they are as square as the cells of a terminal are half as wide as high.
Everything around is light: words keep their distance from the symbol, or an imager takes them for a part of it.
"""

from __future__ import annotations

from functools import lru_cache

from scanner_app.tui.layout import Band
from scanner_app.tui.paint.keys import keys, soft_keys
from scanner_app.tui.picture import Picture, Row, centred, row, sides
from scanner_app.view import ScreenView
from tracking.catalogue import word
from tracking.prefix_rules import COMMAND_PREFIX

_CELLS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""(upper module dark, lower module dark) -> character."""
KEY_ROWS_FROM = 24
"""From this height on the keys have their two rows beside the symbol."""


@lru_cache(maxsize=16)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The dark and light modules of a code, without its quiet zone."""
    # Loaded when a symbol is first shown: no start pays for it.
    import segno

    before, sign, behind = text.partition("=")
    # Two segments: what stands behind the sign fits the alphanumeric mode, the sign itself does not.
    parts = [before + sign, behind] if text.startswith(COMMAND_PREFIX) and behind else text
    code = segno.make(parts, error="l", boost_error=False, micro=False)  # type: ignore[arg-type] # it takes segments
    return tuple(tuple(bool(module) for module in line) for line in code.matrix)


def page(view: ScreenView, width: int, height: int) -> Picture:
    """The symbol in the middle, a line of words above it, the keys at the bottom edge."""
    drawn = _drawn(modules(view.symbol))
    key_rows = 2 if height >= KEY_ROWS_FROM else 1
    room = height - 1 - key_rows
    columns = len(drawn[0])
    if len(drawn) > room or columns + 2 > width:
        text = word("too_small", view.language, size=f"{width}x{height}")
        return Picture((row(text, width, "strong"), *(row("", width),) * (height - 1)))
    above = (room - len(drawn)) // 2
    rows = [_row("", width)] * height
    rows[0] = sides(f" {view.prompt}", f"{view.symbol_of} ", width, "symbol")
    left = (width - columns) // 2
    for place, line in enumerate(drawn, 1 + above):
        rows[place] = _row(" " * left + line, width)
    band = Band(height - key_rows, key_rows)
    drawn_keys, touches = keys(soft_keys(view), Band(band.top, 2), width)
    rows[band.top :] = drawn_keys if key_rows == 2 else [_named(view, width)]
    return Picture(tuple(rows), tuple(touch._replace(bottom=height) for touch in touches))


def _named(view: ScreenView, width: int) -> Row:
    """The keys in one row: their names before their words."""
    shown = soft_keys(view)
    text = "  ".join(f"{key.key.upper()} {key.label}" for key in shown)
    return _row(centred(text, width), width)


def _row(text: str, width: int) -> Row:
    return row(text, width, "symbol")


def _drawn(dark: tuple[tuple[bool, ...], ...]) -> list[str]:
    """Rows of cells; an odd last row of modules has light below it."""
    blank = (False,) * len(dark[0])
    lines = [*dark, blank] if len(dark) % 2 else list(dark)
    return [
        "".join(_CELLS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    ]
