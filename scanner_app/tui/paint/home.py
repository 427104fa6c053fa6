"""The start screen: scan anything, go on with what waits, or choose from the menu."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.paint.grid import Field, grid
from scanner_app.tui.picture import Row, Touch, row, sides, wrapped
from scanner_app.view import MenuLine, ScreenView
from tracking.printable import cells

MENU_LINES_MAX = 9
TASK_ROWS = 2
EDGES = 6
"""Columns of a task's sign and key."""
WIDE_EDGES, WIDE_ROWS_MAX = 4, 3
"""Columns of a digit before a line, and of the edges."""


def rows_needed(view: ScreenView, width: int) -> int:
    """Rows for the tasks that wait: as high as a finger where the start screen shows nothing else, or to be whole."""
    if _of_others(view):
        return 0
    long = any(cells(line.label) > width - EDGES for line in view.tasks)
    return len(view.tasks) * (TASK_ROWS if view.banner is None or long else 1)


def _of_others(view: ScreenView) -> bool:
    """True where it lists the tasks of others: one's own are not asked for."""
    return any(line.wide for line in view.menu)


def _rows(shown: tuple[MenuLine, ...], band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """A row each, as high as the band allows."""
    high = min(WIDE_ROWS_MAX, band.rows // len(shown))
    rows = [row("", width)] * band.rows
    touches = []
    for at, line in enumerate(shown):
        top = at * high
        first, *more = wrapped(line.label, width - WIDE_EDGES, high)
        rows[top] = row(f" {line.key} {first}", width, "field")
        rows[top + 1 : top + 1 + len(more)] = [row(f"   {text}", width, "field") for text in more]
        touches.append(Touch(band.top + top, band.top + top + high, 0, width, line.command))
    return rows, touches


def tasks(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks that wait in the count's rows, last used first, each with its key; a touch goes on with it."""
    rows = [row("", width)] * band.rows
    shown = view.tasks[: band.rows]
    if not shown or _of_others(view):
        return rows, []
    high = band.rows // len(shown)
    touches: list[Touch] = []
    for at, line in enumerate(shown):
        drawn = _task(line, width, high)
        first = at * high + (high - len(drawn)) // 2  # in the middle, and all the rows are there to touch
        rows[first : first + len(drawn)] = drawn
        touches.append(Touch(band.top + at * high, band.top + (at + 1) * high, 0, width, line.command))
    return rows, touches


def _task(line: MenuLine, width: int, high: int) -> list[Row]:
    """``▶ PO-4711 receiving, 12 of 40  F4``."""
    first, *more = wrapped(line.label, width - EDGES, min(high, TASK_ROWS))
    drawn = [sides(f" {glyphs.TASK} {first}", line.key.upper(), width, "strong")]
    return drawn + [row(f"   {text}", width, "strong") for text in more]


def menu(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks, each with the digit that chooses it."""
    if _of_others(view):
        return _rows(view.menu[: band.rows], band, width)
    fields = tuple(Field(f"{line.key} {line.label}", line.command) for line in view.menu[:MENU_LINES_MAX])
    return grid(fields, band, width)
