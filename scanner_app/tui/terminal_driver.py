"""Textual's driver for terminals, with our own reading of the input.

Textual reads the terminal as decoded keys: a byte that is not UTF-8 ends its input thread, an unterminated paste
freezes all keys, and escape sequences inside a scan lose their bytes. Here the bytes are sorted first
(:mod:`scanner_app.tui.terminal_bytes`); only what the terminal reports by itself goes on to Textual's parser.
"""

from __future__ import annotations

import logging
import os
import selectors
import sys
import time
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from drivers.bursts import Joiner, joined, soonest
from drivers.wedge import KeyFramer, Output
from scanner_app.tui.terminal_bytes import Report, Taken, TerminalBytes

if TYPE_CHECKING:
    from scanner_app.tui.app import ScannerScreens

READ_BYTES = 4096
WAITING_READS_MAX = 64
"""Reads that the screens have not yet handed on. Beyond it the terminal waits, nothing is lost."""

_log = logging.getLogger(__name__)


class Given(Message, bubble=False):
    """What one read of the terminal brought, in order."""

    def __init__(self, outputs: list[Output]) -> None:
        super().__init__()
        self.outputs = outputs


class TerminalGone(Message, bubble=False):
    """The terminal was closed."""


class ReadingFailed(Message, bubble=False):
    """The reading thread has met a fault of ours: without it nothing could be scanned."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class _Lasting:
    """The terminal's output file, for one that may go away: writing to a closed terminal is no error."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except (OSError, ValueError):
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except (OSError, ValueError):
            return

    def fileno(self) -> int:
        return self._file.fileno()


class TerminalDriver(LinuxDriver):
    """Reads bytes itself; else as Textual's own. Keys are plain bytes, the mouse reports presses only."""

    def __init__(self, app: ScannerScreens, **options: Any) -> None:
        super().__init__(app, **options)
        # With the kitty protocol every character would be an escape sequence, also those of a scanner.
        constants.DISABLE_KITTY_KEY = True  # type: ignore[misc]
        self._file = cast(Any, _Lasting(cast(TextIO, sys.__stderr__)))
        self._rules = app.settings.wedge
        self._burst_gap_ms = app.settings.burst_gap_ms
        self._room = BoundedSemaphore(WAITING_READS_MAX)
        self._wake: tuple[int, int] | None = None

    def taken(self) -> None:
        """One read was handed on: there is room for another."""
        self._room.release()

    def _enable_mouse_support(self) -> None:
        if self._mouse:  # presses and releases in SGR form; every motion of a glove would be work for nothing
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _query_in_band_window_resize(self) -> None:
        """Not asked: SIGWINCH tells it, and pixel coordinates are of no use."""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.write("\x1b[?1004l")  # whether the window has the focus is of no interest

    def disable_input(self) -> None:
        """End the reading thread, which may be asleep."""
        if self._wake is not None:
            os.write(self._wake[1], b"x")
        super().disable_input()

    def close(self) -> None:
        """Give up what belongs to one use of the terminal."""
        super().close()
        if self._wake is not None:
            for end in self._wake:
                os.close(end)
            self._wake = None

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - the thread's last; the app ends with it and says so
            self.send_message(ReadingFailed(error))

    def run_input_thread(self) -> None:
        """Read until the end. Sleeps without waking up as long as nothing is held back."""
        reader = TerminalBytes(KeyFramer(self._rules))
        joiner = Joiner(self._burst_gap_ms)
        parser = XTermParser(self._debug)
        assert self._wake is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake[0], selectors.EVENT_READ)
            while not self.exit_event.is_set():
                due_s = soonest(reader.deadline(), joiner.deadline(reading=reader.reading))
                wait_s = None if due_s is None else max(0.0, due_s - time.monotonic())
                ready = [key.fd for key, _ in selector.select(wait_s)]
                if self.fileno in ready:
                    data = self._read()
                    if not data:
                        self._hand_on(joiner.rest(), parser)
                        self.send_message(TerminalGone())
                        return
                    self._hand_on(joined(joiner, reader.feed(data, time.monotonic())), parser)
                now_s = time.monotonic()
                if not ready:
                    self._hand_on(joined(joiner, reader.flush(now_s)), parser)
                self._hand_on(joiner.flush(now_s, reading=reader.reading), parser)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError as error:
            _log.info("the terminal is gone: %s", error)
            return b""

    def _hand_on(self, taken: Sequence[Taken], parser: XTermParser) -> None:
        outputs: list[Output] = []
        for given in taken:
            if not isinstance(given, Report):
                outputs.append(given)
                continue
            outputs = self._give(outputs)
            for message in parser.feed(given.text):
                self.process_message(message)
        self._give(outputs)

    def _give(self, outputs: list[Output]) -> list[Output]:
        while outputs and not self.exit_event.is_set():
            if self._room.acquire(timeout=0.5):
                self.send_message(Given(outputs))
                break
        return []
