"""The whole screen, from the view, the screens' own state and the size."""

from __future__ import annotations

from scanner_app.tui import layout
from scanner_app.tui.glyphs import ascii_twin
from scanner_app.tui.layout import Band, Bands
from scanner_app.tui.local import Local
from scanner_app.tui.paint import home, symbol, task
from scanner_app.tui.paint.banner import banner
from scanner_app.tui.paint.grid import digits, grid
from scanner_app.tui.paint.history import history
from scanner_app.tui.paint.keys import keys, soft_keys
from scanner_app.tui.paint.need import bands_of
from scanner_app.tui.paint.pages import page, page_keys
from scanner_app.tui.paint.top import top
from scanner_app.tui.picture import Picture, Row, Touch, row
from scanner_app.view import ScreenView
from tracking.catalogue import word

Parts = list[tuple[int, list[Row]]]
"""First row, and the rows from there on."""


def paint(view: ScreenView, local: Local, width: int, height: int, ascii_glyphs: bool = False) -> Picture:
    """The picture of ``width`` x ``height`` cells."""
    if height < layout.ROWS_MIN or width < layout.COLUMNS_MIN:
        return _too_small(view, width, height)
    if view.symbol and not view.stopped and not local.page:
        return symbol.page(view, width, height)
    bands = bands_of(view, local, width, height)
    parts: Parts = [(0, [top(view, local, width)])]
    shown_keys = soft_keys(view)
    if local.page and not view.stopped:
        body = Band(bands.prompt.top, bands.keys.top - bands.prompt.top)
        drawn, touches = page(view, local, body, width)
        parts.append((body.top, drawn))
        shown_keys = page_keys(local.page, view.language)
    elif view.workflow == "home":
        touches = _home(view, local, bands, width, parts)
    else:
        touches = _task(view, local, bands, width, ascii_glyphs, parts)
    drawn, key_touches = keys(shown_keys, bands.keys, width)
    parts.append((bands.keys.top, drawn))
    rows = [row("", width)] * height
    for first, drawn in parts:
        rows[first : first + len(drawn)] = drawn
    picture = Picture(tuple(rows[:height]), (*key_touches, *touches))
    return picture.mapped(ascii_twin) if ascii_glyphs else picture


def _task(
    view: ScreenView, local: Local, bands: Bands, width: int, ascii_glyphs: bool, parts: Parts
) -> list[Touch]:
    touches = _upper(view, local, bands, width, parts)
    parts.append((bands.count.top, task.count(view, local, bands.count, width, ascii_glyphs)))
    parts.append((bands.banner.top, _card(view, local, bands.banner, width)))
    return touches + _below(view, bands.history, width, parts) + _stop_touch(view, bands.banner, width)


def _below(view: ScreenView, band: Band, width: int, parts: Parts) -> list[Touch]:
    """What stands below the banner: digits where a person types, what may be chosen, or the last scans."""
    if view.wants_text and not view.stopped:
        drawn, touches = grid(digits(view.language), band, width, centre=True)
    elif view.menu and not view.stopped:
        drawn, touches = home.menu(view, band, width)
    else:
        drawn = history(view, band, width)
        touches = [Touch(band.top, band.end, 0, width, ":list")] if view.history and band.rows else []
    parts.append((band.top, drawn))
    return touches


def _card(view: ScreenView, local: Local, band: Band, width: int) -> list[Row]:
    """What was looked up, or the page about it that is open."""
    if view.workflow == "look_up" and view.listing and not view.stopped:
        drawn = task.listed(view.listing, band.rows, width)
        return [*drawn, *([row("", width)] * (band.rows - len(drawn)))]
    return banner(view, local, band, width)


def _home(view: ScreenView, local: Local, bands: Bands, width: int, parts: Parts) -> list[Touch]:
    touches = _upper(view, local, bands, width, parts)
    drawn, more = home.tasks(view, bands.count, width)
    if view.wants_text:
        drawn = task.count(view, local, bands.count, width, False)
        more = []
    parts.append((bands.count.top, drawn))
    menu_band = bands.history
    if view.banner is None:
        menu_band = Band(bands.banner.top, bands.hint.top - bands.banner.top)
    else:
        parts.append((bands.banner.top, _card(view, local, bands.banner, width)))
    return touches + more + _below(view, menu_band, width, parts) + _stop_touch(view, bands.banner, width)


def _upper(view: ScreenView, local: Local, bands: Bands, width: int, parts: Parts) -> list[Touch]:
    parts.append((bands.prompt.top, task.prompt(view, local, bands.prompt, width)))
    parts.append((bands.hint.top, task.hint(view, local, bands.hint, width)))
    if local.refused and not view.stopped:
        return [Touch(bands.prompt.top, bands.prompt.end, 0, width, ":taken_note")]
    return []


def _stop_touch(view: ScreenView, band: Band, width: int) -> list[Touch]:
    return [Touch(band.top, band.end, 0, width, "ack")] if view.stopped else []


def _too_small(view: ScreenView, width: int, height: int) -> Picture:
    lines = [
        word("too_small", view.language, size=f"{width}x{height}"),
        view.prompt,
        view.banner.word if view.banner else "",
    ]
    style = "stop" if view.stopped else "strong"
    rows = [row(text, width, style) for text in lines] + [row("", width)] * height
    return Picture(tuple(rows[:height]))
