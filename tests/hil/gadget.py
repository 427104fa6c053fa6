"""A scanner that the kernel plugs into itself: a USB gadget with a keyboard, a HID-POS and a serial interface."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Self

from config.keyboard_layouts import LAYOUTS, SHIFT
from tests.drivers.usb.test_hid_pos import raw_descriptor

CONFIGFS = Path("/sys/kernel/config/usb_gadget")
SERIAL = "SN0042"
NAME = "0c2e-0907-SN0042"

_US = LAYOUTS["us"].strokes
_USAGES = {
    **{_US[letter].code: 0x04 + number for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz")},
    **{_US[digit].code: 0x1E + number for number, digit in enumerate("1234567890")},
    _US["-"].code: 0x2D,
    _US[" "].code: 0x2C,
}
"""HID usage (usage page 7) of the keys that are pressed here, by their event code."""


def _usage(character: str) -> tuple[int, int]:
    """Modifier byte and HID usage of the key that types a character on a US keyboard."""
    stroke = _US[character]
    return (2 if stroke.level == SHIFT else 0), _USAGES[stroke.code]


class Gadget:
    """One scanner on the bus. ``plug`` and ``unplug`` are its cable."""

    def __init__(self, *, vendor: int = 0x0C2E, serial: str = SERIAL, name: str = "g1") -> None:
        self._root = CONFIGFS / name
        self._functions: list[Path] = []
        root = self._root
        root.mkdir()
        self._set("idVendor", f"0x{vendor:04x}")
        self._set("idProduct", "0x0907")
        strings = root / "strings" / "0x409"
        strings.mkdir(parents=True)
        for key, text in (("serialnumber", serial), ("manufacturer", "Test"), ("product", "Imager")):
            (strings / key).write_text(text)
        (root / "configs" / "c.1").mkdir(parents=True)
        self._hid("hid.keyboard", raw_descriptor("keyboard"), 8, protocol=1)
        self._hid("hid.pos", raw_descriptor("counted"), 64, protocol=0)
        self._add("acm.usb0")
        self._udc = next(Path("/sys/class/udc").iterdir()).name

    def _set(self, key: str, text: str) -> None:
        (self._root / key).write_text(text)

    def _add(self, name: str) -> Path:
        function = self._root / "functions" / name
        function.mkdir(parents=True)
        self._functions.append(function)
        return function

    def _hid(self, name: str, descriptor: bytes, length: int, protocol: int) -> None:
        function = self._add(name)
        (function / "protocol").write_text(str(protocol))
        (function / "subclass").write_text(str(protocol))
        (function / "report_length").write_text(str(length))
        (function / "report_desc").write_bytes(descriptor)

    def __enter__(self) -> Self:
        for function in self._functions:
            (self._root / "configs" / "c.1" / function.name).symlink_to(function)
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.unplug()
        for function in self._functions:
            (self._root / "configs" / "c.1" / function.name).unlink()
            function.rmdir()
        (self._root / "configs" / "c.1").rmdir()
        (self._root / "strings" / "0x409").rmdir()
        self._root.rmdir()

    def plug(self) -> None:
        """Plug it in."""
        self._set("UDC", self._udc)

    def unplug(self) -> None:
        """Pull the cable."""
        self._set("UDC", "\n")

    def type(self, text: str) -> None:
        """Type as fast as the bus takes it; ``\\r`` is the Enter key."""
        fd = os.open("/dev/hidg0", os.O_RDWR)
        try:
            for character in text:
                modifier, usage = (0, 0x28) if character == "\r" else _usage(character)
                _write(fd, bytes([modifier, 0, usage, 0, 0, 0, 0, 0]))
                _write(fd, bytes(8))
        finally:
            os.close(fd)

    def report(self, data: bytes) -> None:
        """Send one HID-POS report."""
        fd = os.open("/dev/hidg1", os.O_RDWR)
        try:
            _write(fd, data)
        finally:
            os.close(fd)

    def serial(self, data: bytes) -> None:
        """Send bytes on the serial interface."""
        fd = os.open("/dev/ttyGS0", os.O_WRONLY | os.O_NOCTTY)
        try:
            while data:
                data = data[os.write(fd, data) :]
        finally:
            os.close(fd)


def _write(fd: int, data: bytes) -> None:
    for _ in range(2000):
        try:
            os.write(fd, data)
        except BlockingIOError:
            time.sleep(0.001)
        else:
            return
    raise TimeoutError
