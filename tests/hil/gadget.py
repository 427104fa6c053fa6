"""A scanner that the kernel plugs into itself: a USB gadget with a keyboard, a HID-POS and a serial interface."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.drivers.usb.test_hid_pos import raw_descriptor
from tests.hil.usages import keys_of

SEND_S_MAX = 1200.0
"""Longest time for one sending, seconds: the emulated machine is slow."""

CONFIGFS = Path("/sys/kernel/config/usb_gadget")
SERIAL = "SN0042"
NAME = "0c2e-0907-SN0042"


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

    def type(self, text: str) -> float:
        """Type on a US keyboard; ``\\r`` is the Enter key. Each of these gives the seconds that it took."""
        return self.press([report for character in text for report in (keys_of(character), bytes(8))])

    def press(self, reports: Sequence[bytes]) -> float:
        """Send keyboard reports of eight bytes: modifiers, nothing, up to six keys that are down."""
        return _send("/dev/hidg0", b"".join(reports), 8)

    def report(self, *reports: bytes) -> float:
        """Send HID-POS reports, all of a size."""
        return _send("/dev/hidg1", b"".join(reports), len(reports[0]))

    def serial(self, data: bytes) -> float:
        """Send bytes on the serial interface."""
        return _send("/dev/ttyGS0", data, 4096)


def _send(device: str, data: bytes, size: int) -> float:
    command = [sys.executable, "-I", str(Path(__file__).with_name("sender.py")), device, str(size)]
    return float(
        subprocess.run(command, input=data, capture_output=True, check=True, timeout=SEND_S_MAX).stdout
    )
