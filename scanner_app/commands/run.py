"""``scanner`` alone: the handheld, until its operator leaves it."""

from __future__ import annotations

import argparse
from typing import Literal

from config.schema import SerialPort as PortSetting
from drivers.driver import Driver
from drivers.serial_settings import SerialSettings
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, REFUSED, Call, Refusal
from scanner_app.identity import server_of
from scanner_app.running import RunningHandheld
from scanner_app.screens import show


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--site", help="site file (JSON) for a handheld without a server")


def run(call: Call) -> int:
    """Opens the data directory, the scanners and the screens."""
    settings = call.loaded.settings
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
    running.start(_drivers(call))
    try:
        show(running, settings, timezone=running.handheld.cache.meta("timezone"))
    except RuntimeError as error:
        raise Refusal(str(error), REFUSED) from error
    return DONE


def _load(running: RunningHandheld, path: str) -> None:
    from scanner_app.cache_feed import load_site
    from scanner_app.commands.replay import site_of

    load_site(running.handheld.cache, site_of(path))
    running.renew()


def _drivers(call: Call) -> list[Driver]:
    ports = call.loaded.settings.serial.ports
    if not ports:
        return []
    from drivers.serial_port import SerialPort

    return [SerialPort(serial_settings(port)) for port in ports]


def serial_settings(port: PortSetting) -> SerialSettings:
    """A port as its driver takes it."""
    terminators: dict[str, Literal["cr", "lf", "crlf", "tab"]] = {
        "CR": "cr",
        "LF": "lf",
        "CRLF": "crlf",
        "TAB": "tab",
    }
    return SerialSettings(
        port=port.path, name=port.name, baud=port.baud, terminator=terminators[port.terminator]
    )
