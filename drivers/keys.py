"""Keys as a person presses them: what the terminal wedge gives back of everything that is not a scan."""

from __future__ import annotations

import msgspec

DAMAGED = "\N{REPLACEMENT CHARACTER}"
"""Stands in a scan for a key that the terminal did not report as a character. Such a scan is not readable."""

MOVES = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})
"""Cursor keys: nothing happens by them, so they need not wait until it is sure that no scanner sent them."""

_CHARACTERS = {"enter": "\r", "tab": "\t", "backspace": "\x7f", "space": " "}
_NAMES = {"\t": "tab", "\x08": "backspace", "\x7f": "backspace", "\x1b": "escape"}


def milliseconds(seconds: float) -> float:
    """The same time in milliseconds, without the noise of subtracting large floating-point times."""
    return round(seconds * 1000, 3)


class TypedChar(msgspec.Struct, frozen=True):
    """A character that a person typed."""

    character: str
    time_s: float


class TypedEnter(msgspec.Struct, frozen=True):
    """The Enter key, pressed by a person."""

    time_s: float

    quiet_s: float
    """Seconds since any other key or scan; infinite for the first. An acknowledgement needs at least 0.5."""


class TypedKey(msgspec.Struct, frozen=True):
    """Any other key, by its name: ``tab``, ``backspace``, ``escape``, ``f2``, ``up``, ``ctrl+q``."""

    key: str
    time_s: float


class Key(msgspec.Struct, frozen=True):
    """One key as it came, before it is known who pressed it."""

    character: str | None
    key: str
    time_s: float
    quiet_s: float
    """Seconds since the key before."""

    def within(self, gap_ms: float) -> bool:
        """Whether it followed the key before within ``gap_ms`` milliseconds."""
        return milliseconds(self.quiet_s) <= gap_ms


def named(character: str | None, key: str, time_s: float, quiet_s: float) -> Key:
    """A key with its character supplied where only its name was told.

    With Alt a terminal sends ESC and the character; the toolkit tells the character alone, which is not what came.
    """
    if key.startswith("alt+"):
        return Key(None, key, time_s, quiet_s)
    return Key(character or _CHARACTERS.get(key), key, time_s, quiet_s)


def typed(pressed: Key) -> TypedChar | TypedEnter | TypedKey:
    """The same key, now that a person is known to have pressed it."""
    character = pressed.character
    if character in ("\r", "\n"):
        return TypedEnter(pressed.time_s, pressed.quiet_s)
    if character is None:
        return TypedKey(pressed.key, pressed.time_s)
    if character in _NAMES:
        return TypedKey(_NAMES[character], pressed.time_s)
    if character < " ":
        if pressed.key != character:
            return TypedKey(pressed.key, pressed.time_s)
        return TypedKey(f"ctrl+{chr(ord(character[0]) + 0x60)}", pressed.time_s)
    return TypedChar(character, pressed.time_s)
