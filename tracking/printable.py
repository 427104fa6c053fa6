r"""Scanned and received text made safe to show: nothing that a terminal, a log or a page would obey gets through.

C0 controls become their visible pictures (U+2400 block), DEL its picture, C1, bidirectional and zero-width
characters a ``\xNN`` or ``\uNNNN`` token. Text that is too long is cut in the middle, never at the end of a serial.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

CELLS_MAX = 48
CHARACTERS_KEPT = 4096
"""Characters that are remembered: a screen shows the same frames, bars and figures with every scan."""

_CONTROL = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


def _token(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


@lru_cache(CHARACTERS_KEPT)
def _visible(char: str) -> str:
    picture = _CONTROL.get(ord(char))
    if picture is not None:
        return picture
    if char == " ":
        return char
    # Cc: C1 controls. Cf: bidi, zero width, BOM. Zl/Zp/Zs: separators other than the blank. Cs/Co/Cn: no glyph.
    # M*: a combining mark would melt into the character before it, so that two serials could look alike.
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs", "Mn", "Me", "Mc"}:
        return _token(char)
    return char


@lru_cache(CHARACTERS_KEPT)
def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells(text: str) -> int:
    """Terminal cells that printable text takes: East Asian wide and full-width characters take two."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def cut_middle(text: str, cells_max: int) -> str:
    """``text``, cut in the middle so that it fits: ``SN-0000…4711``."""
    if cells(text) <= cells_max:
        return text
    if cells_max <= 1:
        return "…"[:cells_max]
    tail_room = cells_max // 2
    head_room = cells_max - 1 - tail_room
    head = ""
    for char in text:
        if cells(head) + cells(char) > head_room:
            break
        head += char
    tail = ""
    for char in reversed(text):
        if cells(tail) + cells(char) > tail_room:
            break
        tail = char + tail
    return f"{head}…{tail}"


def printable(text: str, cells_max: int | None = CELLS_MAX) -> str:
    r"""``text`` with every character that is not plainly visible shown as a token; at most ``cells_max`` cells.

    ``None`` leaves the length alone. Input far beyond the limit is cut before it is looked at.

    >>> printable("SN\x1b[2J\x1d1")
    'SN␛[2J␝1'
    """
    if cells_max is not None and len(text) > 8 * cells_max:
        text = text[: 4 * cells_max] + text[-4 * cells_max :]
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, text))
    return text if cells_max is None else cut_middle(text, cells_max)
