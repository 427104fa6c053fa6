"""Pages in front of a task: help, the session list, and the device. Any answer of the session closes them."""

from __future__ import annotations

from scanner_app.tui.layout import Band
from scanner_app.tui.local import Local
from scanner_app.tui.paint.history import line
from scanner_app.tui.picture import Row, Touch, restyled, row, wrapped
from scanner_app.view import ScreenView, SoftKey

HELP_KEYS = (
    "ESC one step back, nothing is lost",
    "F2-F5 the keys at the bottom edge",
    "F8 light or dark screen",
    "F10 device: sound, leave",
    "↓ last scans, take one back",
    "what you type and end with ENTER counts as scanned, and is marked as typed",
)
"""What is true on every screen."""

PAGE_KEYS: dict[str, tuple[SoftKey, ...]] = {
    "help": (SoftKey(key="escape", label="BACK", command=":close"),),
    "list": (
        SoftKey(key="enter", label="TAKE BACK", command=":undo"),
        SoftKey(key="up", label="UP", command=":up"),
        SoftKey(key="down", label="DOWN", command=":down"),
        SoftKey(key="escape", label="BACK", command=":close"),
    ),
    "device": (
        SoftKey(key="f6", label="SOUND", command=":sound"),
        SoftKey(key="f8", label="LIGHT", command=":theme"),
        SoftKey(key="f10", label="LEAVE", command=":leave"),
        SoftKey(key="escape", label="BACK", command=":close"),
    ),
}


def page(view: ScreenView, local: Local, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The rows of the page that is open."""
    touches: list[Touch] = []
    if local.page == "help":
        rows = _help(view, band.rows, width)
    elif local.page == "list":
        rows, touches = _list(view, local, band, width)
    else:
        rows = _device(view, local, width)
    rows += [row("", width)] * (band.rows - len(rows))
    return rows[: band.rows], touches


def _help(view: ScreenView, rows: int, width: int) -> list[Row]:
    lines = [row(" HELP", width, "strong")]
    for text in (view.prompt, *view.help):
        lines += [row(f" {part}", width) for part in wrapped(text, width - 2, 3)]
    ever = [row(f" {part}", width) for text in HELP_KEYS for part in wrapped(text, width - 2, 3)]
    return [*lines[: rows - len(ever) - 1], row("", width), *ever]


def _list(view: ScreenView, local: Local, band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    rows = [row(" LAST SCANS  choose one to take it back", width, "strong")]
    room = band.rows - 1
    first = max(0, min(local.cursor - room // 2, len(view.history) - room))
    touches = []
    for at, shown in enumerate(view.history[first : first + room], first):
        drawn = line(shown, width)
        if at == local.cursor:
            drawn = restyled(drawn, "entry")
        top = band.top + len(rows)
        touches.append(Touch(top, top + 1, 0, width, f":choose {at}"))
        rows.append(drawn)
    return rows, touches


def _device(view: ScreenView, local: Local, width: int) -> list[Row]:
    kept = f"{view.unsynced} not yet sent: they stay on this device." if view.unsynced else "All is sent."
    lines = (
        f"{view.device or 'this device'}  {view.site}  {view.operator}",
        "",
        f"F6  sound is {'on' if local.sound else 'off'}",
        f"F8  screen is {local.theme}",
        "F10 once more leaves the program.",
        f"    {kept}",
        "    The task goes on where it was.",
    )
    told = [part for text in view.exceptions for part in wrapped(text, width - 2, 4)]
    shown = (*lines, "", "For the office to settle:", *told) if told else lines
    return [row(" DEVICE", width, "strong"), row("", width), *(row(f" {text}", width) for text in shown)]
