"""``scanner`` alone: the handheld, until its operator leaves it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from config.paths import data_dir
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, REFUSED, Call, Refusal
from scanner_app.commands.inputs import drivers_of, finder_of, printing_of
from scanner_app.identity import server_of
from scanner_app.inputs import PRINTER, DeviceNews
from scanner_app.running import RunningHandheld
from scanner_app.screens import show
from scanner_app.sounding import sounds_of
from scanner_app.streams import NO_TERMINAL, has_terminal

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--site", help="site file (JSON) for a handheld without a server")


def run(call: Call) -> int:
    """Opens the data directory, the scanners and the screens."""
    settings = call.loaded.settings
    if not has_terminal() and not os.access(data_dir(settings), os.F_OK):  # before anything is made
        raise Refusal(NO_TERMINAL)
    folder = call.folder
    device = settings.device.name
    running = RunningHandheld(
        folder,
        SystemClock(),
        call.session_settings,
        settings,
        server=server_of(folder, settings),
        device=device,
    )
    site = getattr(call.options, "site", None)
    if site:
        _load(running, site)
    scanners = running.handheld.scanners
    drivers = drivers_of(settings, scanners.burst_gap_ms)
    sounds = sounds_of(settings.sound, drivers)
    running.handheld.session.observers.append(lambda answer: sounds.play(answer.tone))
    if settings.printer.target:
        running.handheld.session.printer = DeviceNews(name=PRINTER, state="ready")
        running.handheld.session.observers.append(printing_of(settings, drivers, running.sink))
    running.start(drivers)
    try:
        timezone = running.handheld.cache.meta("timezone")
        show(
            running,
            settings,
            timezone=timezone,
            finder=finder_of(drivers),
            learned_gap_ms=partial(scanners.burst_gap_ms, "wedge"),
        )
    except RuntimeError as error:
        raise Refusal(str(error), REFUSED) from error
    return DONE


def _load(running: RunningHandheld, path: str) -> None:
    from scanner_app.cache_feed import load_site
    from scanner_app.commands.site_file import site_of

    load_site(running.handheld.cache, site_of(path))
    running.renew()
