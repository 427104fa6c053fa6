"""A HID device that a program makes up (``linux/uhid.h``): any report descriptor, through the kernel's parser."""

from __future__ import annotations

import os
import select
import struct
from typing import Self

_DESTROY, _OUTPUT, _CREATE2, _INPUT2 = 1, 6, 11, 12
_BUS_USB = 3


class MadeUpDevice:
    """Plugged in while it is entered."""

    def __init__(self, name: str, descriptor: bytes, *, vendor: int, serial: str) -> None:
        head = (name.encode(), b"made-up/input0", serial.encode(), len(descriptor), _BUS_USB)
        self._create = struct.pack("=I128s64s64sHHIIII", _CREATE2, *head, vendor, 0x0907, 1, 0) + descriptor
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = os.open("/dev/uhid", os.O_RDWR | os.O_CLOEXEC)
        os.write(self._fd, self._create.ljust(4 + 276 + 4096, b"\0"))
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._fd, struct.pack("=I", _DESTROY))
        os.close(self._fd)

    def told(self) -> list[bytes]:
        """Reports that the host has sent since it was last asked."""
        found = []
        while select.select([self._fd], [], [], 0)[0]:
            event = os.read(self._fd, 4 + 4096 + 3)
            (kind,) = struct.unpack_from("=I", event)
            if kind == _OUTPUT:
                (size,) = struct.unpack_from("=H", event, 4 + 4096)
                found.append(event[4 : 4 + size])
        return found

    def report(self, data: bytes) -> None:
        """Send a report, with its number in front where the descriptor has numbers."""
        os.write(self._fd, struct.pack("=IH", _INPUT2, len(data)) + data)
