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
    name = "waiting_one" if view.waiting == 1 else "waiting_many"
    return word(name, view.language, count=str(view.waiting))


def _word(banner: Banner, width: int) -> str:
    glyph = glyphs.LEVEL.get(banner.level, " ")
    if banner.level == "complete":
        star = glyph * max(2, (width - cells(cut(banner.word, width)) - 2) // 2)
        return centred(f"{star} {cut(banner.word, width - 6)} {star}", width)
    return f"{glyph} {banner.word}"


def _body(view: ScreenView, banner: Banner, rows: int, width: int) -> list[str]:
    """Word, lines and what waits; a line that is too long takes spare rows before it is cut."""
    last = waiting(view)
    room = rows - 1 - bool(last)
    lines = list(banner.lines)
    if banner.do and not view.stopped:
        lines.insert(0, banner.do)
    spare = room - len(lines)
    body: list[str] = []
    for line in lines[:room]:
        broken = wrapped(line, width, 1 + max(0, spare))
        spare -= len(broken) - 1
        body += broken
    body += [""] * (room - len(body))
    return [_word(banner, width), *body, *([last] if last else [])]


def banner(view: ScreenView, local: Local, band: Band, width: int) -> list[Row]:
    """The banner with its border, exactly the rows of its band."""
    style = light(view, local.light)
    shown = view.banner
    if shown is None:
        return [row("", width)] * band.rows
    top_left, across, top_right, upright, low_left, low_right = _BORDERS.get(style, tuple(glyphs.THIN))
    inner = width - 4
    body = _body(view, shown, band.rows - 2, inner)
    rows = [row(top_left + across * (width - 2) + top_right, width, style)]
    rows += [row(f"{upright} {fit(line, inner)} {upright}", width, style) for line in body]
    rows.append(row(low_left + across * (width - 2) + low_right, width, style))
    return rows
