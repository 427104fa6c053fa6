"""One USB scanner whose device file is open: read without waiting, turned into codes and what was lost of them.

The kernel keeps 64 events or reports for a reader and drops what comes on top. So what waits is taken off it first,
whatever it means, and understood in small portions with another look at the kernel after each.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
from collections import deque
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
from drivers.usb.pos_commands import PREVENT_READ, command
from drivers.usb.settings import Choice
from drivers.usb.sysfs import Attached

EVIOCGRAB = 0x40044590
EVIOCSCLOCKID = 0x400445A0
"""Requests of ``linux/input.h``: exclusive use, and the clock of the events' times."""

EVENTS_MAX = 256
"""Most events taken in one read."""

EVENTS_PORTION = 16
REPORTS_PORTION = 16
"""Understood before the kernel is looked at again: a quarter of what it keeps."""

EVENTS_WAITING_MAX = 65_536
"""Most events taken off the kernel and not understood yet. Beyond it they stay there, and it says what it drops."""

REPORTS_WAITING_MAX = 4096
"""The same for reports. The kernel would drop those without a word, so they are taken, thrown away and owned up to."""

REPORT_BYTES_MAX = DESCRIPTOR_BYTES_MAX

_OVERRUN = b""
"""Stands for the reports that had no room; a report has bytes."""

Delivered = Scan | Fragment
"""A whole code, or half of one that is to be scanned again."""


class Gone(Exception):
    """The device was unplugged."""


class Opened(Protocol):
    """An open scanner."""

    @property
    def fd(self) -> int:
        """Readable when there is something."""

    @property
    def behind(self) -> bool:
        """Whether something is taken and not understood: :meth:`read` is due."""

    def drain(self) -> None:
        """Take off the kernel what waits there. Raises :class:`Gone`; what was taken can still be read."""

    def read(self) -> Sequence[Delivered]:
        """What is complete after the next portion."""

    def flush(self, now_s: float) -> Sequence[Delivered]:
        """Judge the silence."""

    def deadline(self) -> float | None:
        """When :meth:`flush` is due."""

    def inhibit(self, *, inhibited: bool) -> bool:
        """Keep the scanner from reading, or let it read again. False where it cannot be told."""

    def close(self) -> Fragment | None:
        """Let the device go; the half code that was open."""


def open_scanner(device: Attached, choice: Choice, descriptor: Descriptor | None) -> Opened:
    """Open it for us alone. Raises :class:`DriverError`, with the OSError as its cause."""
    what = f"The scanner {choice.name} cannot be used"
    descriptor = descriptor or Descriptor((), (), numbered=False)
    told = choice.inhibit and bool(command(descriptor, PREVENT_READ))
    try:
        fd = os.open(device.node, (os.O_RDWR if told else os.O_RDONLY) | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _explained(what, device, error) from error
    source = f"usb:{choice.name}"
    if device.kind == "hid-pos":
        return PosPort(fd, source, descriptor, told=told)
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
        self._taken = bytearray()

    @property
    def behind(self) -> bool:
        """Whether a whole event is taken and not understood."""
        return len(self._taken) >= EVENT.size

    def drain(self) -> None:
        """Take the events that wait."""
        while len(self._taken) < EVENT.size * EVENTS_WAITING_MAX:
            data = _read(self.fd, EVENT.size * EVENTS_MAX)
            self._taken += data
            if len(data) < EVENT.size * EVENTS_MAX:
                return

    def read(self) -> list[Delivered]:
        """Understand the next events."""
        size = min(len(self._taken) - len(self._taken) % EVENT.size, EVENT.size * EVENTS_PORTION)
        portion = bytes(self._taken[:size])
        del self._taken[:size]
        return self._delivered(self._stream.feed(unpack(portion)))

    def flush(self, now_s: float) -> list[Delivered]:
        """Judge the silence, of the scanner and not of this program that is late."""
        return [] if self.behind else self._delivered(self._stream.flush(now_s))

    def deadline(self) -> float | None:
        """When :meth:`flush` is due."""
        return self._stream.deadline()

    def inhibit(self, *, inhibited: bool) -> bool:
        """A keyboard listens to nobody."""
        del inhibited
        return False

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

    def __init__(self, fd: int, source: str, descriptor: Descriptor, *, told: bool = False) -> None:
        """``told``: the file is open for writing as well, and the scanner knows how to be kept from reading."""
        self.fd = fd
        self._source = source
        self._reader = PosReader(descriptor)
        self._descriptor, self._told = descriptor, told
        self._taken: deque[tuple[float, bytes]] = deque()

    @property
    def behind(self) -> bool:
        """Whether a report is taken and not understood."""
        return bool(self._taken)

    def drain(self) -> None:
        """Take the reports that wait: each read of the kernel gives one."""
        while report := _read(self.fd, REPORT_BYTES_MAX):
            if len(self._taken) < REPORTS_WAITING_MAX:
                self._taken.append((time.monotonic(), report))
            elif self._taken[-1][1]:
                self._taken.append((time.monotonic(), _OVERRUN))

    def read(self) -> list[Delivered]:
        """Understand the next reports."""
        found: list[PosScan | PosFragment] = []
        for _ in range(min(REPORTS_PORTION, len(self._taken))):
            at_s, report = self._taken.popleft()
            if report is _OVERRUN:
                found.append(self._reader.lost() or PosFragment(b"?"))
            else:
                found += self._reader.feed(report, at_s)
        return [self._delivered(item) for item in found]

    def flush(self, now_s: float) -> list[Delivered]:
        """Judge the silence, of the scanner and not of this program that is late."""
        return [] if self.behind else [self._delivered(item) for item in self._reader.flush(now_s)]

    def deadline(self) -> float | None:
        """When :meth:`flush` is due."""
        return self._reader.deadline()

    def inhibit(self, *, inhibited: bool) -> bool:
        """Set or take back its flag. False where it has none, or is gone."""
        if not self._told:
            return False
        try:
            os.write(self.fd, command(self._descriptor, PREVENT_READ, on=inhibited))
        except OSError:
            return False
        return True

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
