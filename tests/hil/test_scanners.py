"""One scanner on a USB bus, with a keyboard, a HID-POS and a serial interface: found, taken, and read whole."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.driver import Backoff, start
from drivers.scan import Scan
from drivers.serial_port import SerialPort
from drivers.serial_settings import SerialSettings
from drivers.usb.driver import UsbScanners
from drivers.usb.opened import EVIOCGRAB
from drivers.usb.sysfs import attached
from tests.drivers.usb.bench import Heard
from tests.drivers.usb.test_hid_pos import counted
from tests.hil.gadget import NAME, Gadget
from tests.hil.waiting import WAIT_S, came, until

SOURCE = f"usb:{NAME}"
CODES = int(os.environ.get("SCANNER_HIL_CODES", "2000"))


@pytest.fixture
def serial_port(heard: Heard) -> Iterator[SerialPort]:
    driver = SerialPort(
        SerialSettings(port="/dev/ttyACM0", name="dock", terminator="cr"),
        backoff=Backoff(first_s=0.05, cap_s=0.2),
    )
    thread = start(driver, heard)
    yield driver
    driver.close()
    thread.join(WAIT_S)


def ready(heard: Heard) -> None:
    until(lambda: came(heard, SOURCE) == 2, lambda: f"keyboard and HID-POS ready: {heard.items}")


def test_both_interfaces_are_found_with_maker_and_serial_number(gadget: Gadget) -> None:
    until(lambda: len([one for one in attached() if one.serial]) == 2, lambda: str(attached()))
    found = {one.kind: one for one in attached() if one.serial}
    assert {one.stable_name for one in found.values()} == {NAME}
    assert all(one.is_scanner for one in found.values())


SENT = {
    "typed by the keyboard": lambda gadget, codes: gadget.type("".join(code + "\r" for code in codes)),
    "as HID-POS reports": lambda gadget, codes: gadget.report(*(counted(code.encode()) for code in codes)),
    "over CDC-ACM": lambda gadget, codes: gadget.serial("".join(code + "\r" for code in codes).encode()),
}


@pytest.mark.parametrize("way", SENT)
def test_every_code_at_full_rate_arrives_whole_and_once(
    way: str,
    gadget: Gadget,
    heard: Heard,
    usb: UsbScanners,
    serial_port: SerialPort,
    figure: Callable[[str], None],
) -> None:
    ready(heard)
    until(lambda: came(heard, "serial:dock") == 1, lambda: str(heard.items))
    codes = [f"SN-{number:05d}" for number in range(CODES)]
    start_s = time.monotonic()
    took_s = SENT[way](gadget, codes)
    until(
        lambda: len(heard.items) >= CODES + 3,
        lambda: f"{len(heard.codes)} of {CODES}; owned up to: {len(heard.discarded)}",
    )
    assert heard.discarded == []
    assert [raw.decode() for _, raw in heard.codes] == codes
    read_s = time.monotonic() - start_s
    characters = sum(len(code) + 1 for code in codes)
    figure(
        f"{CODES} codes {way}: all whole, once and in order; {characters} characters sent in {took_s:.1f} s, "
        f"read {read_s:.1f} s after the first"
    )


def test_the_scanner_is_ours_alone(gadget: Gadget, heard: Heard, usb: UsbScanners) -> None:
    ready(heard)
    node = next(one.node for one in attached() if one.kind == "keyboard" and one.serial)
    fd = os.open(node, os.O_RDONLY)
    with pytest.raises(OSError, match="busy"):
        fcntl.ioctl(fd, EVIOCGRAB, 1)
    os.close(fd)


def test_hid_pos_reports_arrive_with_their_aim_id(gadget: Gadget, heard: Heard, usb: UsbScanners) -> None:
    ready(heard)
    long = bytes(range(1, 101))
    gadget.report(counted(long[:56], b"]d2", more=True), counted(long[56:], b"]d2"), counted(b"SN-1", b"]C0"))
    until(lambda: len(heard.codes) == 2, lambda: str(heard.items))
    scans = [item for item in heard.items if isinstance(item, Scan)]
    assert [(scan.symbology_id, scan.raw) for scan in scans] == [("]d2", long), ("]C0", b"SN-1")]
