"""A keyboard that a program makes up (``linux/uinput.h``): no bus in between, so it can be faster than any reader."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterable
from typing import Self

from drivers.usb.key_events import EV_KEY, EV_SYN, EVENT, SYN_REPORT

_SET_EVBIT, _SET_KEYBIT, _SETUP, _CREATE, _DESTROY = 0x40045564, 0x40045565, 0x405C5503, 0x5501, 0x5502
_USB = 3


class MadeUpKeyboard:
    """In the house while it is entered."""

    def __init__(self, name: str, vendor: int, product: int) -> None:
        self._setup = struct.pack("@4H80sI", _USB, vendor, product, 1, name.encode(), 0)
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = os.open("/dev/uinput", os.O_WRONLY | os.O_CLOEXEC)
        fcntl.ioctl(self._fd, _SET_EVBIT, EV_KEY)
        for key in range(1, 84):
            fcntl.ioctl(self._fd, _SET_KEYBIT, key)
        fcntl.ioctl(self._fd, _SETUP, self._setup)
        fcntl.ioctl(self._fd, _CREATE)
        return self

    def __exit__(self, *_: object) -> None:
        fcntl.ioctl(self._fd, _DESTROY)
        os.close(self._fd)

    def press(self, keys: Iterable[int]) -> None:
        """Press and release each of the keys, at once."""
        events = ((EV_KEY, key, value) for key in keys for value in (1, 0))
        packed = (EVENT.pack(0, 0, *event) + EVENT.pack(0, 0, EV_SYN, SYN_REPORT, 0) for event in events)
        os.write(self._fd, b"".join(packed))
