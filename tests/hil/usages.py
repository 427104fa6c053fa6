"""HID usages of a keyboard's keys (HID Usage Tables, page 7), and the reports of a boot keyboard (HID 1.11, B.1)."""

from __future__ import annotations

from collections.abc import Iterable

LEFT_CTRL, LEFT_SHIFT, LEFT_ALT, RIGHT_ALT = 1, 2, 4, 0x40
"""Modifier bits of a report."""

ENTER, CAPS_LOCK, NUM_LOCK, KEYPAD_ENTER = 0x28, 0x39, 0x53, 0x58

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "1234567890"
_USAGES = {letter: 0x04 + number for number, letter in enumerate(LETTERS)}
_USAGES |= {digit: 0x1E + number for number, digit in enumerate(DIGITS)}
_USAGES |= {" ": 0x2C, "-": 0x2D, "=": 0x2E, "[": 0x2F, "]": 0x30, "\\": 0x31, ";": 0x33, "'": 0x34}
_USAGES |= {"`": 0x35, ",": 0x36, ".": 0x37, "/": 0x38}

KEYPAD = {character: 0x54 + number for number, character in enumerate("/*-+")} | {
    digit: 0x59 + number for number, digit in enumerate(DIGITS)
}

_ROWS = {
    "TLDE": 0x35,
    **{f"AE{number:02d}": usage for number, usage in enumerate([*range(0x1E, 0x28), 0x2D, 0x2E], 1)},
    **{f"AD{number:02d}": _USAGES[key] for number, key in enumerate("qwertyuiop[]", 1)},
    **{f"AC{number:02d}": _USAGES[key] for number, key in enumerate("asdfghjkl;'", 1)},
    "BKSL": 0x31,
    "LSGT": 0x64,
    **{f"AB{number:02d}": _USAGES[key] for number, key in enumerate("zxcvbnm,./", 1)},
    "SPCE": 0x2C,
}
PLACES = _ROWS
"""Place of a key on the board, as ISO 9995 and XKB name it, to its usage."""


def report(modifiers: int, *usages: int) -> bytes:
    """A keyboard's report while these keys are down."""
    return bytes([modifiers, 0, *usages]).ljust(8, b"\0")


def keys_of(character: str) -> bytes:
    """The report that types a character on a US keyboard: letters, digits, blank, hyphen and the Enter key."""
    if character == "\r":
        return report(0, ENTER)
    return report(LEFT_SHIFT if character.isupper() else 0, _USAGES[character.lower()])


def typed(reports: Iterable[bytes]) -> str:
    """What a US keyboard's reports say, of what :func:`keys_of` knows: a key counts when it goes down."""
    signs = {keys_of(sign): sign for sign in (*LETTERS, *LETTERS.upper(), *DIGITS, *" -\r")}
    text, down = "", bytes(8)
    for one in reports:
        for usage in one[2:]:
            if usage and usage not in down[2:]:
                text += signs.get(report(one[0], usage), "\N{REPLACEMENT CHARACTER}")
        down = one
    return text
