"""A scanner on a pseudo-terminal, and a sink that a test can wait for."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread

from drivers.driver import DriverState
from drivers.scan import Burst, Scan

PATIENCE_S = 20.0
"""How long a test waits for what must happen before it fails; nothing is asserted about how fast it was."""


class Gun:
    """A scanner plugged in at ``path``: a link to a new pseudo-terminal, as udev would make it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        link = path.with_suffix(".new")
        link.symlink_to(self.device)
        link.replace(path)

    def send(self, data: bytes) -> None:
        """Send ``data``; waits for the reader as a real line would."""
        while data:
            data = data[os.write(self._master, data) :]

    def send_aside(self, data: bytes) -> Thread:
        """Send ``data`` from a thread of its own."""
        thread = Thread(target=self.send, args=(data,))
        thread.start()
        return thread

    def received(self, size: int) -> bytes:
        """Read ``size`` bytes that the host has sent to the scanner."""
        data = b""
        while len(data) < size:
            assert select.select([self._master], [], [], PATIENCE_S)[0], f"after {data!r} nothing came"
            data += os.read(self._master, size - len(data))
        return data

    def stop_listening(self) -> None:
        """Let the way to the scanner fill up, as one does that has hung up its own side."""
        os.set_blocking(self._slave, False)
        with suppress(BlockingIOError):
            while True:
                os.write(self._slave, b"x" * 1024)

    def unread(self) -> int:
        """How many bytes the host has not read yet."""
        return _waiting(self._slave)

    def unheard(self) -> int:
        """How many bytes the scanner has not taken yet."""
        return _waiting(self._master)

    def unplug(self) -> None:
        """Take the device away in the middle of whatever it does."""
        self.path.unlink()
        os.close(self._master)
        os.close(self._slave)


def _waiting(terminal: int) -> int:
    answer = fcntl.ioctl(terminal, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


class Collector:
    """A sink that keeps everything, and takes at most ``room`` scans if told so."""

    def __init__(self, room: int | None = None) -> None:
        self._changed = Condition()
        self._room = room
        self.refusals = 0
        self.items: list[Scan | Burst | DriverState] = []

    def __call__(self, item: Scan | Burst | DriverState, /) -> bool:
        with self._changed:
            if self._room is not None and len(self.items) >= self._room:
                self.refusals += 1
                self._changed.notify_all()
                return False
            self.items.append(item)
            self._changed.notify_all()
            return True

    def make_room(self) -> None:
        """Take anything from now on."""
        with self._changed:
            self._room = None

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait until ``ready()``, which is asked whenever something arrives."""
        with self._changed:
            assert self._changed.wait_for(ready, PATIENCE_S), self.items[-5:]

    def wait_for_states(self, *states: str) -> None:
        """Wait until the device has gone through exactly these states."""
        self.wait_for(lambda: [state.state for state in self.states] == list(states))

    @property
    def states(self) -> list[DriverState]:
        """The reports so far."""
        return [item for item in self.items if isinstance(item, DriverState)]

    @property
    def raws(self) -> list[bytes]:
        """What was scanned so far."""
        return [item.raw for item in self.items if isinstance(item, Scan)]
