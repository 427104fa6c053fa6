"""The start screen: scan anything, go on with what waits, or choose from the menu."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.paint.grid import Field, grid
from scanner_app.tui.picture import Row, Touch, row, sides
from scanner_app.view import MenuLine, ScreenView

MENU_LINES_MAX = 9


def _rows(shown: tuple[MenuLine, ...], band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """A row each, as high as the band allows."""
    high = min(2, band.rows // len(shown))
    rows = [row("", width)] * band.rows
    touches = []
    for at, line in enumerate(shown):
        top = at * high
        rows[top] = row(f" {line.key} {line.label}", width, "field")
        touches.append(Touch(band.top + top, band.top + top + high, 0, width, line.command))
    return rows, touches


def tasks(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks that wait in the count's rows, last used first, each with its key; a touch goes on with it."""
    rows = [row("", width)] * band.rows
    shown = view.tasks[: band.rows]
    if not shown:
        return rows, []
    if len(shown) == 1:  # in the middle, and all the rows are there to touch
        rows[band.rows // 2] = _task(shown[0], width)
        return rows, [Touch(band.top, band.end, 0, width, shown[0].command)]
    rows[: len(shown)] = [_task(line, width) for line in shown]
    touches = [
        Touch(band.top + at, band.top + at + 1, 0, width, line.command) for at, line in enumerate(shown)
    ]
    return rows, touches


def _task(line: MenuLine, width: int) -> Row:
    return sides(f" {glyphs.TASK} {line.label}", line.key.upper(), width, "strong")


def menu(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks, each with the digit that chooses it."""
    if any(line.wide for line in view.menu):
        return _rows(view.menu[: band.rows], band, width)
    fields = tuple(Field(f"{line.key} {line.label}", line.command) for line in view.menu[:MENU_LINES_MAX])
    return grid(fields, band, width)
