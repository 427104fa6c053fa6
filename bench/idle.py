"""What a handheld costs that nobody scans with: a session, and three drivers that wait for their scanners.

Two guns on pseudo-terminals, and the driver that looks for scanners on USB. No camera: looking is its work.
"""

from __future__ import annotations

import os
import time
import tty

from bench.figures import Figure, Result
from bench.room import Room
from bench.workplace import site
from config import loader
from drivers.serial_port import SerialPort
from drivers.serial_settings import SerialSettings
from drivers.usb.driver import UsbScanners
from drivers.usb.settings import UsbSettings
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SystemClock
from scanner_app.running import RunningHandheld
from scanner_app.session import SessionSettings

SECONDS = (60, 3)
SETTLE_S = 5.0
"""Until the session has moved its log into the file and nothing is due any more, seconds."""

PERCENT_MAX = 0.5


def run(room: Room) -> Result:
    """Opens the drivers, leaves them alone, and asks the system for the time that this process has used."""
    guns = [os.openpty() for _ in range(2)]
    for gun in guns:
        tty.setraw(gun[1])
    running = RunningHandheld(
        room.folder / "idle", SystemClock(), SessionSettings(app="bench"), loader.shipped()
    )
    load_site(running.handheld.cache, site())
    running.renew()
    ports = [
        SerialPort(SerialSettings(port=os.ttyname(gun[1]), name=f"gun-{number}"))
        for number, gun in enumerate(guns)
    ]
    running.start([*ports, UsbScanners(UsbSettings())])
    time.sleep(SETTLE_S)
    used_s, start_s = time.process_time(), time.monotonic()
    time.sleep(room.size(*SECONDS))
    used_s, took_s = time.process_time() - used_s, time.monotonic() - start_s
    running.close()
    for gun in guns:
        for end in gun:
            os.close(end)
    return Result(
        benchmark="idle",
        against="one core that does nothing",
        figures=(
            Figure(
                name="three drivers open, nobody scans",
                value=100 * used_s / took_s,
                unit="% of a core",
                budget=PERCENT_MAX,
                note=f"{used_s * 1e3:.0f} ms in {took_s:.0f} s",
            ),
        ),
    )
