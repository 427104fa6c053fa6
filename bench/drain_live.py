"""A handheld at work in a process of its own: ``python -m bench.drain_live FOLDER URL DEVICE TOKEN``.

Prints an empty line when it scans, goes on until its standard input ends, then prints one JSON line with what it
noticed: how long verdicts took, and how long until the server had a scan.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep

import msgspec

from bench.figures import median, p99
from bench.workplace import BADGE, ORDER, SITE, serial, site
from config.loader import shipped
from drivers.scan import Scan
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SystemClock
from scanner_app.inputs import Command, Input, SignIn
from scanner_app.running import RunningHandheld, Server
from scanner_app.session import SessionSettings

BETWEEN_S = 0.2
SCANS_MIN = 10
RECEIPT_S_MAX = 60.0


def main(folder: Path, url: str, device: str, token: str) -> None:
    """Scans, and measures itself."""
    running = RunningHandheld(
        folder,
        SystemClock(),
        SessionSettings(app="bench"),
        shipped(),
        server=Server(url=url, token=token, site=SITE),
        device=device,
    )
    load_site(running.handheld.cache, site())
    running.renew()
    running.start()
    # What the first scan and the first contact load and download is no part of a day's work.
    for given in (
        SignIn(badge=BADGE),
        Command(name="workflow", argument="receiving"),
        _scan(ORDER),
        _scan(serial(0)),
    ):
        _handled(running, given)
    _sent(running)
    over = Event()

    def listen() -> None:
        sys.stdin.read()
        over.set()

    Thread(target=listen, daemon=True).start()
    sys.stdout.write("\n")
    sys.stdout.flush()
    verdict_ms: list[float] = []
    receipt_ms: list[float] = []
    number = 0
    while number < SCANS_MIN or not over.is_set():
        number += 1
        begin = perf_counter()
        _handled(running, _scan(serial(number)))
        verdict_ms.append(1000 * (perf_counter() - begin))
        _sent(running)
        receipt_ms.append(1000 * (perf_counter() - begin))
        sleep(BETWEEN_S)
    running.close()
    found = {"scans": number, "verdict_ms": p99(verdict_ms), "receipt_ms": median(receipt_ms)}
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    sys.stdout.flush()


def _scan(text: str) -> Scan:
    return Scan(raw=text.encode(), source="bench")


def _handled(running: RunningHandheld, given: Input) -> None:
    """Through the session's queue, behind whatever the sync agent put there."""
    running.thread.run(lambda session: session.handle(given))


def _sent(running: RunningHandheld) -> None:
    """Until the server has confirmed everything."""
    deadline_s = perf_counter() + RECEIPT_S_MAX
    while running.thread.run(lambda session: session.journal.pending()) and perf_counter() < deadline_s:
        sleep(0.005)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:5])
