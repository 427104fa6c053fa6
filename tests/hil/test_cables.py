"""Cables that are pulled in the middle of a code, again and again: nothing half is delivered, nothing is kept quiet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from drivers.driver import Backoff, start
from drivers.framing import Fragment, Frame, Framer
from drivers.serial_port import SerialPort
from drivers.serial_settings import SerialSettings
from drivers.usb.driver import UsbScanners
from drivers.usb.hid_pos import PosReader
from tests.drivers.usb.bench import Heard
from tests.drivers.usb.test_hid_pos import counted
from tests.hil.gadget import NAME, Gadget
from tests.hil.host import Host
from tests.hil.waiting import WAIT_S, came, until, went

USB, CDC, FTDI = f"usb:{NAME}", "serial:cdc", "serial:ftdi"
CYCLES = int(os.environ.get("SCANNER_HIL_CYCLES", "50"))
HALF, HALF_REPORT = b"HALF", b"H" * 56


@pytest.fixture
def halves(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Halves of codes that reached a driver, as they come: what the kernel still holds goes with the cable."""
    reached: list[bytes] = []
    framed, reported = Framer.feed, PosReader.feed

    def watched(self: Framer, data: bytes, now_s: float, **how: Any) -> list[Frame | Fragment]:
        done = framed(self, data, now_s, **how)
        if data and self._open == HALF:
            reached.append(HALF)
        return done

    def watched_report(self: PosReader, report: bytes, now_s: float) -> list[Any]:
        done = reported(self, report, now_s)
        if self._open == HALF_REPORT:
            reached.append(HALF_REPORT)
        return done

    monkeypatch.setattr(Framer, "feed", watched)
    monkeypatch.setattr(PosReader, "feed", watched_report)
    return reached


@contextmanager
def serial(port: str, name: str, heard: Heard) -> Iterator[None]:
    settings = SerialSettings(port=port, name=name, terminator="cr")
    driver = SerialPort(settings, backoff=Backoff(first_s=0.05, cap_s=0.2))
    thread = start(driver, heard)
    try:
        yield
    finally:
        driver.close()
        thread.join(WAIT_S)


def codes_from(heard: Heard, source: str, letter: str) -> list[str]:
    found = [raw.decode() for name, raw in heard.codes if name == source]
    return [code for code in found if code.startswith(letter)]


def test_a_scanner_on_usb_that_is_pulled_in_mid_code(
    gadget: Gadget, heard: Heard, usb: UsbScanners, halves: list[bytes], figure: Callable[[str], None]
) -> None:
    with serial("/dev/ttyACM0", "cdc", heard):
        for cycle in range(CYCLES):
            until(
                lambda times=cycle + 1: came(heard, USB) == 2 * times and came(heard, CDC) == times,  # type: ignore[misc]
                lambda cycle=cycle: f"ready in cycle {cycle}: {heard.items[-6:]}",  # type: ignore[misc]
            )
            gadget.type(f"K{cycle:03d}\r" + HALF.decode())
            gadget.report(counted(f"P{cycle:03d}".encode()), counted(HALF_REPORT, more=True))
            gadget.serial(f"S{cycle:03d}\r".encode() + HALF)
            until(lambda: len(halves) == 3, lambda: f"{halves}, {heard.items[-6:]}")
            assert sorted(halves) == [HALF, HALF, HALF_REPORT]
            gadget.unplug()
            until(
                lambda times=cycle + 1: went(heard, USB) == 2 * times and went(heard, CDC) == times,  # type: ignore[misc]
                lambda cycle=cycle: f"lost in cycle {cycle}: {heard.items[-6:]}",  # type: ignore[misc]
            )
            halves.clear()
            gadget.plug()
    for source, letter in ((USB, "K"), (USB, "P"), (CDC, "S")):
        assert codes_from(heard, source, letter) == [f"{letter}{cycle:03d}" for cycle in range(CYCLES)]
    assert len(heard.codes) == 3 * CYCLES
    assert sorted(heard.discarded) == sorted([HALF, HALF, HALF_REPORT] * CYCLES)
    figure(
        f"{CYCLES} cables pulled in mid-code, each with evdev, hidraw and CDC-ACM: {3 * CYCLES} codes whole and "
        f"once, {3 * CYCLES} halves owned up to, {3 * CYCLES} times back by itself"
    )


def test_a_serial_adapter_that_is_pulled_in_mid_code(
    host: Host, heard: Heard, halves: list[bytes], figure: Callable[[str], None]
) -> None:
    host.plug("ftdi0", "usb-serial", chardev="serial")
    with serial("/dev/ttyUSB0", "ftdi", heard):
        for cycle in range(CYCLES):
            until(
                lambda times=cycle + 1: came(heard, FTDI) == times,  # type: ignore[misc]
                lambda cycle=cycle: f"ready in cycle {cycle}: {heard.items[-6:]}",  # type: ignore[misc]
            )
            host.feed(f"F{cycle:03d}\r".encode() + HALF)
            until(lambda: halves == [HALF], lambda: f"{halves}, {heard.items[-6:]}")
            host.unplug("ftdi0")
            until(
                lambda times=cycle + 1: went(heard, FTDI) == times,  # type: ignore[misc]
                lambda cycle=cycle: f"lost in cycle {cycle}: {heard.items[-6:]}",  # type: ignore[misc]
            )
            halves.clear()
            host.plug("ftdi0", "usb-serial", chardev="serial")
        until(lambda: came(heard, FTDI) == CYCLES + 1, lambda: f"ready at the end: {heard.items[-6:]}")
    host.unplug("ftdi0")
    assert [raw.decode() for _, raw in heard.codes] == [f"F{cycle:03d}" for cycle in range(CYCLES)]
    assert heard.discarded == [HALF] * CYCLES
    figure(
        f"{CYCLES} cables of an FTDI adapter pulled in mid-code: each code whole and once, each half owned up to"
    )
