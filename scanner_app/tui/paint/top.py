"""Row 1: where am I, and am I alone."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.local import Local
from scanner_app.tui.picture import Row, cut, sides
from scanner_app.view import ScreenView
from tracking.catalogue import word
from tracking.printable import cells

_CLOCK_COLUMNS_MIN = 60
"""From this width on there is room for the operator and the clock beside a task."""


def age(seconds: int | None, language: str = "en") -> str:
    """A cache age in the largest sensible unit.

    >>> age(130), age(None)
    ('2 min', 'never')
    """
    if seconds is None:
        return word("age_never", language)
    minutes = max(seconds, 0) // 60
    if minutes < 120:
        return word("age_min", language, count=str(minutes))
    if minutes < 48 * 60:
        return word("age_h", language, count=str(minutes // 60))
    return word("age_days", language, count=str(minutes // 1440))


def link(view: ScreenView, with_word: bool) -> str:
    """Link and unsynced count: ``● online   0 ↑``."""
    said = (
        word(f"link_{view.link if view.link in glyphs.LINK else 'none'}", view.language) if with_word else ""
    )
    return f"{glyphs.LINK.get(view.link, '?')} {said}{view.unsynced:>4} {glyphs.UNSYNCED}"


def _where(view: ScreenView) -> str:
    if view.workflow == "home":
        place = " · ".join(filter(None, (view.site or view.device, view.place)))
        return f"{place}   {view.operator}"
    done = "{}/{}".format(*view.progress) if view.listing and view.progress is not None else ""
    return "  ".join(filter(None, (view.task or view.workflow.upper(), view.document, done)))


def top(view: ScreenView, local: Local, width: int) -> Row:
    """Task and document at the left, link and unsynced count at the right."""
    left = " " + _where(view)
    if view.detour:
        left = f" {cut(_where(view), width // 4)}  {cut(view.detour, width // 2)}"
    extras = ""
    if view.workflow == "home" or width >= _CLOCK_COLUMNS_MIN:
        extras = f"  {local.clock}"
    who = ""
    if width >= _CLOCK_COLUMNS_MIN and view.workflow != "home" and view.operator:
        who = f"{cut(view.operator, width // 5)}  "
    right = f"{who}{link(view, True)}{extras}"
    if cells(cut(left, width)) + 1 + cells(right) + 1 > width:
        right = f"{who}{link(view, False)}{extras}"
    return sides(left, right + " ", width, "bar", "bar_alert" if view.link == "offline" else "")
