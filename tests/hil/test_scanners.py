from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.driver import Backoff, DriverState, start
from drivers.scan import Scan
from drivers.serial_port import SerialPort
from drivers.serial_settings import SerialSettings
from drivers.usb.driver import UsbScanners
from drivers.usb.opened import EVIOCGRAB
from drivers.usb.settings import Rule, UsbSettings
from drivers.usb.sysfs import attached
from tests.drivers.usb.bench import Heard
from tests.drivers.usb.test_hid_pos import counted
from tests.hil.gadget import NAME, Gadget

SOURCE = f"usb:{NAME}"
WAIT_S = 60.0
CODES = int(os.environ.get("SCANNER_HIL_CODES", "2000"))
CYCLES = int(os.environ.get("SCANNER_HIL_CYCLES", "50"))


def until(met: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    end_s = time.monotonic() + wait_s
    while not met():
        assert time.monotonic() < end_s, what
        time.sleep(0.01)


@pytest.fixture
def gadget() -> Iterator[Gadget]:
    with Gadget() as made:
        yield made


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def usb(heard: Heard) -> Iterator[UsbScanners]:
    driver = UsbScanners(UsbSettings())
    thread = start(driver, heard)
    yield driver
    driver.close()
    thread.join(WAIT_S)


def opened(heard: Heard) -> int:
    """How often an interface came: reports of a code that was torn say ``ready`` too, and do not count."""
    return sum(
        item.name == SOURCE and item.state == "ready" and not item.discarded
        for item in heard.items
        if isinstance(item, DriverState)
    )


def ready(heard: Heard) -> None:
    until(lambda: heard.states.count((SOURCE, "ready")) >= 2, f"keyboard and HID-POS ready: {heard.items}")


def test_both_interfaces_are_found_with_maker_and_serial_number(gadget: Gadget) -> None:
    until(lambda: len([one for one in attached() if one.serial]) == 2, str(attached()))
    found = {one.kind: one for one in attached() if one.serial}
    assert {one.stable_name for one in found.values()} == {NAME}
    assert all(one.is_scanner for one in found.values())


def test_every_code_that_is_typed_at_full_rate_arrives_whole_and_once(
    gadget: Gadget, heard: Heard, usb: UsbScanners
) -> None:
    ready(heard)
    codes = [f"SN-{number:05d}" for number in range(CODES)]
    for code in codes:
        gadget.type(code + "\r")
    until(lambda: len(heard.codes) >= CODES, f"{len(heard.codes)} of {CODES}")
    assert [raw.decode() for _, raw in heard.codes] == codes
    assert heard.discarded == []


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
    gadget.report(counted(long[:56], b"]d2", more=True))
    gadget.report(counted(long[56:], b"]d2"))
    gadget.report(counted(b"SN-1", b"]C0"))
    until(lambda: len(heard.codes) == 2, str(heard.items))
    scans = [item for item in heard.items if isinstance(item, Scan)]
    assert [(scan.symbology_id, scan.raw) for scan in scans] == [("]d2", long), ("]C0", b"SN-1")]


def test_a_cable_that_is_pulled_in_the_middle_of_codes_again_and_again(
    gadget: Gadget, heard: Heard, usb: UsbScanners
) -> None:
    for cycle in range(CYCLES):
        until(
            lambda cycle=cycle: opened(heard) >= 2 * cycle + 2,  # type: ignore[misc]
            f"ready in cycle {cycle}: {heard.items[-6:]}",
        )
        gadget.type(f"OK{cycle:03d}\rHALF")
        gadget.report(counted(b"H" * 56, more=True))
        until(lambda cycle=cycle: len(heard.codes) == cycle + 1, f"code of cycle {cycle}")  # type: ignore[misc]
        time.sleep(0.05)
        gadget.unplug()
        until(
            lambda cycle=cycle: heard.states.count((SOURCE, "lost")) >= 2 * cycle + 2,  # type: ignore[misc]
            f"lost in cycle {cycle}: {heard.items[-6:]}",
        )
        gadget.plug()
    assert [raw.decode() for _, raw in heard.codes] == [f"OK{cycle:03d}" for cycle in range(CYCLES)]
    halves = heard.discarded
    assert halves.count(b"HALF") == CYCLES
    assert halves.count(b"H" * 56) == CYCLES


def test_a_serial_interface_is_read_lost_and_found_again(gadget: Gadget, heard: Heard) -> None:
    driver = SerialPort(
        SerialSettings(port="/dev/ttyACM0", name="dock", terminator="cr"),
        backoff=Backoff(first_s=0.05, cap_s=0.2),
    )
    thread = start(driver, heard)
    try:
        for cycle in range(3):
            until(
                lambda cycle=cycle: heard.states.count(("serial:dock", "ready")) >= cycle + 1,  # type: ignore[misc]
                f"ready in cycle {cycle}: {heard.items}",
            )
            gadget.serial(f"SN-{cycle}\rHALF".encode())
            until(lambda cycle=cycle: len(heard.codes) == cycle + 1, str(heard.items))  # type: ignore[misc]
            time.sleep(0.2)
            gadget.unplug()
            until(
                lambda cycle=cycle: heard.states.count(("serial:dock", "lost")) >= cycle + 1,  # type: ignore[misc]
                f"lost in cycle {cycle}: {heard.items}",
            )
            gadget.plug()
    finally:
        driver.close()
        thread.join(WAIT_S)
    assert [raw for _, raw in heard.codes] == [b"SN-0", b"SN-1", b"SN-2"]


def test_events_that_the_kernel_had_no_room_for_cost_their_code_loudly(heard: Heard) -> None:
    from evdev import UInput, ecodes

    keyboard = UInput(
        {ecodes.EV_KEY: [*range(1, 84)]}, name="Made up barcode scanner", vendor=0x1234, product=1
    )
    driver = UsbScanners(UsbSettings(rules=(Rule(match="1234:*", name="flood"),)))
    thread = start(driver, heard)
    try:
        until(lambda: ("usb:flood", "ready") in heard.states, str(heard.items))
        _flood(keyboard, ecodes, 4000)
        until(lambda: bool(heard.discarded), f"said nothing: {heard.states}")
        time.sleep(0.5)
        before = len(heard.codes)
        for code in (ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_ENTER):
            _tap(keyboard, ecodes, code)
            time.sleep(0.01)
        until(lambda: len(heard.codes) == before + 1, str(heard.items[-3:]))
        assert heard.codes[-1] == ("usb:flood", b"12")
        assert all(raw == b"1" * 50 for _, raw in heard.codes[:before])
    finally:
        driver.close()
        thread.join(WAIT_S)
        keyboard.close()


def _tap(keyboard: object, ecodes: object, code: int) -> None:
    for value in (1, 0):
        keyboard.write(ecodes.EV_KEY, code, value)  # type: ignore[attr-defined]
        keyboard.syn()  # type: ignore[attr-defined]


def _flood(keyboard: object, ecodes: object, keys: int) -> None:
    """Codes of fifty digits each, faster than any reader."""
    for number in range(keys):
        _tap(keyboard, ecodes, ecodes.KEY_ENTER if number % 51 == 50 else ecodes.KEY_1)  # type: ignore[attr-defined]


def test_a_test_camera_opens_and_gives_frames() -> None:
    from drivers.camera.sources import open_source

    with contextlib.closing(open_source("/dev/video0", width=640, height=360)) as camera:
        frames = [camera.frame() for _ in range(5)]
    assert all(frame is not None and frame.ndim == 2 and frame.std() > 1 for frame in frames)
