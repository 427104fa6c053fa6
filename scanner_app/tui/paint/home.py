"""The start screen: scan anything, go on with what waits, or choose from the menu."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.paint.grid import Field, grid
from scanner_app.tui.picture import Row, Touch, row
from scanner_app.view import ScreenView

MENU_LINES_MAX = 9


def resume(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The task that waits, in the middle of the count's rows; a touch goes on with it."""
    rows = [row("", width)] * band.rows
    if not view.resume or not rows:
        return rows, []
    rows[band.rows // 2] = row(f" {glyphs.TASK} {view.resume}", width, "strong")
    touch = Touch(band.top, band.end, 0, width, view.resume_command)
    return rows, [touch] if view.resume_command else []


def menu(view: ScreenView, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The tasks, each with the digit that chooses it."""
    fields = tuple(Field(f"{line.key} {line.label}", line.command) for line in view.menu[:MENU_LINES_MAX])
    return grid(fields, band, width)
