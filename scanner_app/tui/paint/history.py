"""Rows 14-17: what was that one before? Newest first."""

from __future__ import annotations

import textwrap
from functools import lru_cache

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.picture import TEXT_CHARACTERS_MAX, Row, cut, row, sides
from scanner_app.view import HISTORY_LINES_MAX, HistoryLine, ScreenView
from tracking.printable import cells, printable

_STYLES = {"note": "line_note", "stop": "line_stop", "undone": "quiet", "repeat": "quiet"}
_DETAIL_COLUMNS_MIN = 6


@lru_cache(maxsize=HISTORY_LINES_MAX)
def line(shown: HistoryLine, width: int) -> Row:
    """One line: sign, serial number, detail, time. The serial number is cut last."""
    style = _STYLES.get(shown.level, "line_ok")
    time = shown.time[:8]
    room = width - cells(time) - 3
    head = cut(f"{glyphs.LEVEL.get(shown.level, ' ')} {cut(shown.text, max(room, 8))}", room)
    if shown.detail:
        if cells(cut(shown.detail, width)) + 2 > room - cells(head):
            time = time[:5]
            room = width - cells(time) - 3
        left_over = room - cells(head) - 2
        if left_over >= _DETAIL_COLUMNS_MIN:
            head = f"{head}  {_begun(shown.detail, left_over)}"
    return sides(" " + head, time + " ", width, style)


def _begun(text: str, width: int) -> str:
    """As many words as there is room for: the beginning of what was said tells more than its two ends."""
    shown = printable(text[:TEXT_CHARACTERS_MAX], None)
    if cells(shown) <= width:
        return shown
    words = textwrap.shorten(shown, width, placeholder="…") if len(shown) == cells(shown) else ""
    return words if len(words) > 1 else cut(shown, width)


def history(view: ScreenView, band: Band, width: int) -> list[Row]:
    """As many of the last scans as fit."""
    rows = [line(shown, width) for shown in view.history[: band.rows]]
    return rows + [row("", width)] * (band.rows - len(rows))
