from __future__ import annotations

import msgspec
import pytest

from config.loader import shipped
from config.schema import SerialPort, UsbDevice
from scanner_app.commands.inputs import affix, drivers_of, usb_settings


def test_usb_scanners_are_looked_for_unless_switched_off() -> None:
    settings = shipped()
    assert [driver.name for driver in drivers_of(settings)] == ["usb"]
    off = msgspec.structs.replace(settings, usb=msgspec.structs.replace(settings.usb, scanners="off"))
    assert drivers_of(off) == []


def test_every_serial_port_has_a_driver() -> None:
    settings = shipped()
    serial = msgspec.structs.replace(settings.serial, ports=(SerialPort(name="dock", path="/dev/ttyS0"),))
    names = [driver.name for driver in drivers_of(msgspec.structs.replace(settings, serial=serial))]
    assert names == ["serial:dock", "usb"]


def test_a_device_of_the_settings_has_its_own_layout_and_ends() -> None:
    usb = msgspec.structs.replace(
        shipped().usb,
        layout="de",
        devices=(
            UsbDevice(match="0c2e:*", name="dock", layout="fr", terminators=("TAB",), prefix="\\x02"),
            UsbDevice(match="K120", use="ignore"),
        ),
    )
    first, second = usb_settings(usb).rules
    assert (first.typing.layout, first.typing.framing.terminators) == ("fr", (b"\t",))
    assert first.typing.framing.prefix == b"\x02"
    assert (second.ignore, second.typing.layout) == (True, "de")


@pytest.mark.parametrize(
    ("text", "raw"), [("", b""), ("SN-", b"SN-"), ("\\x02\\x1d", b"\x02\x1d"), ("a\\\\x02", b"a\\x02")]
)
def test_an_affix_may_name_control_characters(text: str, raw: bytes) -> None:
    assert affix(text) == raw
