"""The start screen: scan anything, go on with what waits, or choose from the menu."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.picture import Row, Touch, beside, row
from scanner_app.view import ScreenView

MENU_COLUMNS = 3
MENU_LINES_MAX = 9


def resume(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The task that waits, in the middle of the count's rows; a touch goes on with it."""
    rows = [row("", width)] * band.rows
    if not view.resume or not rows:
        return rows, []
    rows[band.rows // 2] = row(f" {glyphs.TASK} {view.resume}", width, "strong")
    return rows, [Touch(band.top, band.end, 0, width, "resume")]


def menu(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks in three columns, as high as the band allows."""
    lines = view.menu[:MENU_LINES_MAX]
    rows = [row("", width)] * band.rows
    deep = -(-len(lines) // MENU_COLUMNS)
    if not deep or band.rows < deep:
        return rows, []
    high = min(band.rows // deep, 3)
    edges = [round(at * width / MENU_COLUMNS) for at in range(MENU_COLUMNS + 1)]
    touches: list[Touch] = []
    for line in range(deep):
        parts: list[tuple[str, int, str]] = []
        for at, shown in enumerate(lines[line * MENU_COLUMNS : (line + 1) * MENU_COLUMNS]):
            parts.append((f" {shown.key} {shown.label}", edges[at + 1] - edges[at], "plain"))
            top = band.top + line * high
            touches.append(Touch(top, top + high, edges[at], edges[at + 1], shown.command))
        parts.append(("", width - sum(part[1] for part in parts), "plain"))
        rows[line * high + (high - 1) // 2] = beside(*parts)
    return rows, touches
