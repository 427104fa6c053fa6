"""Figures three rows high, readable at arm's length."""

from __future__ import annotations

ROWS = 3
CELLS = 3

_LINES = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": ("╺┓ ", " ┃ ", "╺┻╸"),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", " ━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    "/": ("  ╱", " ╱ ", "╱  "),
    " ": ("   ", "   ", "   "),
}
_ASCII = {
    "0": (" _ ", "| |", "|_|"),
    "1": ("   ", "  |", "  |"),
    "2": (" _ ", " _|", "|_ "),
    "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"),
    "5": (" _ ", "|_ ", " _|"),
    "6": (" _ ", "|_ ", "|_|"),
    "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"),
    "9": (" _ ", "|_|", " _|"),
    "/": ("  /", " / ", "/  "),
    " ": ("   ", "   ", "   "),
}


def big(text: str, ascii_glyphs: bool = False) -> tuple[str, str, str]:
    """``text`` of digits, blank and ``/`` as three rows, three cells a character."""
    table = _ASCII if ascii_glyphs else _LINES
    glyphs = [table[char] for char in text]
    return tuple("".join(glyph[row] for glyph in glyphs) for row in range(ROWS))  # type: ignore[return-value]
