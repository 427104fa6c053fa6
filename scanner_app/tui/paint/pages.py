"""Pages in front of a task: help, the session list, and the device. Any answer of the session closes them."""

from __future__ import annotations

from functools import partial

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Band
from scanner_app.tui.local import Local
from scanner_app.tui.picture import Row, Touch, cut, row, sides, wrapped
from scanner_app.view import ScreenView, SoftKey, TakenLine
from tracking.catalogue import word
from tracking.printable import cells

_WHAT_COLUMNS_MIN = 5

HELP_KEYS = (
    "help_back",
    "help_keys",
    "help_hand_over",
    "help_light",
    "help_device",
    "help_list",
    "help_typed",
)
"""What is true on every screen."""

LINE_ROWS_MAX = 4
"""Rows of one sentence on a page."""

PAGE_KEYS = {
    "help": (("f1", "keys", ":keys"), ("escape", "back", ":close")),
    "keys": (("escape", "back", ":close"),),
    "list": (
        ("enter", "take_back", ":undo"),
        ("up", "up", ":up"),
        ("down", "down", ":down"),
        ("escape", "back", ":close"),
    ),
    "device": (
        ("f6", "sound", ":sound"),
        ("f8", "light", ":theme"),
        ("f10", "leave", ":leave"),
        ("escape", "back", ":close"),
    ),
}


def page_keys(name: str, language: str) -> tuple[SoftKey, ...]:
    """The soft keys of a page."""
    return tuple(
        SoftKey(key=key, label=word(f"key_{label}", language), command=command)
        for key, label, command in PAGE_KEYS[name]
    )


def page(view: ScreenView, local: Local, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The rows of the page that is open."""
    touches: list[Touch] = []
    if local.page == "help":
        rows = _help(view, width)
    elif local.page == "keys":
        rows = _keys(view, width)
    elif local.page == "list":
        rows, touches = _list(view, local, band, width)
    else:
        rows = _device(view, local, width)
    rows += [row("", width)] * (band.rows - len(rows))
    return rows[: band.rows], touches


def _help(view: ScreenView, width: int) -> list[Row]:
    """What is asked for here, and what the task is about."""
    return _told(view.prompt, view.help, width)


def _keys(view: ScreenView, width: int) -> list[Row]:
    """What the keys do on every screen."""
    told = tuple(word(name, view.language) for name in HELP_KEYS)
    return _told(word("page_keys", view.language), told, width)


def _told(title: str, lines: tuple[str, ...], width: int) -> list[Row]:
    """Sentences under a title, each with a sign before it."""
    rows = [row(f" {part}", width, "strong") for part in wrapped(title, width - 2, LINE_ROWS_MAX)]
    for text in lines:
        first, *more = wrapped(text, width - 4, LINE_ROWS_MAX)
        rows += [row(f" · {first}", width), *(row(f"   {part}", width) for part in more)]
    return rows


def _list(view: ScreenView, local: Local, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """What was done here, newest first; the chosen line stays in sight."""
    typed = f"{glyphs.ENTRY} {local.entry}{glyphs.CURSOR} " if local.entry else ""
    rows = [sides(f" {word('page_list', view.language)}", typed, width, "strong")]
    if not view.taken:
        return [*rows, row(f" {word('list_empty', view.language)}", width)], []
    room = band.rows - 1
    first = max(0, min(local.cursor - room // 2, len(view.taken) - room))
    digits = len(str(view.taken[0].number))
    touches = []
    for at, shown in enumerate(view.taken[first : first + room], first):
        top = band.top + len(rows)
        touches.append(Touch(top, top + 1, 0, width, f":choose {at}"))
        rows.append(_taken(shown, digits, width, "entry" if at == local.cursor else ""))
    return rows, touches


def _taken(shown: TakenLine, digits: int, width: int, style: str) -> Row:
    """Number, sign, what it was about, what was done, when, and whether the server has it. The serial is cut last."""
    right = f"{shown.time[:5]} {' ' if shown.sent else glyphs.UNSYNCED} "
    room = width - cells(right) - 1
    left = f" {shown.number:>{digits}} {glyphs.LEVEL.get(shown.level, ' ')} "
    head = left + cut(shown.text, room - cells(left))
    left_over = room - cells(head) - 2
    if left_over >= _WHAT_COLUMNS_MIN:
        head = f"{head}  {cut(shown.what, left_over)}"
    return sides(head, right, width, style or ("line_note" if shown.level == "note" else "line_ok"))


def _device(view: ScreenView, local: Local, width: int) -> list[Row]:
    phrased = partial(word, language=view.language)
    kept = phrased("unsent", count=str(view.unsynced)) if view.unsynced else phrased("all_sent")
    lines = (
        "  ".join(filter(None, (view.device or phrased("this_device"), view.site, view.operator))),
        phrased("sound_on" if local.sound else "sound_off"),
        phrased("screen_night" if local.theme == "night" else "screen_sun"),
        phrased("leave_once_more"),
        kept,
        phrased("task_stays"),
        *((phrased("to_settle"), *view.exceptions) if view.exceptions else ()),
    )
    return _told(phrased("page_device"), lines, width)
