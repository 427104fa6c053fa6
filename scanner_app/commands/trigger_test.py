"""The live test of ``scanner doctor``: what arrives when a trigger is pulled, and what it is taken for."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from typing import Any

from config.paths import data_dir
from drivers.driver import DriverState, start
from drivers.scan import Burst, Scan
from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.commands.inputs import drivers_of
from scanner_app.handheld import LOCK_FILE
from tracking.identifiers.reader import read
from tracking.printable import printable

SECONDS_MAX = 3600.0
WAITING_MAX = 1000


def watch(call: Call, seconds: float) -> int:
    """Show what every scanner sends for a while; exit 1 where nothing came."""
    if not 0 < seconds <= SECONDS_MAX:
        usage(f"--scan is from 1 to {SECONDS_MAX:.0f} seconds")
    inputs = [driver for driver in drivers_of(call.loaded.settings) if driver.name != "printer"]
    came: queue.Queue[Scan | Burst | DriverState] = queue.Queue(WAITING_MAX)

    def sink(item: Scan | Burst | DriverState, /) -> bool:
        try:
            came.put_nowait(item)
        except queue.Full:
            return False
        return True

    running = [(driver, start(driver, sink)) for driver in inputs]
    if not call.options.json:
        names = ", ".join(driver.name for driver in inputs) or "none is set"
        print(f"Pull the trigger ({names}). A scanner that types into this terminal is not shown here.")
        if (data_dir(call.loaded.settings) / LOCK_FILE).exists():
            print("If the handheld is running it has the scanners: close it first.")
    scans = 0
    for item in _until(came, time.monotonic() + seconds):
        scans += not isinstance(item, DriverState)
        for row in rows(item):
            print_json(row) if call.options.json else print(_line(row), flush=True)
    for driver, thread in running:
        driver.close()
        thread.join(2.0)
    if not scans:
        raise Refusal(f"nothing was scanned within {seconds:g} seconds")
    return DONE


def _until(
    came: queue.Queue[Scan | Burst | DriverState], end_s: float
) -> Iterator[Scan | Burst | DriverState]:
    while (left_s := end_s - time.monotonic()) > 0:
        try:
            yield came.get(timeout=left_s)
        except queue.Empty:
            return


def rows(item: Scan | Burst | DriverState) -> list[dict[str, Any]]:
    """What is shown of one delivery."""
    if isinstance(item, DriverState):
        return [{"source": item.name, "state": item.state, "detail": item.detail}]
    scans = item.scans if isinstance(item, Burst) else (item,)
    return [_row(scan) for scan in scans]


def _row(scan: Scan) -> dict[str, Any]:
    best = read(scan.text, scan.symbology_id, today=SystemClock().today())[0]
    late_ms = (time.monotonic_ns() - scan.mono_ns) / 1e6 if scan.mono_ns else 0.0
    return {
        "source": scan.source,
        "symbology_id": scan.symbology_id,
        "text": scan.text,
        "bytes_hex": scan.raw.hex(),
        "terminator": scan.terminator,
        "ms": round(late_ms, 1),
        "kind": best.kind,
        "reason": best.error or best.reason,
    }


def _line(row: dict[str, Any]) -> str:
    if "state" in row:
        return f"{row['source']}: {row['state']} {printable(row['detail'], None)}".rstrip()
    aim = row["symbology_id"] or "no AIM id"
    text = f"{row['source']}: {printable(row['text'], None)}  [{aim}, {row['ms']} ms after its last byte]"
    return f"{text}\n    {row['kind']}: {printable(row['reason'], None)}\n    {row['bytes_hex']}"
