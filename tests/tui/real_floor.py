"""Screens over a real session: its thread, its files, a site of the scenarios, and a clock that can be skipped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textual.pilot import Pilot

from config.loader import shipped
from drivers.scan import Scan
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SkippingClock
from scanner_app.inputs import Command
from scanner_app.running import RunningHandheld
from scanner_app.session import SessionSettings
from scanner_app.tui.app import ScannerScreens
from tests.scanner_app.floor import site_named
from tests.tui.test_screens import rows

LOOKS_MAX = 200


class RealFloor:
    """A handheld at work; what is given to it is answered when it shows."""

    def __init__(self, running: RunningHandheld, clock: SkippingClock) -> None:
        self.running, self.clock = running, clock

    def scan(self, *codes: str) -> None:
        for code in codes:
            self.running.submit(Scan(raw=code.encode()))

    def command(self, name: str, argument: str = "") -> None:
        self.running.submit(Command(name=name, argument=argument))


@contextmanager
def at_work(folder: Path, site: str, language: str = "en") -> Iterator[RealFloor]:
    """A handheld with the data of a site."""
    clock = SkippingClock()
    running = RunningHandheld(folder / "data", clock, SessionSettings(language=language), shipped())
    load_site(running.handheld.cache, site_named(site))
    running.renew()
    running.start()
    yield RealFloor(running, clock)
    running.close()


async def until(pilot: Pilot[None], app: ScannerScreens, text: str, row: int | None = None) -> None:
    """The screen has this text, in this row; looked at for a while, for the session works beside it."""
    for _ in range(LOOKS_MAX):
        shown = rows(app)
        if text in ("\n".join(shown) if row is None else shown[row]):
            return
        await pilot.pause()
        await asyncio.sleep(0.02)
    raise AssertionError("\n".join((f"{text!r} is not there:", *rows(app))))
