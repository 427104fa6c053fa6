"""A process that works a shift until it is killed: ``python -m tests.durability.shift_process FOLDER``.

Every line ``start`` on standard input forks one: imports are paid once, and each start is a process of its own with
its own locks and threads. What a person would see is printed after the session showed it, one JSON line a picture.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from drivers.scan import Scan
from scanner_app.clockwork import SystemClock
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, Input
from scanner_app.session import SessionSettings
from scanner_app.session_thread import SessionThread
from scanner_app.view import ScreenView
from tests.durability.goods import fill, serial, site_file

DEVICE = "D-9"
PUMPS = 100_000
SCANS_MAX = 2000
SETTINGS = SessionSettings(app="test")


def say(value: object) -> None:
    """One line; in the pipe even if this process is gone a moment later."""
    os.write(1, json.dumps(value).encode() + b"\n")


def picture(view: ScreenView, seq: int) -> dict[str, object]:
    """What a person sees, and the newest event that it speaks of."""
    return {
        "level": view.banner.level if view.banner is not None else "",
        "word": view.banner.word if view.banner is not None else "",
        "text": view.history[0].text if view.history else "",
        "prompt": view.prompt,
        "progress": view.progress,
        "stopped": view.stopped,
        "seq": seq,
    }


def work(folder: Path) -> None:
    """Goes on where the shift was left, as fast as it can."""
    handheld = Handheld(folder, SystemClock(), SETTINGS, device=DEVICE)
    session = handheld.session
    done = session.knows.tally("PO-HAM").total
    begin: list[Input] = [] if session.state.document else [_scan("OP-7"), _scan("PO-HAM")]
    if session.state.stopped is not None:
        begin.append(Command(name="ack"))
    thread = SessionThread(handheld)
    thread.subscribe(lambda view: say(picture(view, session.journal.seq)))
    thread.start()
    for given in begin:
        thread.submit(given)
    for number in range(done + 1, done + SCANS_MAX):
        thread.submit(_scan(serial(number)))
        if number % 7 == 0:
            thread.submit(Command(name="undo"))
            thread.submit(_scan(serial(number)))
        if number % 11 == 0:
            thread.submit(_scan("not ours"))
            thread.submit(Command(name="ack"))
    thread.close()


def _scan(text: str) -> Scan:
    return Scan(raw=text.encode())


def main(folder: Path) -> None:
    """Forks one worker after the other."""
    handheld = Handheld(folder, SystemClock(), SETTINGS, device=DEVICE)
    fill(handheld.cache, site_file(PUMPS))
    handheld.close()
    for line in sys.stdin:
        assert line == "start\n"
        child = os.fork()
        if child == 0:
            try:
                work(folder)
            finally:
                os._exit(0)
        say({"pid": child})
        _, status = os.waitpid(child, 0)
        say({"ended": status})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
