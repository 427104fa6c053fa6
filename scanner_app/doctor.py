"""What is right and what is not with this handheld: data, disk, clock, libraries, scanners, server."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from config.paths import data_dir
from config.schema import Settings
from config.version import VERSION
from scanner_app.audit import verify
from scanner_app.ballast import BALLAST_BYTES
from scanner_app.doctor_check import Check
from scanner_app.doctor_devices import device_checks
from scanner_app.doctor_numbers import number_checks
from scanner_app.doctor_server import server_checks
from scanner_app.handheld import JOURNAL_FILE
from scanner_app.journal_reader import JournalReader
from scanner_app.journal_schema import LAYOUT
from scanner_app.storage_errors import NewerStore, StoreError
from tracking.counted import counted

DISK_BYTES_LOW = 16 * BALLAST_BYTES
YEAR_OF_BUILD = 2026
WAL_RACE_FIXED = (3, 51, 3)
"""Before this release several writers on one WAL file could lose commits; the journal has one connection."""


def checks(settings: Settings) -> Iterator[Check]:
    """All of them, in the order in which they matter."""
    yield Check(name="program", state="ok", detail=f"scanner {VERSION}, Python {sys.version.split()[0]}")
    yield from _data(settings)
    yield from number_checks(data_dir(settings))
    yield from _clock()
    yield from _libraries()
    yield from device_checks(settings)
    yield from learned_scanners(data_dir(settings))
    yield from server_checks(settings)


def _data(settings: Settings) -> Iterator[Check]:
    folder = data_dir(settings)
    try:
        there = folder.exists()
    except OSError as error:
        yield Check(
            name="data",
            state="fault",
            detail=f"{folder} cannot be looked at ({error.strerror})",
            fix="let this account in, or name another folder with --data DIR",
        )
        return
    if not there:
        yield Check(
            name="data", state="note", detail=f"{folder} does not exist yet; the first start makes it"
        )
        return
    if not folder.is_dir():
        yield Check(
            name="data", state="fault", detail=f"{folder} is no folder", fix="name one with --data DIR"
        )
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Check(
            name="data",
            state="fault",
            detail=f"{folder} cannot be written",
            fix=f"chown it to this account: {folder}",
        )
        return
    free = shutil.disk_usage(folder).free
    low = free < DISK_BYTES_LOW
    yield Check(
        name="disk",
        state="fault" if low else "ok",
        detail=f"{free // 1024 // 1024} MB free for {folder}",
        fix="sync, then delete what is not the scanner's" if low else "",
    )
    yield from _journal(folder)


def _journal(folder: Path) -> Iterator[Check]:
    file = folder / JOURNAL_FILE
    if not file.exists():
        yield Check(name="journal", state="note", detail="no scan was written here yet")
        return
    try:
        journal = JournalReader(file)
        try:
            report, pending = verify(journal), journal.pending()
        finally:
            journal.close()
        if journal.layout > LAYOUT:
            raise NewerStore(file.name, journal.layout, LAYOUT)
    except StoreError as error:
        yield Check(name="journal", state="fault", detail=str(error))
        return
    if report.findings:
        first = report.findings[0]
        yield Check(
            name="journal",
            state="fault",
            detail=f"event {first.epoch}/{first.seq}: {first.what}",
            fix="export it with 'scanner export events' and tell the office",
        )
    else:
        yield Check(
            name="journal",
            state="ok",
            detail=f"{counted(report.events, 'event')}, chain whole, {pending} not sent yet",
        )


def _clock() -> Iterator[Check]:
    import time

    year = time.gmtime().tm_year
    wrong = year < YEAR_OF_BUILD
    yield Check(
        name="clock",
        state="fault" if wrong else "ok",
        detail=time.strftime("%Y-%m-%d %H:%M:%S %z"),
        fix="set the clock: this year cannot be right" if wrong else "",
    )


def _libraries() -> Iterator[Check]:
    fixed = sqlite3.sqlite_version_info >= WAL_RACE_FIXED
    detail = f"{sqlite3.sqlite_version}, " + (
        "current" if fixed else "one writer a file, as needed for this release"
    )
    yield Check(name="sqlite", state="ok", detail=detail)
    for module, package, what in (
        ("serial", "pyserial", "serial scanners"),
        ("cv2", "opencv-python", "the camera"),
        ("zxingcpp", "zxing-cpp", "reading of pictures"),
        ("pyzbar", "pyzbar", "the camera's second opinion"),
    ):
        there = find_spec(module) is not None
        fix = "" if there else f"pip install {package} (Debian: apt install python3-dev gcc libzbar0 first)"
        yield Check(
            name=package,
            state="ok" if there else "note",
            detail="installed" if there else f"missing: no {what}",
            fix=fix,
        )


def learned_scanners(folder: Path) -> Iterator[Check]:
    """What the calibration card has taught of each scanner."""
    from scanner_app.scanners.learned import SCANNERS_FILE, LearnedScanners
    from scanner_app.scanners.teaching import learned

    known = LearnedScanners(folder)
    if known.damaged:
        yield Check(
            name="scanners",
            state="fault",
            detail=f"{folder / SCANNERS_FILE} cannot be read",
            fix="scan the calibration card with each scanner: scanner labels --calibration",
        )
    for source, profile in known.all().items():
        told = learned(profile, source, "en")
        words = [f"{name} {text}" for name, text in told.items() if name not in {"source", "aim", "caps"}]
        detail = ", ".join([*words, *(told[name] for name in ("caps", "aim") if name in told)])
        yield Check(
            name=f"scanner {source}", state="note" if profile.gs_lost else "ok", detail=f"learned: {detail}"
        )
