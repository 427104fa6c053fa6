"""HID-POS scanners of several makers, made up below the kernel's HID core: found by descriptor, read with AIM id."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.scan import Scan
from drivers.usb.driver import UsbScanners
from drivers.usb.sysfs import attached
from tests.drivers.usb.bench import Heard
from tests.drivers.usb.pos_reports import MAKERS, NO_SCANNERS
from tests.drivers.usb.test_hid_pos import raw_descriptor
from tests.hil.uhid import MadeUpDevice
from tests.hil.waiting import until


@pytest.mark.parametrize("name", MAKERS)
def test_a_makers_reports_arrive_with_their_aim_id(
    name: str, heard: Heard, usb: UsbScanners, figure: Callable[[str], None]
) -> None:
    maker = MAKERS[name]
    with MadeUpDevice(name, raw_descriptor(name), vendor=maker.vendor, serial=f"SN-{name}") as device:
        until(lambda: _all_ready(heard, f"SN-{name}"), lambda: f"{attached()}, {heard.items}")
        for report in maker.reports:
            device.report(report)
        until(lambda: len(heard.codes) == len(maker.codes), lambda: str(heard.items))
    scans = [item for item in heard.items if isinstance(item, Scan)]
    assert [(scan.symbology_id, scan.raw) for scan in scans] == maker.codes
    until(lambda: "lost" in {state for _, state in heard.states}, lambda: f"pulled: {heard.items}")
    figure(f"HID-POS through uhid, {name}: {len(maker.codes)} codes exact, AIM ids {maker.aim_ids}")


def _all_ready(heard: Heard, serial: str) -> bool:
    """True once every part of the device is read: one that types as well is two devices to the kernel."""
    there = [one for one in attached() if one.serial == serial and one.is_scanner]
    ready = [state for _, state in heard.states].count("ready")
    return any(one.kind == "hid-pos" for one in there) and ready == len(there)


def test_a_scanner_that_knows_how_is_kept_from_reading(
    heard: Heard, usb: UsbScanners, figure: Callable[[str], None]
) -> None:
    name = "trigger-and-lock"
    told: list[bytes] = []
    with MadeUpDevice(name, raw_descriptor(name), vendor=0x065A, serial="SN1") as device:

        def heard_by_it(*reports: bytes) -> bool:
            told.extend(device.told())
            return told == list(reports)

        light, dark = b"\x05\x00", b"\x05\x02"
        until(lambda: heard_by_it(light), lambda: f"{told}, {heard.items}")
        assert usb.inhibit()
        until(lambda: heard_by_it(light, dark), lambda: str(told))
        usb.inhibit(inhibited=False)
        until(lambda: heard_by_it(light, dark, light), lambda: str(told))
    figure("HID-POS: kept from reading and let read again by an output report, through the kernel")


@pytest.mark.parametrize("name", NO_SCANNERS)
def test_what_is_no_scanner_is_left_alone(name: str) -> None:
    with MadeUpDevice(name, raw_descriptor(name), vendor=0x1209, serial="SN1"):
        until(lambda: bool(list_of_raw()), lambda: "no device")
        assert [one for one in attached() if one.kind == "hid-pos"] == []


def list_of_raw() -> list[str]:
    from pathlib import Path

    return [one.name for one in Path("/sys/class/hidraw").glob("hidraw*")]
