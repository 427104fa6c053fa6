"""Rows 2-6: what to scan now, how far, and the entry line of a person."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.digits import CELLS, ROWS, big
from scanner_app.tui.layout import PROMPT_ROWS, Band
from scanner_app.tui.local import Local
from scanner_app.tui.paint.top import age
from scanner_app.tui.picture import Row, beside, row, sides, wrapped
from scanner_app.view import ListedLine, ScreenView
from tracking.catalogue import word
from tracking.printable import cells

_TWO_COLUMNS_MIN = 72
PROMPT_LINES_MAX, ABOUT_LINES_MAX, HINT_LINES_MAX = 2, 3, 3
"""A prompt is read from arm's length; a fault is a sentence."""


def prompt_lines(view: ScreenView, local: Local, width: int) -> list[tuple[str, str]]:
    """What to scan now, as a noun, and what it is about; in a stop, what to do with the thing in the hand.

    Lines of at most ``width - 1`` cells, each with its style.
    """
    if local.refused:
        return [(f"{glyphs.LEVEL['stop']} {word('wait', view.language)}", "stop"), ("", "stop")]
    room = width - 2
    if view.stopped and view.banner is not None and view.banner.do:
        do = [(line, "stop") for line in wrapped(view.banner.do, room, PROMPT_LINES_MAX)]
        then = word("then", view.language, prompt=view.prompt) if view.prompt else ""
        return [*do, (then, "plain")] if len(do) < PROMPT_ROWS and cells(then) <= room else do
    first = wrapped(view.prompt, room, PROMPT_LINES_MAX)
    more = view.prompt_more.split("\n")[0]
    style = "stop" if view.stopped else "strong"
    about = wrapped(more, room, ABOUT_LINES_MAX) if more else []
    return [*((line, style) for line in first), *((line, "plain") for line in about)]


def prompt(view: ScreenView, local: Local, band: Band, width: int) -> list[Row]:
    """The rows of the prompt."""
    lines = prompt_lines(view, local, width)[: band.rows]
    rows = [row(f" {line}", width, style) for line, style in lines]
    if local.refused:
        rows[1:2] = [_refused_more(view, local, width)]
    return rows + [row("", width)] * (band.rows - len(rows))


def _refused_more(view: ScreenView, local: Local, width: int) -> Row:
    again = word("scan_again", view.language, count=str(local.refused))
    return sides(f" {local.refused_last}", f"{again} ", width, "stop")


def count(view: ScreenView, local: Local, band: Band, width: int, ascii_glyphs: bool) -> list[Row]:
    """The count in big figures with the line of the order; the entry where a person is asked to type."""
    if view.wants_text:
        rows = _asked(view, local, width)
    elif more := [line for line in view.prompt_more.split("\n")[1:] if line.strip()]:
        rows = [row(" " + line, width) for line in more]
    elif view.listing:
        rows = listed(view.listing, band.rows, width)
    elif view.progress is not None:
        rows = _figures(view, view.progress, width, ascii_glyphs)
    else:
        rows = [
            row("", width),
            row(f"   {view.line_text}", width),
            row(f"   {view.next_text}", width, "quiet"),
        ]
    rows += [row("", width)] * (band.rows - len(rows))
    return rows[: band.rows]


def listed(lines: tuple[ListedLine, ...], rows_max: int, width: int) -> list[Row]:
    """As many lines as there is room for around the one that is asked for, in two columns on a wide screen."""
    columns = 2 if width >= _TWO_COLUMNS_MIN else 1
    room = rows_max * columns
    now = next((at for at, line in enumerate(lines) if line.state == "now"), len(lines))
    first = max(0, min(now - 1, len(lines) - room))
    shown = lines[first : first + room]
    texts = [f" {glyphs.LISTED.get(line.state, ' ')} {line.text}" for line in shown]
    styles = ["strong" if line.state == "now" else "plain" for line in shown]
    if columns == 1:
        return [row(text, width, style) for text, style in zip(texts, styles, strict=True)]
    half = width // 2
    texts += [""] * (room - len(texts))
    styles += ["plain"] * (room - len(styles))
    return [
        beside((texts[at], half, styles[at]), (texts[at + rows_max], width - half, styles[at + rows_max]))
        for at in range(rows_max)
    ]


def _figures(view: ScreenView, progress: tuple[int, int], width: int, ascii_glyphs: bool) -> list[Row]:
    """What is done in figures that are read at arm's length; of how many beside it, where both are too wide."""
    done, of = progress
    whole = f"{done}/{of}" if of else f"{done}"
    for text, total in ((whole, ""), (f"{done}", f"/ {of}" if of else "")):
        columns = len(text) * CELLS + 2
        side = [total, view.line_text, view.next_text]
        if max(cells(line) for line in side) <= width - columns - 1:
            figures = big(text, ascii_glyphs)
            return [
                beside(
                    ("", 1, "strong"),
                    (figures[at], columns, "strong"),
                    (side[at], width - columns - 1, "plain"),
                )
                for at in range(ROWS)
            ]
    return [
        row(f"  {text}", width, style)
        for text, style in ((whole, "strong"), (side[1], "plain"), (side[2], "plain"))
    ]


def shown_entry(view: ScreenView, local: Local) -> str:
    """The entry line as it may be seen."""
    return glyphs.MASK * len(local.entry) if view.secret else local.entry


def _asked(view: ScreenView, local: Local, width: int) -> list[Row]:
    line = f" {glyphs.ENTRY} {shown_entry(view, local)}{glyphs.CURSOR}"
    return [sides(line, f"{word('key_enter', view.language)} ", width, "entry")]


def hint_lines(view: ScreenView, local: Local, width: int) -> list[str]:
    """The hint, in more than one line where it says what is wrong."""
    if local.entry and not view.wants_text:
        return [""]
    return wrapped(view.hint or word("hint_help", view.language), width - 2, HINT_LINES_MAX)


def hint(view: ScreenView, local: Local, band: Band, width: int) -> list[Row]:
    """The hint, with the age of the cache at the right; or what a person is typing."""
    if local.entry and not view.wants_text:
        menu = next((line for line in view.menu if line.key == local.entry), None)
        enter = word("key_enter", view.language)
        end = f"{enter} = {menu.label} " if menu else f"{enter} "
        return [sides(f" {glyphs.ENTRY} {shown_entry(view, local)}{glyphs.CURSOR}", end, width, "entry")]
    *above, last = hint_lines(view, local, width)[: max(1, band.rows)]
    left = f" {last}"
    end = _cache(view, local, width - cells(left) - 2)
    return [*(row(f" {line}", width, "quiet") for line in above), sides(left, end, width, "quiet")]


def _cache(view: ScreenView, local: Local, room: int) -> str:
    """Age of the cache, as long as there is room for; nothing for a handheld that works alone."""
    if view.link == "none" and local.cache_age_s is None:
        return ""
    shown = age(local.cache_age_s, view.language)
    forms = (f"{word('cache', view.language, age=shown)} ", f"{shown} ")
    return next((form for form in forms if cells(form) <= room), "")
