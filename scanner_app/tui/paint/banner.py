"""Rows 7-13: the answer to the last scan. The only thing that must be read; its colour fills it."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.local import Local
from scanner_app.tui.picture import Row, centred, cut, fit, row, wrapped
from scanner_app.view import Banner, ScreenView
from tracking.catalogue import word
from tracking.printable import cells

_BORDERS = {"stop": tuple(glyphs.DOUBLE), "complete": tuple(glyphs.STARS)}
BORDER_ROWS, EDGES = 2, 4
"""Rows and columns of the border."""
BETWEEN = " · "
WORD_ROWS_MAX, LINES_MAX = 3, 12
"""More than that is not read."""
_NAMED_LEVELS = ("ok", "note", "stop", "complete")


def light(view: ScreenView, before: str) -> str:
    """The level whose colour the banner has. A repeated label leaves the light as it was."""
    if view.banner is None:
        return "none"
    if view.banner.level == "repeat":
        return before
    return view.banner.level if view.banner.level in _NAMED_LEVELS else "none"


def waiting(view: ScreenView) -> str:
    """The line that says how many scans are held; empty when there are none."""
    if not view.waiting:
        return ""
    return word("waiting_behind", view.language, count=str(view.waiting))


def _word(banner: Banner, width: int) -> list[str]:
    """The sign and the word; a whole sentence, as some answers are, in as many rows as it takes."""
    glyph = glyphs.LEVEL.get(banner.level, " ")
    if banner.level == "complete":
        star = glyph * max(2, (width - cells(cut(banner.word, width)) - 2) // 2)
        return [centred(f"{star} {cut(banner.word, width - 6)} {star}", width)]
    first, *more = wrapped(banner.word, width - 2, WORD_ROWS_MAX)
    return [f"{glyph} {first}", *(f"  {line}" for line in more)]


def _lines(view: ScreenView, shown: Banner) -> list[str]:
    """What stands under the word."""
    lines = [line for line in shown.lines if line]
    return lines if view.stopped or not shown.do else [shown.do, *lines]


def rows_needed(view: ScreenView, width: int, *, dense: bool = False) -> int:
    """Rows that the banner needs for everything that it says, its border among them; 0 without a banner.

    ``dense``: at the least, with lines that break anywhere.
    """
    if view.banner is None:
        return 0
    inner = width - EDGES
    lines = _lines(view, view.banner)
    rows = _dense(lines, inner) if dense else _side_by_side(lines, inner)
    return BORDER_ROWS + len(_word(view.banner, inner)) + len(rows) + bool(view.waiting)


def _dense(lines: list[str], width: int) -> list[str]:
    """The lines one after the other, in as few rows as they go into."""
    return wrapped(BETWEEN.join(lines), width, LINES_MAX) if lines else []


def _side_by_side(lines: list[str], width: int) -> list[str]:
    """As many lines in a row as stand there whole."""
    rows: list[str] = []
    for line in lines:
        if rows and cells(rows[-1]) + cells(BETWEEN) + cells(line) <= width:
            rows[-1] += BETWEEN + line
        else:
            rows += wrapped(line, width, LINES_MAX)
    return rows


def _packed(lines: list[str], width: int, rows: int) -> list[str]:
    """One line a row as far as there are rows; then the shortest neighbours share one, all of them at worst."""
    packed = list(lines)
    while sum(len(wrapped(line, width, LINES_MAX)) for line in packed) > rows:
        pairs = [f"{packed[at]}{BETWEEN}{packed[at + 1]}" for at in range(len(packed) - 1)]
        shortest = min(pairs, key=cells, default="")
        if not shortest or cells(shortest) > width:
            whole = _side_by_side(lines, width)
            return whole if len(whole) <= rows else _dense(lines, width)
        at = pairs.index(shortest)
        packed[at : at + 2] = [shortest]
    return [row for line in packed for row in wrapped(line, width, LINES_MAX)]


def _body(view: ScreenView, shown: Banner, rows: int, width: int) -> list[str]:
    """Word, lines and what waits."""
    said, last = _word(shown, width), waiting(view)
    room = max(0, rows - len(said) - bool(last))
    body = _packed(_lines(view, shown), width, room)[:room]
    body += [""] * (room - len(body))
    return [*said, *body, *([last] if last else [])]


def banner(view: ScreenView, local: Local, band: Band, width: int) -> list[Row]:
    """The banner with its border, exactly the rows of its band; without one where the rows are needed for words."""
    style = light(view, local.light)
    shown = view.banner
    if shown is None:
        return [row("", width)] * band.rows
    inner = width - EDGES
    if band.rows < rows_needed(view, width, dense=True) and not view.stopped:
        return [row(f"  {fit(line, inner)}", width, style) for line in _body(view, shown, band.rows, inner)]
    top_left, across, top_right, upright, low_left, low_right = _BORDERS.get(style, tuple(glyphs.THIN))
    body = _body(view, shown, band.rows - BORDER_ROWS, inner)
    rows = [row(top_left + across * (width - 2) + top_right, width, style)]
    rows += [row(f"{upright} {fit(line, inner)} {upright}", width, style) for line in body]
    rows.append(row(low_left + across * (width - 2) + low_right, width, style))
    return rows
