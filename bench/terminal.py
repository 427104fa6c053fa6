"""A program in a pseudo-terminal, typed into and watched from the other side with a clock in hand."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, perf_counter
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]
COLUMNS, ROWS = 80, 24
WAIT_S_MAX = 60.0
END_S_MAX = 10.0
_STYLES = re.compile(rb"\x1b\[[0-9;]*m")
"""Colour changes: they may stand between any two characters of a text."""


class Terminal:
    """A Python program on a terminal of 80 by 24. Its output is everything since :meth:`mark`."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {
            name: text for name, text in os.environ.items() if not name.startswith(("SCANNER_", "XDG_"))
        }
        # As installed: with compiled modules. A first start writes them where they are missing.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment |= {
            "HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.begun_s = perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._output = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            try:
                self._drain_until_end()
            except subprocess.TimeoutExpired:
                os.kill(self.process.pid, signal.SIGKILL)
                self.process.wait()
        os.close(self._master)

    def _drain_until_end(self) -> None:
        until_s = monotonic() + END_S_MAX
        while self.process.poll() is None:
            self._read(0.05)
            if monotonic() > until_s:
                raise subprocess.TimeoutExpired(self.process.args, END_S_MAX)

    def mark(self) -> None:
        """Forgets the output so far."""
        self._output.clear()

    def send(self, data: bytes) -> float:
        """Types bytes; the moment at which the last of them was in the terminal's buffer, seconds."""
        while data:
            data = data[os.write(self._master, data) :]
        return perf_counter()

    def seen_s(self, text: bytes) -> float:
        """Waits until the program has written this text; the moment at which it was read here, seconds."""
        until_s = monotonic() + WAIT_S_MAX
        while text not in _STYLES.sub(b"", bytes(self._output)):
            if self.process.poll() is not None or monotonic() > until_s:
                raise TimeoutError(f"{text!r} did not come; the last was {bytes(self._output[-500:])!r}")
            self._read(1.0)
        return perf_counter()

    def idle(self, seconds: float) -> None:
        """Lets time pass while reading what comes."""
        until_s = perf_counter() + seconds
        while (left_s := until_s - perf_counter()) > 0:
            self._read(left_s)

    def _read(self, wait_s: float) -> None:
        ready, _, _ = select.select([self._master], [], [], wait_s)
        if ready:
            try:
                self._output += os.read(self._master, 65536)
            except OSError:  # the program has closed its end
                self.process.wait(END_S_MAX)

    def rss_mib(self) -> float:
        """Memory of the program that is resident now, MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise OSError("the system does not tell how much memory a program has")
