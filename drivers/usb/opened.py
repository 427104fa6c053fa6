"""One USB scanner whose device file is open: read without waiting, turned into codes and what was lost of them."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
from collections.abc import Sequence
from typing import Protocol

from config.keyboard_layouts import LAYOUTS
from drivers.driver import DriverError, wall_ms_at
from drivers.framing import Fragment, Frame
from drivers.scan import Scan
from drivers.usb.hid_descriptor import DESCRIPTOR_BYTES_MAX, Descriptor
from drivers.usb.hid_pos import PosFragment, PosReader, PosScan
from drivers.usb.key_events import EVENT, unpack
from drivers.usb.key_stream import KeyStream
from drivers.usb.settings import Choice
from drivers.usb.sysfs import Attached

EVIOCGRAB = 0x40044590
EVIOCSCLOCKID = 0x400445A0
"""Requests of ``linux/input.h``: exclusive use, and the clock of the events' times."""

EVENTS_MAX = 256
"""Most events taken in one read."""

REPORT_BYTES_MAX = DESCRIPTOR_BYTES_MAX
REPORTS_MAX = 64
"""Most reports taken before others have their turn."""

Delivered = Scan | Fragment
"""A whole code, or half of one that is to be scanned again."""


class Gone(Exception):
    """The device was unplugged."""


class Opened(Protocol):
    """An open scanner."""

    @property
    def fd(self) -> int:
        """Readable when there is something."""

    def read(self) -> Sequence[Delivered]:
        """What is complete now. Raises :class:`Gone`."""

    def flush(self, now_s: float) -> Sequence[Delivered]:
        """Judge the silence."""

    def deadline(self) -> float | None:
        """When :meth:`flush` is due."""

    def close(self) -> Fragment | None:
        """Let the device go; the half code that was open."""


def open_scanner(device: Attached, choice: Choice, descriptor: Descriptor | None) -> Opened:
    """Open it for us alone. Raises :class:`DriverError`, with the OSError as its cause."""
    what = f"The scanner {choice.name} cannot be used"
    try:
        fd = os.open(device.node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _explained(what, device, error) from error
    source = f"usb:{choice.name}"
    if device.kind == "hid-pos":
        return PosPort(fd, source, PosReader(descriptor or Descriptor((), (), numbered=False)))
    try:
        _make_ours(fd)
    except OSError as error:
        os.close(fd)
        raise _explained(what, device, error) from error
    return KeyPort(fd, source, KeyStream(LAYOUTS[choice.typing.layout], choice.typing.framing))


def _make_ours(fd: int) -> None:
    """Nobody else gets its keys any more, and its events carry monotonic time."""
    try:
        fcntl.ioctl(fd, EVIOCGRAB, 1)
        fcntl.ioctl(fd, EVIOCSCLOCKID, struct.pack("@i", time.CLOCK_MONOTONIC))
    except OSError as error:
        if error.errno != errno.ENOTTY:  # a recorded stream in place of a device has nothing to grab
            raise


def _explained(what: str, device: Attached, error: OSError) -> DriverError:
    if error.errno in (errno.EACCES, errno.EPERM):
        fix = "install config/70-scanner.rules and join the group 'scanner' (see 'scanner doctor')"
        return DriverError(what, f"{device.node} may not be opened by you", fix)
    if error.errno == errno.EBUSY:
        return DriverError(what, f"another program has taken {device.node} for itself", "close that program")
    return DriverError(what, f"{device.node} is not there", "plug it in again")


class KeyPort:
    """A keyboard scanner."""

    def __init__(self, fd: int, source: str, stream: KeyStream) -> None:
        self.fd = fd
        self._source = source
        self._stream = stream

    def read(self) -> list[Delivered]:
        """Read the events that wait."""
        data = _read(self.fd, EVENT.size * EVENTS_MAX)
        whole = len(data) - len(data) % EVENT.size
        return self._delivered(self._stream.feed(unpack(data[:whole])))

    def flush(self, now_s: float) -> list[Delivered]:
        """Judge the silence."""
        return self._delivered(self._stream.flush(now_s))

    def deadline(self) -> float | None:
        """When :meth:`flush` is due."""
        return self._stream.deadline()

    def close(self) -> Fragment | None:
        """Let the device go."""
        os.close(self.fd)
        return self._stream.lost()

    def _delivered(self, items: list[Frame | Fragment]) -> list[Delivered]:
        return [
            item
            if isinstance(item, Fragment)
            else Fragment(raw=item.raw, time_s=item.time_s)
            if item.bytes_cut
            else item.scan(self._source, wall_ms_at(item.time_s))
            for item in items
        ]


class PosPort:
    """A HID-POS scanner."""

    def __init__(self, fd: int, source: str, reader: PosReader) -> None:
        self.fd = fd
        self._source = source
        self._reader = reader

    def read(self) -> list[Delivered]:
        """Read the reports that wait: each read gives one."""
        found: list[PosScan | PosFragment] = []
        for _ in range(REPORTS_MAX):
            report = _read(self.fd, REPORT_BYTES_MAX)
            if not report:
                break
            found += self._reader.feed(report, time.monotonic())
        return [self._delivered(item) for item in found]

    def flush(self, now_s: float) -> list[Delivered]:
        """Judge the silence."""
        return [self._delivered(item) for item in self._reader.flush(now_s)]

    def deadline(self) -> float | None:
        """When :meth:`flush` is due."""
        return self._reader.deadline()

    def close(self) -> Fragment | None:
        """Let the device go."""
        os.close(self.fd)
        lost = self._reader.lost()
        return Fragment(raw=lost.raw, time_s=time.monotonic()) if lost else None

    def _delivered(self, item: PosScan | PosFragment) -> Delivered:
        if isinstance(item, PosFragment) or item.bytes_cut:
            return Fragment(raw=item.raw, time_s=time.monotonic())
        return Scan(
            raw=item.raw,
            symbology_id=item.symbology_id,
            source=self._source,
            began_ns=round(item.began_s * 1e9),
            mono_ns=round(item.time_s * 1e9),
            wall_ms=wall_ms_at(item.time_s),
        )


def _read(fd: int, size: int) -> bytes:
    """What waits, at most ``size`` bytes; nothing where nothing does. Raises :class:`Gone`."""
    try:
        data = os.read(fd, size)
    except BlockingIOError:
        return b""
    except OSError as error:  # ENODEV from evdev, EIO from hidraw
        raise Gone from error
    if not data:
        raise Gone
    return data
