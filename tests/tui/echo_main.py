"""A small program for tests in a pseudo-terminal: the screens on a port that answers everything with ok.

Writes each input as a JSON line to the file named by the first argument. Further arguments: ``--night``, ``--full-after
N`` (the queue refuses after N inputs), ``--stop-on TEXT``, ``--crash-on TEXT``,
``--crash-reader``, ``--burst-gap-ms N``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from threading import Thread

import msgspec

from drivers.scan import Burst, Scan
from scanner_app.inputs import Command, Typed
from scanner_app.tui.port import Input
from scanner_app.tui.settings import ScreenSettings
from scanner_app.tui.start import ScreensError, run
from scanner_app.tui.terminal_bytes import Taken, TerminalBytes
from scanner_app.view import Banner, HistoryLine, ScreenView
from tests.tui.views import RECEIVED


class EchoPort:
    """A test double of a session: takes every input in a thread of its own and shows it."""

    def __init__(self, path: Path, full_after: int, stop_on: str, crash_on: str) -> None:
        self._file = path.open("a", buffering=1)
        self._queue: Queue[Input | None] = Queue()
        self._callback: Callable[[ScreenView], None] = lambda _view: None
        self._view = msgspec.structs.replace(RECEIVED, banner=None, history=(), n=0, tone="")
        self._full_after = full_after
        self._stop_on = stop_on
        self._crash_on = crash_on
        self._taken = 0
        self._thread = Thread(target=self._work)
        self._thread.start()

    def submit(self, given: Input) -> bool:
        if self._crash_on and isinstance(given, Scan) and given.text == self._crash_on:
            raise RuntimeError("crash on purpose")
        if self._taken >= self._full_after:
            return False
        self._taken += 1
        self._queue.put(given)
        return True

    def shown(self) -> ScreenView:
        return ScreenView()

    def subscribe(self, callback: Callable[[ScreenView], None]) -> None:
        self._callback = callback
        callback(self._view)

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()
        self._file.write(json.dumps({"kind": "closed"}) + "\n")
        self._file.close()

    def _work(self) -> None:
        while (given := self._queue.get()) is not None:
            self._file.write(json.dumps(self._record(given)) + "\n")
            self._view = self._answer(given)
            self._callback(self._view)

    def _record(self, given: Input) -> dict[str, object]:
        if isinstance(given, Scan):
            return {"kind": "scan", "raw": given.raw.hex(), "source": given.source}
        if isinstance(given, Burst):
            return {"kind": "burst", "raws": [scan.raw.hex() for scan in given.scans]}
        if isinstance(given, Typed):
            return {"kind": "typed", "text": given.text}
        assert isinstance(given, Command)
        return {"kind": "command", "name": given.name, "argument": given.argument}

    def _answer(self, given: Input) -> ScreenView:
        view = self._view
        if isinstance(given, Command):
            stopped = view.stopped and given.name != "ack"
            return msgspec.structs.replace(view, n=view.n + 1, stopped=stopped, tone="")
        text = given.text if isinstance(given, Scan | Typed) else "burst"
        stop = bool(self._stop_on) and text == self._stop_on
        banner = Banner(level="stop" if stop else "ok", word="HELD" if stop else "RECEIVED", lines=(text,))
        line = HistoryLine(level=banner.level, text=text, time="14:02:11", gesture=view.n + 1)
        return msgspec.structs.replace(
            view,
            n=view.n + 1,
            banner=banner,
            stopped=stop,
            tone=banner.level,
            history=(line, *view.history)[:50],
            progress=((view.progress or (0, 0))[0] + 1, 40),
        )


def _crash(_reader: TerminalBytes, _data: bytes, _time_s: float) -> list[Taken]:
    raise RuntimeError("crash on purpose")


def main() -> int:
    """Run until left."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--night", action="store_true")
    parser.add_argument("--full-after", type=int, default=1_000_000)
    parser.add_argument("--stop-on", default="")
    parser.add_argument("--crash-on", default="")
    parser.add_argument("--crash-reader", action="store_true")
    parser.add_argument("--burst-gap-ms", type=int, default=0)
    args = parser.parse_args()
    if args.crash_reader:
        TerminalBytes.feed = _crash  # type: ignore[assignment, method-assign]
    port = EchoPort(args.path, args.full_after, args.stop_on, args.crash_on)
    try:
        run(
            port,
            ScreenSettings(theme="night" if args.night else "sun", burst_gap_ms=lambda: args.burst_gap_ms),
        )
    except ScreensError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
