"""The screens in a real pseudo-terminal, seen and typed into from the other side."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).parents[2]
WAIT_S_MAX = 60.0
"""How long a test waits before it gives up, seconds. No test measures time by it."""


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class PseudoTerminal:
    """A child process on a terminal of its own."""

    def __init__(
        self, arguments: list[str], columns: int = 40, rows: int = 20, *, controlling: bool = True
    ) -> None:
        self._master, slave = pty.openpty()
        self.resize(columns, rows)
        self.modes_before = termios.tcgetattr(slave)
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        environment.pop("COLUMNS", None)
        environment.pop("LINES", None)
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal if controlling else None,  # noqa: PLW1509 - it does nothing else
        )
        self._slave = slave
        self.output = bytearray()
        self._ending = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._ending:
            if not select.select([self._master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self.output += data

    def resize(self, columns: int, rows: int) -> None:
        """Another size, told to the process by the kernel."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, data: bytes) -> None:
        """Type bytes; waits while the terminal's buffer is full."""
        while data:
            data = data[os.write(self._master, data) :]

    def wait(self, reached: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + WAIT_S_MAX
        while not reached():
            assert self.process.poll() is None or reached(), f"ended while waiting for {what}: {self.tail()}"
            assert time.monotonic() < until_s, f"waited in vain for {what}: {self.tail()}"
            time.sleep(0.01)

    def wait_output(self, text: str, since: int = 0) -> None:
        """Wait until the screen has been sent this text."""
        self.wait(lambda: text.encode() in bytes(self.output[since:]), text)

    def wait_end(self) -> int:
        """Wait for the end of the process; its exit code."""
        return self.process.wait(WAIT_S_MAX)

    def modes(self) -> list[Any]:
        """Settings of the terminal's line, as the next program finds them."""
        return termios.tcgetattr(self._slave)

    def tail(self) -> str:
        """The last of the output, for a failed test."""
        return bytes(self.output[-2000:]).decode("utf-8", "replace")

    def hang_up(self) -> None:
        """Close the terminal under the process."""
        self._ending = True  # a read that is going on would keep the terminal open
        self._reader.join()
        self._close_ends()

    def close(self) -> None:
        """End what is left."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._ending = True
        self._reader.join()
        self._close_ends()

    def _close_ends(self) -> None:
        for end in (self._slave, self._master):
            if end >= 0:
                os.close(end)
        self._slave = self._master = -1


class EchoScreens(PseudoTerminal):
    """The screens on the echo port of :mod:`tests.tui.echo_main`."""

    def __init__(
        self, path: Path, *arguments: str, columns: int = 40, rows: int = 20, controlling: bool = True
    ) -> None:
        self.path = path
        command = ["-m", "tests.tui.echo_main", str(path), *arguments]
        super().__init__(command, columns, rows, controlling=controlling)

    def started(self) -> EchoScreens:
        """Wait for the first picture."""
        self.wait_output("Scan the SERIAL")
        return self

    def records(self) -> list[dict[str, Any]]:
        """What the session was given so far."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines() if line.endswith("}")]

    def scans(self) -> list[bytes]:
        """Raw bytes of the scans so far."""
        return [bytes.fromhex(record["raw"]) for record in self.records() if record["kind"] == "scan"]

    def wait_records(self, count: int) -> list[dict[str, Any]]:
        """Wait for this many inputs."""
        self.wait(lambda: len(self.records()) >= count, f"{count} inputs, there are {len(self.records())}")
        return self.records()

    def leave(self) -> int:
        """F10 twice."""
        self.send(b"\x1b[21~")
        self.wait_output("F10 once more")
        self.send(b"\x1b[21~")
        return self.wait_end()
