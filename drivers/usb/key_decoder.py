r"""What a keyboard scanner's keys say. Pure: events in, text out.

>>> from config.keyboard_layouts import LAYOUTS
>>> decoder = KeyDecoder(LAYOUTS["us"])
>>> [decoder.press(code) for code in (LEFT_SHIFT, 31)], decoder.release(LEFT_SHIFT), decoder.press(KEY_ENTER)
(['', 'S'], '', '\r')
"""

from __future__ import annotations

import unicodedata

from config.keyboard_layouts import ALTGR, KEYPAD, LAYOUTS, SHIFT, Layout, Stroke
from drivers.keys import DAMAGED
from drivers.usb.key_events import (
    KEY_BACKSPACE,
    KEY_CAPSLOCK,
    KEY_ENTER,
    KEY_ESC,
    KEY_KPENTER,
    KEY_LINEFEED,
    KEY_NUMLOCK,
    KEY_SCROLLLOCK,
    KEY_TAB,
    LEFT_ALT,
    LEFT_CTRL,
    LEFT_META,
    LEFT_SHIFT,
    RIGHT_ALT,
    RIGHT_CTRL,
    RIGHT_META,
    RIGHT_SHIFT,
)

_CONTROLS = {
    KEY_ENTER: "\r",
    KEY_KPENTER: "\r",
    KEY_LINEFEED: "\n",
    KEY_TAB: "\t",
    KEY_BACKSPACE: "\x08",
    KEY_ESC: "\x1b",
}
_HELD = frozenset(
    {LEFT_SHIFT, RIGHT_SHIFT, LEFT_CTRL, RIGHT_CTRL, LEFT_ALT, RIGHT_ALT, LEFT_META, RIGHT_META}
)
_SILENT = frozenset({KEY_NUMLOCK, KEY_SCROLLLOCK})
_COMBINING = {
    "^": "\u0302", "`": "\u0300", "´": "\u0301", "¨": "\u0308", "~": "\u0303", "°": "\u030a"
}  # fmt: skip
ALT_DIGITS_MAX = 7
"""Digits behind Alt; more name no character."""


class KeyDecoder:
    """Follows the keys that are held and gives the characters that are typed."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._caps = False
        self._held: set[int] = set()
        self._accent = ""
        self._alt_digits = ""

    def forget(self) -> None:
        """Events were lost: which keys are held is not known any more."""
        self._held.clear()
        self._accent = self._alt_digits = ""

    def press(self, code: int) -> str:
        """The characters that a key press gives; often one, none for a key that is only held."""
        if code in _HELD:
            self._held.add(code)
            return ""
        if code == KEY_CAPSLOCK:
            self._caps = not self._caps
            return ""
        if code in _SILENT:
            return ""
        if LEFT_ALT in self._held and KEYPAD.get(code, "").isdigit():
            self._alt_digits += KEYPAD[code]
            return ""
        if self._held & {LEFT_CTRL, RIGHT_CTRL} and RIGHT_ALT not in self._held:
            return self._accented(self._control(code))
        return self._character(code)

    def release(self, code: int) -> str:
        """The character that is complete when a key is let go: that of Alt and a number."""
        self._held.discard(code)
        if code != LEFT_ALT or not self._alt_digits:
            return ""
        digits, self._alt_digits = self._alt_digits, ""
        return self._accented(_by_number(digits))

    def _character(self, code: int) -> str:
        if code in _CONTROLS:
            return self._accented(_CONTROLS[code])
        if code in KEYPAD:
            return self._accented(KEYPAD[code])
        shift = bool(self._held & {LEFT_SHIFT, RIGHT_SHIFT})
        stroke = Stroke(code, SHIFT * shift + ALTGR * (RIGHT_ALT in self._held))
        given = self._layout.at(stroke, caps=self._caps)
        if stroke in self._layout.dead and given in _COMBINING and not self._accent:
            self._accent = given
            return ""
        return self._accented(given or DAMAGED)

    def _control(self, code: int) -> str:
        """Ctrl with a key: by the layout, else by the place of the key on a US keyboard, as scanners count."""
        if code in _CONTROLS:
            return _CONTROLS[code]
        shift = bool(self._held & {LEFT_SHIFT, RIGHT_SHIFT})
        for layout in (self._layout, LAYOUTS["us"]):
            for level in (shift, False, True):
                given = layout.character(code, shift=level).upper()
                if len(given) == 1 and "@" <= given <= "_":
                    return chr(ord(given) - 64)
        return DAMAGED

    def _accented(self, given: str) -> str:
        """``given`` with the dead accent before it, if there is one."""
        accent, self._accent = self._accent, ""
        if not accent or given == " ":
            return accent or given
        joined = unicodedata.normalize("NFC", given + _COMBINING[accent])
        return joined if len(joined) == 1 else accent + given


def _by_number(digits: str) -> str:
    """The character that Alt and these digits give: with a leading 0 by code page 1252, else by 437."""
    if len(digits) > ALT_DIGITS_MAX or not 0 < (number := int(digits)) <= 0x10FFFF:
        return DAMAGED
    if number < 128 or number > 255:
        return DAMAGED if 0xD800 <= number <= 0xDFFF else chr(number)
    return bytes([number]).decode("cp1252" if digits.startswith("0") else "cp437", "replace")
