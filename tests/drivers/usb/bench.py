"""A made-up ``/sys`` and ``/dev`` in which scanners are plugged in and out: pipes with names in place of devices."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import time
from pathlib import Path
from threading import Lock

from drivers.driver import DriverState
from drivers.scan import Burst, Scan
from drivers.usb.key_events import EVENT, InputEvent

TYPING_KEYS = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"
"""What the kernel prints for a keyboard's key bits."""


class Bench:
    """Devices on a table. ``sys`` and ``dev`` are for the driver."""

    def __init__(self, folder: Path) -> None:
        self.sys, self.dev = folder / "sys", folder / "dev"
        for path in (self.sys / "class" / "input", self.sys / "class" / "hidraw", self.dev / "input"):
            path.mkdir(parents=True)
        self._held: dict[Path, int] = {}

    def plug_keyboard(
        self, number: int, *, vendor: int = 0x0C2E, serial: str = "SN42", name: str = "Imager", keys: str = ""
    ) -> Path:
        """A device that types."""
        device = self.sys / "class" / "input" / f"event{number}" / "device"
        (device / "id").mkdir(parents=True)
        (device / "capabilities").mkdir()
        for file, text in {
            "name": name,
            "uniq": serial,
            "phys": f"usb-0000:00:14.0-{number}/input0",
            "id/vendor": f"{vendor:04x}",
            "id/product": "0907",
            "capabilities/key": keys or TYPING_KEYS,
        }.items():
            (device / file).write_text(text + "\n")
        return self._node(self.dev / "input" / f"event{number}")

    def plug_pos(self, number: int, descriptor: bytes, *, serial: str = "POS7") -> Path:
        """A device that speaks HID-POS."""
        device = self.sys / "class" / "hidraw" / f"hidraw{number}" / "device"
        device.mkdir(parents=True)
        (device / "report_descriptor").write_bytes(descriptor)
        (device / "uevent").write_text(
            f"HID_ID=0003:000005E0:00001300\nHID_NAME=Symbol Scanner\nHID_PHYS=usb-1/input0\nHID_UNIQ={serial}\n"
        )
        return self._node(self.dev / f"hidraw{number}")

    def _node(self, node: Path) -> Path:
        os.mkfifo(node)
        self._held[node] = os.open(node, os.O_RDWR | os.O_NONBLOCK)
        return node

    def write(self, node: Path, data: bytes) -> None:
        """What the device sends."""
        os.write(self._held[node], data)

    def unread(self, node: Path) -> int:
        """How many bytes the driver has not read yet."""
        answer = fcntl.ioctl(self._held[node], termios.FIONREAD, struct.pack("i", 0))
        return int(struct.unpack("i", answer)[0])

    def type(self, node: Path, events: list[InputEvent]) -> None:
        """Keys that the device presses now."""
        now_s = time.monotonic()
        packed = b"".join(
            EVENT.pack(
                int(now_s + event.time_s),
                int((now_s + event.time_s) % 1 * 1e6),
                event.type,
                event.code,
                event.value,
            )
            for event in events
        )
        self.write(node, packed)

    def unplug(self, node: Path) -> None:
        """The cable is pulled."""
        kind = "input" if node.parent.name == "input" else "hidraw"
        device = self.sys / "class" / kind / node.name
        for path in sorted(device.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        device.rmdir()
        node.unlink()
        os.close(self._held.pop(node))

    def clear(self) -> None:
        """Close what is still open."""
        for fd in self._held.values():
            os.close(fd)


class Heard:
    """A sink that keeps everything and can be waited on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.items: list[Scan | Burst | DriverState] = []

    def __call__(self, item: Scan | Burst | DriverState, /) -> bool:
        with self._lock:
            self.items.append(item)
        return True

    @property
    def codes(self) -> list[tuple[str, bytes]]:
        """Source and bytes of the scans."""
        return [(item.source, item.raw) for item in self.items if isinstance(item, Scan)]

    @property
    def bursts(self) -> list[list[bytes]]:
        """The bytes of the codes that came as one gesture."""
        return [[scan.raw for scan in item.scans] for item in self.items if isinstance(item, Burst)]

    @property
    def states(self) -> list[tuple[str, str]]:
        """Name and state of the reports."""
        return [(item.name, item.state) for item in self.items if isinstance(item, DriverState)]

    @property
    def discarded(self) -> list[bytes]:
        """Halves of codes that were owned up to."""
        return [item.discarded for item in self.items if isinstance(item, DriverState) and item.discarded]
