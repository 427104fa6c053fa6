"""What is plugged in, which driver takes it and why, and whether it may be opened."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from pathlib import Path

import config
from config.schema import Settings
from drivers.usb.settings import Choice
from drivers.usb.sysfs import Attached, attached
from scanner_app.commands.inputs import serial_settings, usb_settings
from scanner_app.doctor_check import Check

RULES = Path(config.__file__).with_name("70-scanner.rules")


def device_checks(settings: Settings) -> Iterator[Check]:
    """Everything that scans."""
    wedge = "a scanner that types into this terminal works at once"
    yield Check(name="terminal wedge", state="ok", detail=wedge)
    yield from _serial(settings)
    yield from _usb(settings)


def _serial(settings: Settings) -> Iterator[Check]:
    from drivers.driver import DriverError
    from drivers.serial_port import SerialPort

    for port in settings.serial.ports:
        driver = SerialPort(serial_settings(port))
        try:
            driver.open()
        except DriverError as error:
            yield Check(
                name=driver.name, state="fault", detail=f"{error.what}: {error.why}", fix=error.try_this
            )
        else:
            driver.close()
            yield Check(name=driver.name, state="ok", detail=f"{port.path} opens")


def _usb(settings: Settings) -> Iterator[Check]:
    if settings.usb.scanners == "off":
        yield Check(
            name="usb", state="note", detail="usb.scanners is off: USB scanners type into the terminal"
        )
        return
    wanted = usb_settings(settings.usb)
    found = attached()
    taken = [(device, choice) for device in found if (choice := wanted.choice(device)).taken]
    if not taken:
        yield Check(name="usb", state="note", detail="no scanner is plugged in")
    for device, choice in taken:
        yield usb_check(device, choice)
    for device in found:
        choice = wanted.choice(device)
        if not choice.taken:
            detail = f"{device.ids} {device.product}: not taken, {choice.why}"
            yield Check(name=f"usb:{choice.name}", state="ok", detail=detail)


def usb_check(device: Attached, choice: Choice) -> Check:
    """One scanner that is to be read."""
    layout = f", layout {choice.typing.layout}" if device.kind == "keyboard" else ""
    detail = f"{device.ids} {device.product} as {device.kind}{layout}, {choice.why}; {device.node}"
    if os.access(device.node, os.R_OK):
        return Check(name=f"usb:{choice.name}", state="ok", detail=detail)
    return Check(
        name=f"usb:{choice.name}", state="fault", detail=f"{detail} may not be opened", fix=permission_fix()
    )


def permission_fix() -> str:
    """The commands that let this user read scanners on USB."""
    return (
        f"run: sudo groupadd -f --system scanner && sudo usermod -aG scanner {_user()} && "
        f"sudo cp {RULES} /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger "
        "(then log out and in again)"
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())
