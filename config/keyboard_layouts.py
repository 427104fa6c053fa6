"""Keyboard layouts as data: which character a key gives, with Shift, AltGr and Caps Lock.

A keyboard scanner sends keys, not characters: it presses what would type the code on the layout that it is set to,
and the host turns the keys into characters by a layout of its own. Where the two differ, ``-`` arrives as ``ß``.
Whoever has the keys themselves reads them with :meth:`Layout.character`; whoever has only the text undoes it with
:mod:`config.keyboard_text`.

Keys are named by their Linux input event codes (``KEY_A`` is 30), which are the places on the keyboard. Only the
characters that a printed keyboard of the country shows are listed. Written from the countries' keyboards; the German
part is DIN 2137 T1, the British BS 4822.

>>> LAYOUTS["de"].character(12)
'ß'
>>> LAYOUTS["fr"].character(2, shift=True)
'1'
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

PLAIN, SHIFT, ALTGR, SHIFT_ALTGR = range(4)
"""The levels of a key: alone, with Shift, with AltGr, with both."""

SPACE_KEY: Final = 57

_ROWS: Final = (
    (41, *range(2, 14)),
    tuple(range(16, 28)),
    (*range(30, 41), 43),
    (86, *range(44, 54)),
)
"""Event codes row by row: digits, Q, A with the key before Enter, and the key between Shift and Z with its row."""

KEYPAD: Final[Mapping[int, str]] = MappingProxyType(
    {82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9"}
    | {55: "*", 74: "-", 78: "+", 98: "/", 83: "."}
)
"""Event code of a keypad key -> its character with Num Lock, the same in every layout that is listed here."""


class Stroke(NamedTuple):
    """One key press: the key's event code, and the level that Shift and AltGr choose."""

    code: int
    level: int


class Layout:
    """One country's keyboard."""

    def __init__(self, name: str, rows: tuple[str, ...], dead: frozenset[Stroke]) -> None:
        """``rows``: those of the plain keys, then of Shift, AltGr, both; a blank is a key without a character."""
        self.name = name
        self.dead = dead
        """Strokes that give no character at once, but an accent for the letter that follows."""
        self._rows = rows

    @cached_property
    def _given(self) -> dict[Stroke, str]:
        """Stroke -> character. Made when the first key is asked for: most handhelds have one layout of them all."""
        found: dict[Stroke, str] = {Stroke(SPACE_KEY, level): " " for level in (PLAIN, SHIFT)}
        for number, characters in enumerate(self._rows):
            level, row = divmod(number, len(_ROWS))
            assert len(characters) == len(_ROWS[row]), (self.name, level, row)
            found |= {
                Stroke(code, level): character
                for code, character in zip(_ROWS[row], characters, strict=True)
                if character != " "
            }
        return found

    def character(self, code: int, *, shift: bool = False, altgr: bool = False, caps: bool = False) -> str:
        """What the key gives; empty where it gives nothing. A dead key gives its accent as a sign of its own."""
        return self.at(Stroke(code, shift + 2 * altgr), caps=caps)

    def at(self, stroke: Stroke, *, caps: bool = False) -> str:
        """What a stroke gives; empty for nothing. Caps Lock turns the case of letters and touches nothing else."""
        given = self._given.get(stroke, "")
        if not caps or stroke.level > SHIFT:
            return given
        other = self._given.get(Stroke(stroke.code, stroke.level ^ SHIFT), "")
        if given and other and given != other and given.lower() == other.lower():
            return other
        # A letter that shares its key with a digit or sign is a capital under Caps Lock all the same.
        return "ẞ" if given == "ß" else given.upper()

    @cached_property
    def strokes(self) -> Mapping[str, Stroke]:
        """Character -> the stroke that types it. A dead key only where no other does, the key beside Z likewise."""
        found: dict[str, Stroke] = {}
        simplest = sorted(
            self._given, key=lambda one: (one in self.dead, one.code == 86, one.level, one.code)
        )
        for stroke in simplest:
            found.setdefault(self._given[stroke], stroke)
        return MappingProxyType(found)


def _layout(name: str, rows: str, dead: str = "") -> Layout:
    """``rows`` is a line for each row of keys, without indent; ``dead`` is ``code/level`` for each dead stroke."""
    strokes = (Stroke(*map(int, word.split("/"))) for word in dead.split())
    lines = [line.removesuffix("|end") for line in rows.strip("\n").split("\n")]
    return Layout(name, tuple(lines), frozenset(strokes))


_US = r"""
`1234567890-=|end
qwertyuiop[]|end
asdfghjkl;'\|end
<zxcvbnm,./|end
~!@#$%^&*()_+|end
QWERTYUIOP{}|end
ASDFGHJKL:"||end
>ZXCVBNM<>?|end
"""

_UK = r"""
`1234567890-=|end
qwertyuiop[]|end
asdfghjkl;'#|end
\zxcvbnm,./|end
¬!"£$%^&*()_+|end
QWERTYUIOP{}|end
ASDFGHJKL:@~|end
|ZXCVBNM<>?|end
¦   €        |end
            |end
            |end
           |end
"""

_DE = r"""
^1234567890ß´|end
qwertzuiopü+|end
asdfghjklöä#|end
<yxcvbnm,.-|end
°!"§$%&/()=?`|end
QWERTZUIOPÜ*|end
ASDFGHJKLÖÄ'|end
>YXCVBNM;:_|end
  ²³   {[]}\ |end
@ €        ~|end
            |end
|      µ   |end
"""

_FR = r"""
²&é"'(-è_çà)=|end
azertyuiop^$|end
qsdfghjklmù*|end
<wxcvbn,;:!|end
~1234567890°+|end
AZERTYUIOP¨£|end
QSDFGHJKLM%µ|end
>WXCVBN?./§|end
  ~#{[|`\^@]}|end
  €        ¤|end
            |end
           |end
"""

_ES = r"""
º1234567890'¡|end
qwertyuiop`+|end
asdfghjklñ´ç|end
<zxcvbnm,.-|end
ª!"·$%&/()=?¿|end
QWERTYUIOP^*|end
ASDFGHJKLÑ¨Ç|end
>ZXCVBNM;:_|end
\|@#~ ¬      |end
  €       []|end
          {}|end
           |end
"""

_IT = r"""
\1234567890'ì|end
qwertyuiopè+|end
asdfghjklòàù|end
<zxcvbnm,.-|end
|!"£$%&/()=?^|end
QWERTYUIOPé*|end
ASDFGHJKLç°§|end
>ZXCVBNM;:_|end
           `~|end
  €       []|end
         @# |end
           |end
             |end
          {}|end
            |end
           |end
"""

_CH = r"""
§1234567890'^|end
qwertzuiopü¨|end
asdfghjklöä$|end
<yxcvbnm,.-|end
°+"*ç%&/()=?`|end
QWERTZUIOPè!|end
ASDFGHJKLéà£|end
>YXCVBNM;:_|end
 |@#  ¬|¢  ´~|end
  €       []|end
          {}|end
\          |end
"""

LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        "us": _layout("us", _US),
        "uk": _layout("uk", _UK),
        "de": _layout("de", _DE, "41/0 13/0 13/1"),
        "fr": _layout("fr", _FR, "26/0 26/1"),
        "es": _layout("es", _ES, "26/0 26/1 40/0 40/1"),
        "it": _layout("it", _IT),
        "ch": _layout("ch", _CH, "13/0 13/1 12/2 13/2 27/0"),
    }
)
"""By name: United States, United Kingdom, Germany and Austria, France, Spain, Italy, Switzerland (German)."""
