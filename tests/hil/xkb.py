"""Keyboard layouts as the X Keyboard Extension has them: another source than our own tables, to record from.

Reads the symbols files of ``xkb-data``: ``key <AD01> { [ q, Q, at ] };``, and what is included before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path("/usr/share/X11/xkb/symbols")
FILES = {"us": "us", "uk": "gb", "de": "de", "fr": "fr", "es": "es", "it": "it", "ch": "ch"}
"""Our name of a layout to theirs."""

SHIFT, ALTGR = 1, 2

_KEY = re.compile(r"key\s*<(\w+)>\s*\{(?:[^}]*symbols\[\w+\]\s*=)?\s*\[([^\]]*)\]")
_INCLUDE = re.compile(r'include\s+"(\w+)(?:\((\w+)\))?"')
_STEP = re.compile(rf"{_INCLUDE.pattern}|{_KEY.pattern}")

_NAMED = {
    "asciitilde": "~", "asciicircum": "^", "bar": "|", "backslash": "\\", "at": "@", "numbersign": "#", "dollar": "$",
    "percent": "%", "ampersand": "&", "asterisk": "*", "parenleft": "(", "parenright": ")", "minus": "-", "plus": "+",
    "underscore": "_", "equal": "=", "bracketleft": "[", "bracketright": "]", "braceleft": "{", "braceright": "}",
    "semicolon": ";", "colon": ":", "apostrophe": "'", "quotedbl": '"', "less": "<", "greater": ">", "comma": ",",
    "period": ".", "slash": "/", "question": "?", "exclam": "!", "grave": "`", "space": " ", "EuroSign": "€",
    "sterling": "£", "section": "§", "degree": "°", "mu": "µ", "twosuperior": "²", "threesuperior": "³",
    "ssharp": "ß", "notsign": "¬", "cent": "¢", "currency": "¤", "ccedilla": "ç", "Ccedilla": "Ç", "ntilde": "ñ",
    "Ntilde": "Ñ",
}  # fmt: skip
_NOT_KEYS = frozenset({"level3", "level5", "kpdl", "nbsp", "eurosign"})
"""Files that are included for what they do to other keys."""

_ACCENTS = {
    "grave": "\u0300",
    "acute": "\u0301",
    "circumflex": "\u0302",
    "tilde": "\u0303",
    "diaeresis": "\u0308",
}


class Typed(NamedTuple):
    """One key press: the key's place on the board, and the level that Shift and AltGr choose."""

    place: str
    level: int


PRINTED = {"es": {"\\": Typed("TLDE", ALTGR)}, "it": {"}": Typed("AD12", ALTGR + SHIFT)}}
"""Where a layout of theirs has a sign on two keys: the one that is printed."""


class Board:
    """One layout."""

    def __init__(self, layout: str) -> None:
        """``layout`` by our name. Raises OSError where ``xkb-data`` is not installed."""
        self._levels: dict[str, tuple[str, ...]] = {"SPCE": ("space", "space"), "LSGT": ("less", "greater")}
        self._levels |= _keys(FILES[layout], "")
        # What a layout says itself is printed on its keys; what it only includes often is not.
        own = dict(_keys(FILES[layout], "", included=False))
        strokes = {
            Typed(place, level): name
            for levels in ((0, SHIFT), (ALTGR, ALTGR + SHIFT))
            for keys in (own, self._levels)
            for level in levels
            for place, names in keys.items()
            if place != "LSGT" or layout != "us"  # a keyboard of the United States has no such key
            for name in names[level : level + 1]
        }
        self.strokes: dict[str, Typed] = {}
        """Character -> the stroke that types it at once."""
        self.dead: dict[str, Typed] = {}
        """Combining accent -> the stroke that makes it wait for its letter."""
        self.strokes |= PRINTED.get(layout, {})
        for stroke, name in strokes.items():
            if (sign := _character(name)) is not None:
                self.strokes.setdefault(sign, stroke)
            elif name.startswith("dead_") and (accent := _ACCENTS.get(name.removeprefix("dead_"))):
                self.dead.setdefault(accent, stroke)

    def under_caps(self, stroke: Typed) -> str:
        """What a stroke gives while Caps Lock is on: it turns keys that have a letter in both cases, and no others."""
        names = self._levels[stroke.place]
        plain, shifted = (_character(name) or "" for name in names[:2])
        turned = stroke.level < ALTGR and plain != shifted and plain.upper() == shifted
        name = names[stroke.level ^ SHIFT] if turned else names[stroke.level]
        return _character(name) or ""


def _keys(file: str, section: str, *, included: bool = True) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Places and the names at their levels, those that count last at the end; without a name the default section."""
    text = re.sub(r"//[^\n]*", "", (FOLDER / file).read_text("utf-8"))
    start = rf'xkb_symbols\s+"{section}"' if section else r'default[\w\s]*xkb_symbols\s+"\w+"'
    found = re.search(rf"{start}\s*\{{(.*?)\n\}};", text, re.DOTALL)
    assert found, f"{file} has no section {section or 'of its own'}"
    for step in _STEP.finditer(found[1]):
        other, of, place, names = step.groups()
        if place:
            yield place, tuple(name.strip() for name in names.split(","))
        elif included and other not in _NOT_KEYS:
            yield from _keys(other, of or "")


def _character(name: str) -> str | None:
    """The character of a key symbol; None for one that is none, or that is not typed here."""
    if len(name) == 1:
        return name
    for accent, sign in _ACCENTS.items():
        if name[1:] == accent and name[0].isalpha():
            return unicodedata.normalize("NFC", name[0] + sign)
    return _NAMED.get(name)
