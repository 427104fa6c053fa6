"""The kernel's input events as they lie in a device file, and the codes that matter to a scanner."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

EVENT: struct.Struct = struct.Struct("@llHHi")
"""``struct input_event``: seconds, microseconds, type, code, value; in this machine's own sizes."""

EV_SYN, EV_KEY, EV_REL, EV_ABS = 0, 1, 2, 3
SYN_REPORT, SYN_DROPPED = 0, 3

KEY_ESC, KEY_BACKSPACE, KEY_TAB, KEY_ENTER, KEY_LINEFEED = 1, 14, 15, 28, 101
KEY_KPENTER, KEY_CAPSLOCK, KEY_NUMLOCK, KEY_SCROLLLOCK = 96, 58, 69, 70
LEFT_CTRL, LEFT_SHIFT, RIGHT_SHIFT, LEFT_ALT, RIGHT_CTRL, RIGHT_ALT = 29, 42, 54, 56, 97, 100
LEFT_META, RIGHT_META = 125, 126

RELEASED, PRESSED, REPEATED = 0, 1, 2


class InputEvent(msgspec.Struct, frozen=True):
    """One event."""

    time_s: float
    """By the clock that the device was set to, seconds."""
    type: int
    code: int
    value: int


def unpack(data: bytes) -> Iterator[InputEvent]:
    """The keys, and what the kernel says about them, in what a device file gave; each key also has a scan code that
    says nothing more. Raises ``struct.error`` where the bytes are no whole events.
    """
    for seconds, micros, kind, code, value in EVENT.iter_unpack(data):
        if kind in (EV_SYN, EV_KEY):
            yield InputEvent(seconds + micros / 1e6, kind, code, value)
