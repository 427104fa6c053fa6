"""Row 1: where am I, and am I alone."""

from __future__ import annotations

from scanner_app.tui import glyphs
from scanner_app.tui.local import Local
from scanner_app.tui.picture import Row, sides
from scanner_app.view import ScreenView
from tracking.catalogue import word
from tracking.printable import cells, printable

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
    sign = glyphs.LINK.get(view.link, "?")
    if not with_word:
        return f"{sign} {view.unsynced} {glyphs.UNSYNCED}"
    said = word(f"link_{view.link if view.link in glyphs.LINK else 'none'}", view.language)
    return f"{sign} {said} {view.unsynced:>3} {glyphs.UNSYNCED}"


def _where(view: ScreenView) -> tuple[str, ...]:
    """Where this is, the longest form first; the last is needed."""
    if view.workflow == "home":
        site = view.site or view.device
        place = " · ".join(filter(None, (site, view.place)))
        return tuple(f"{where}   {view.operator}" for where in (place, site))
    task = view.task or view.workflow.upper()
    if view.detour:
        return (f"{task}  {view.detour}", view.detour)
    here = "  ".join(filter(None, (task, view.document)))
    if view.listing and view.progress is not None:
        return ("{}  {}/{}".format(here, *view.progress), here)
    return (here,)


def top(view: ScreenView, local: Local, width: int) -> Row:
    """Task and document at the left, link and unsynced count at the right; what matters least goes first."""
    wide = width >= _CLOCK_COLUMNS_MIN
    clock = f"  {local.clock}" if view.workflow == "home" or wide else ""
    who = f"{view.operator}  " if wide and view.workflow != "home" and view.operator else ""
    rights = (
        f"{who}{link(view, True)}{clock}",
        f"{link(view, False)}{clock}",
        link(view, False),
    )
    lefts = _where(view)
    forms = [(left, right) for left in lefts for right in rights] + [(lefts[-1], rights[-1])]
    left, right = next((form for form in forms if _columns(*form) <= width), forms[-1])
    return sides(f" {left}", f"{right} ", width, "bar", "bar_alert" if view.link == "offline" else "")


def _columns(left: str, right: str) -> int:
    return 1 + cells(printable(left, None)) + 1 + cells(printable(right, None)) + 1
