"""What a screen wants to show, told from the view alone, and what of it does not stand whole where it belongs.

A text is whole when all its characters stand in order in the part of the screen that is its own, lines broken at
blanks put together again. So a text with an ellipsis in the middle, a word that ran out at the right edge and a line
that found no room are all the same fault: cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanner_app.tui import glyphs
from scanner_app.tui.layout import Bands
from scanner_app.tui.local import Local
from scanner_app.tui.paint.keys import soft_keys
from scanner_app.tui.paint.need import bands_of
from scanner_app.tui.paint.pages import HELP_KEYS, page_keys
from scanner_app.view import ScreenView
from tracking.catalogue import word
from tracking.printable import printable

_BORDER = 4
"""Columns of the banner's border."""
_EDGES = {"history": 9}
"""Columns of the sign and the time beside a line of the session list."""
_FRAME = str.maketrans(
    dict.fromkeys(glyphs.THIN + glyphs.DOUBLE + glyphs.STARS + glyphs.MASK + "┌─┐│└┘", " ")
)


class Wanted(NamedTuple):
    """One text, and the part of the screen that it belongs to."""

    part: str
    text: str


def wanted(view: ScreenView, local: Local, bands: Bands) -> Iterator[Wanted]:
    """Every text that must be read on this screen."""
    if view.symbol and not view.stopped and not local.page:
        texts = (view.prompt, view.symbol_of, *(key.label for key in view.soft_keys))
        yield from (Wanted("screen", text) for text in texts)
        return
    yield from _top(view)
    if local.page and not view.stopped:
        yield from (Wanted("body", text) for text in _page(view, local))
        keys = page_keys(local.page, view.language)
    else:
        yield from _upper(view, local)
        yield from _middle(view, local, bands)
        keys = soft_keys(view)
    yield from (Wanted("keys", key.label) for key in keys)


def _top(view: ScreenView) -> Iterator[Wanted]:
    if view.workflow == "home":
        yield from (Wanted("top", text) for text in (view.site or view.device, view.operator))
    elif view.detour:
        yield Wanted("top", view.detour)
    else:
        yield from (Wanted("top", text) for text in (view.task, view.document))
    yield Wanted("top", f"{view.unsynced} {glyphs.UNSYNCED}")


def _upper(view: ScreenView, local: Local) -> Iterator[Wanted]:
    if local.refused:
        yield Wanted("prompt", word("wait", view.language))
        yield Wanted("prompt", word("scan_again", view.language, count=str(local.refused)))
        yield Wanted("prompt", local.refused_last)
    elif view.stopped and view.banner is not None and view.banner.do:
        yield Wanted("prompt", view.banner.do)
    else:
        yield Wanted("prompt", view.prompt)
        yield from (Wanted("upper", line) for line in view.prompt_more.split("\n"))
    if view.workflow != "home":
        yield from (Wanted("count", text) for text in _counted(view))
    if local.entry:
        shown = glyphs.MASK * len(local.entry) if view.secret else local.entry
        yield Wanted("all", f"{glyphs.ENTRY} {shown}{glyphs.CURSOR}".replace(glyphs.MASK, " "))
    elif view.hint:
        yield Wanted("hint", view.hint)


def _counted(view: ScreenView) -> Iterator[str]:
    if view.wants_text or len(view.prompt_more.split("\n")) > 1:
        return
    if view.workflow == "look_up" and view.listing:
        return
    if view.listing:
        yield from (line.text for line in view.listing if line.state == "now")
    elif view.progress is not None or view.workflow != "look_up":
        yield from (view.line_text, view.next_text)


def _middle(view: ScreenView, local: Local, bands: Bands) -> Iterator[Wanted]:
    if not any(line.wide for line in view.menu):
        yield from (Wanted("tasks", line.label) for line in view.tasks)
    if not view.stopped:
        yield from (Wanted("all", f"{line.key} {line.label}") for line in view.menu)
    banner = view.banner
    if view.workflow == "look_up" and view.listing and not view.stopped:
        # A page about what was looked up; of a line the serial number, its last word, is never cut.
        yield from (Wanted("banner", line.text.split()[-1]) for line in view.listing[: bands.banner.rows])
    elif banner is not None:
        yield Wanted("banner", banner.word)
        texts = banner.lines if view.stopped else (banner.do, *banner.lines)
        yield from (Wanted("banner", text) for text in texts)
        if view.waiting:
            yield Wanted("banner", str(view.waiting))
    if not (view.menu or view.wants_text or view.workflow == "home"):
        yield from (Wanted("history", line.text) for line in view.history[: bands.history.rows])


def _page(view: ScreenView, local: Local) -> Iterator[str]:
    if local.page == "help":
        yield from (view.prompt, *view.help)
    elif local.page == "keys":
        yield from (word(name, view.language) for name in ("page_keys", *HELP_KEYS))
    elif local.page == "list":
        yield word("page_list", view.language)
        yield from (line.text for line in view.taken[:10])
    else:
        names = ("page_device", "leave_once_more", "task_stays", "sound_on")
        yield from (word(name, view.language) for name in names)
        yield view.operator
        yield from view.exceptions


def cut(view: ScreenView, local: Local, rows: Sequence[str]) -> list[str]:
    """The texts that do not stand whole in their part of the screen, each with where it should be."""
    bands = bands_of(view, local, len(rows[0]), len(rows))
    parts = {name: getattr(bands, name) for name in bands.__struct_fields__}
    seen = {name: _joined(rows[band.top : band.end]) for name, band in parts.items()}
    seen["upper"] = _joined(rows[bands.prompt.top : bands.count.end])
    # A task's key stands at the right edge of its first row.
    seen["tasks"] = _joined([re.sub(r" F\d+ *$", "", row) for row in rows[bands.count.top : bands.count.end]])
    seen["screen"] = _joined(rows)
    seen["body"] = seen["all"] = _joined(rows[1 : bands.keys.top])
    return [
        f"{part}: {text}"
        for part, text in wanted(view, local, bands)
        if not _stands(_plain(printable(text, None)), seen[part], len(rows[0]) - _EDGES.get(part, _BORDER))
    ]


def _stands(text: str, seen: str, columns: int) -> bool:
    """Whether the text is there. A code that is longer than a row has no blank to break it at: both its ends count."""
    if text in seen:
        return True
    long = next((word for word in text.split() if len(word) > columns), "")
    ends = long[: columns // 2 - 3], long[3 - columns // 2 :]
    return bool(long) and all(end in seen for end in ends)


def _joined(rows: Sequence[str]) -> str:
    return _plain(" ".join(rows))


def _plain(text: str) -> str:
    return " ".join(text.translate(_FRAME).split())
