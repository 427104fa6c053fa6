"""How many rows the parts of a screen need for what they show now, and so where each of them stands."""

from __future__ import annotations

from scanner_app.tui.layout import COUNT_ROWS, HINT_ROWS, PROMPT_ROWS, Bands, Need, bands
from scanner_app.tui.local import Local
from scanner_app.tui.paint import banner, grid, home, task
from scanner_app.view import ScreenView

FINGER_ROWS = 2
"""A field that a glove hits is at least so high."""


def bands_of(view: ScreenView, local: Local, width: int, height: int) -> Bands:
    """The rows of the parts of this screen."""
    return bands(height, _need(view, local, width))


def _need(view: ScreenView, local: Local, width: int) -> Need:
    typing = view.wants_text and not view.stopped
    chosen = typing or (bool(view.menu) and view.workflow != "home")
    return Need(
        prompt=max(PROMPT_ROWS, len(task.prompt_lines(view, local, width))),
        count=_count(view, width),
        banner=banner.rows_needed(view, width, dense=True) - (banner.BORDER_ROWS if chosen else 0),
        banner_well=banner.rows_needed(view, width),
        below=_below(view) * FINGER_ROWS,
        hint=max(HINT_ROWS, 1 if typing else len(task.hint_lines(view, local, width))),
    )


def _count(view: ScreenView, width: int) -> int:
    """The entry is one row, so that the digits under it are large; a look-up counts nothing."""
    if view.wants_text and not view.stopped:
        return 1
    if view.workflow == "home":
        return max(COUNT_ROWS, home.rows_needed(view, width))
    return 0 if view.workflow == "look_up" and view.progress is None else COUNT_ROWS


def _below(view: ScreenView) -> int:
    """Rows of fields to touch."""
    if view.stopped:
        return 0
    if view.wants_text:
        return -(-len(grid.digits(view.language)) // grid.COLUMNS)
    columns = 1 if any(line.wide for line in view.menu) else grid.COLUMNS
    return -(-len(view.menu) // columns)
