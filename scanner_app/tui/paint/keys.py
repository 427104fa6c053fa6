"""Rows 19-20: at most four soft keys, edge to edge, that a gloved thumb hits."""

from __future__ import annotations

from scanner_app.tui.layout import Band
from scanner_app.tui.picture import Row, Touch, beside, centred, row
from scanner_app.view import ScreenView, SoftKey
from tracking.catalogue import word

SOFT_KEYS_MAX = 4

_KEY_NAMES = {"escape": "ESC", "up": "↑", "down": "↓"}


def soft_keys(view: ScreenView) -> tuple[SoftKey, ...]:
    """The keys of this moment. A stop can always be acknowledged."""
    if not view.stopped:
        return view.soft_keys[:SOFT_KEYS_MAX]
    if any(key.command == "ack" for key in view.soft_keys):
        return view.soft_keys[:SOFT_KEYS_MAX]
    # What a stop offers when the session names nothing else.
    return (
        SoftKey(key="enter", label=word("key_ack", view.language), command="ack"),
        SoftKey(key="f9", label=word("key_supervisor", view.language), command="override"),
    )


def keys(shown: tuple[SoftKey, ...], band: Band, width: int) -> tuple[list[Row], list[Touch]]:
    """The keys and where they can be touched: without gaps, so that no touch falls between two."""
    if not shown:
        return [row("", width)] * band.rows, []
    edges = [round(at * width / len(shown)) for at in range(len(shown) + 1)]
    touches = [
        Touch(band.top, band.end, edges[at], edges[at + 1], key.command) for at, key in enumerate(shown)
    ]
    rows: list[Row] = []
    for at in range(band.rows):
        parts: list[tuple[str, int, str]] = []
        for number, key in enumerate(shown):
            gap = 1 if number < len(shown) - 1 else 0
            columns = edges[number + 1] - edges[number] - gap
            text = (_KEY_NAMES.get(key.key, key.key.upper()), key.label)[at] if at < 2 else ""
            parts += [(centred(text, columns), columns, "key"), ("", gap, "key_gap")]
        rows.append(beside(*parts))
    return rows, touches
