"""Forks handhelds and servers: ``python -m tests.processes.roles``, one JSON line on standard input for each.

Imports are paid once; every child is a process with its own threads, files and sockets. A handheld prints a line for
every event that its person was shown, and ``settled`` when it has nothing to send any more.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from drivers.scan import Scan
from scanner_app.clockwork import SkippingClock
from scanner_app.inputs import Command
from scanner_app.running import RunningHandheld, Server
from scanner_app.session import Session, SessionSettings
from server.production import serve_forever
from tests.durability.goods import serial
from tests.sync.fleet import patient

PAUSE_S = 0.01
STOP = "stop"
"""A file of this name in a handheld's folder ends the shift."""
SERIALS_EACH = 100_000


def say(value: object) -> None:
    """One line; in the pipe even if this process is gone a moment later."""
    os.write(1, json.dumps(value).encode() + b"\n")


def serve(database: str, port: int, token: str) -> None:
    """A server until it is killed."""
    serve_forever(Path(database), "127.0.0.1", port, office_token=token)


def shift(name: str, number: int, folder: str, url: str, device: str, token: str, ahead_ms: int) -> None:
    """A handheld that scans one new unit after the other, and now and then takes one back."""
    clock = SkippingClock()
    clock.skip(ahead_ms)
    running = RunningHandheld(
        Path(folder), clock, SessionSettings(app="test", repeat_ms=0), patient(timeout_s=1),
        server=Server(url=url, token=token, site="HAM"), device=device,
    )  # fmt: skip
    running.start()
    stop = Path(folder) / STOP

    def next_input(session: Session) -> Scan | Command | None:
        if session.state.stopped is not None:
            return Command(name="ack")
        if session.knows.document("PO-HAM") is None:
            return None
        if not session.state.operator:
            return Scan(raw=b"OP-7")
        if not session.state.document:
            return Scan(raw=b"PO-HAM")
        seq = session.journal.seq
        return (
            Command(name="undo") if seq % 9 == 8 else Scan(raw=serial(number * SERIALS_EACH + seq).encode())
        )

    def one(session: Session) -> list[dict[str, Any]]:
        given = next_input(session)
        events = session.handle(given).events if given is not None else ()
        return [{"name": name, "epoch": one.epoch, "seq": one.seq, "hash": one.hash} for one in events]

    settled = False
    while not settled:
        if not stop.exists():
            for shown in running.thread.run(one):
                say(shown)
        else:
            settled = not running.thread.run(lambda session: session.journal.pending())
        time.sleep(PAUSE_S)
    say({"name": name, "settled": True})
    time.sleep(3600)


def main() -> None:
    """One child a line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        job: dict[str, Any] = json.loads(line)
        role = job.pop("role")
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                if role == "server":
                    serve(**job)
                else:
                    shift(**job)
            finally:
                os._exit(0)
        say({"started": role, "name": job.get("name", ""), "pid": child})


if __name__ == "__main__":
    main()
