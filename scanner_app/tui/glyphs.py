"""Signs beside the words and colours, and their twins for fonts that lack them. Each is one cell wide."""

from __future__ import annotations

LEVEL = {
    "ok": "✓",
    "note": "!",
    "stop": "✖",
    "repeat": "=",
    "complete": "★",
    "undone": "↺",
    "held": "…",
    "none": " ",
}
"""The sign of a verdict: never colour alone."""

LISTED = {"done": "✓", "now": "▢", "open": "▢"}
"""The sign of a line in a task's list: there already, asked for now, still to come."""

LINK = {"online": "●", "offline": "○", "none": "-"}
UNSYNCED = "↑"
TASK = "▶"
ENTRY = "▸"
CURSOR = "▁"
MASK = "•"

THIN = "┌─┐│└┘"
DOUBLE = "╔═╗║╚╝"
STARS = "★★★★★★"
"""Borders: top left, horizontal, top right, vertical, bottom left, bottom right."""

_TWINS = {
    "✓": "+",
    "✖": "X",
    "★": "*",
    "↺": "<",
    "…": "~",
    "●": "*",
    "○": "o",
    "↑": "^",
    "↓": "v",
    "▶": ">",
    "▸": ">",
    "▁": "_",
    "•": "*",
    "▢": "_",
    "·": "-",
    "–": "-",
    "—": "-",
    **dict(zip("┌─┐│└┘", "+-+|++", strict=True)),
    **dict(zip("╔═╗║╚╝", "#=##" + "##", strict=True)),
    **{chr(0x2400 + code): "?" for code in (*range(0x20), 0x21)},
}
_TABLE = str.maketrans(_TWINS)


def ascii_twin(text: str) -> str:
    """``text`` with our own signs replaced, cell for cell; letters of other scripts stay."""
    return text if text.isascii() else text.translate(_TABLE)
