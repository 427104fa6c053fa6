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


def rows_needed(view: ScreenView, width: int) -> int:
    """Rows for the tasks that wait: as high as a finger where the start screen shows nothing else, or to be whole."""
    long = any(cells(line.label) > width - EDGES for line in view.tasks)
    return len(view.tasks) * (TASK_ROWS if view.banner is None or long else 1)


def tasks(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks that wait in the count's rows, last used first, each with its key; a touch goes on with it."""
    rows = [row("", width)] * band.rows
    shown = view.tasks[: band.rows]
    if not shown:
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
    fields = tuple(Field(f"{line.key} {line.label}", line.command) for line in view.menu[:MENU_LINES_MAX])
    return grid(fields, band, width)
