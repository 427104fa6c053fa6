"""What is plugged in, which driver takes it and why, and whether it may be opened."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from pathlib import Path

import config
from config.paths import data_dir
from config.schema import Settings
from drivers.driver import DriverError
from drivers.usb.settings import Choice
from drivers.usb.sysfs import Attached, attached
from scanner_app.commands.inputs import PRINT_FOLDER, serial_settings, usb_settings
from scanner_app.doctor_check import Check
from tracking.counted import counted

DARK = 20
"""Mean brightness, of 255, below which a camera sees nothing."""

RULES = Path(config.__file__).with_name("70-scanner.rules")


def device_checks(settings: Settings) -> Iterator[Check]:
    """Everything that scans."""
    wedge = "a scanner that types into this terminal works at once"
    yield Check(name="terminal wedge", state="ok", detail=wedge)
    yield from _serial(settings)
    yield from _usb(settings)
    if settings.camera.source:
        yield _camera(settings)
    if settings.printer.target:
        yield from _printer(settings)


def _serial(settings: Settings) -> Iterator[Check]:
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


def _camera(settings: Settings) -> Check:
    from drivers.camera.gates import FOCUS_MIN, focus
    from drivers.camera.sources import open_source

    camera = settings.camera
    try:
        source = open_source(camera.source, width=camera.width, height=camera.height)
    except DriverError as error:
        return Check(name="camera", state="fault", detail=f"{error.what}: {error.why}", fix=error.try_this)
    try:
        gray = source.frame()
        if gray is None:
            return Check(
                name="camera",
                state="fault",
                detail=f"{camera.source} gives no picture",
                fix="plug it in again",
            )
        height, width = gray.shape
        sharp, light = focus(gray), float(gray.mean())
    finally:
        source.close()
    detail = f"{camera.source}: {width}x{height}, brightness {light:.0f} of 255, sharpness {sharp:.0f}"
    if light < DARK:
        return Check(
            name="camera", state="note", detail=detail, fix="too dark: uncover it, or switch a light on"
        )
    if sharp < FOCUS_MIN:
        return Check(
            name="camera", state="note", detail=detail, fix="blurred: wipe it, or hold a label before it"
        )
    return Check(name="camera", state="ok", detail=detail)


def _printer(settings: Settings) -> Iterator[Check]:
    from drivers.printing.connection import reach
    from drivers.printing.jobs import Jobs
    from drivers.printing.status import asked

    target = settings.printer.target
    try:
        reach(target)
        faults = asked(target, settings.printer.language)
    except DriverError as error:
        yield Check(name="printer", state="fault", detail=f"{error.what}: {error.why}", fix=error.try_this)
    else:
        if faults:
            fix = "look at its paper, its ribbon and its cover"
            yield Check(name="printer", state="fault", detail=f"{target}: {', '.join(faults)}", fix=fix)
        else:
            told = "answers and does not say how it is" if faults is None else "is ready"
            yield Check(name="printer", state="ok", detail=f"{target} {told}")
    folder = data_dir(settings) / PRINT_FOLDER
    states = [state for state, _ in Jobs(folder).every()] if folder.is_dir() else []
    waiting = states.count("waiting") + states.count("sending")
    detail = (
        f"{counted(waiting, 'label waits', 'labels wait')}, {states.count('printed')} kept for reprinting"
    )
    fix = "switch the printer on; they are printed by themselves" if waiting else ""
    yield Check(name="labels", state="note" if waiting else "ok", detail=detail, fix=fix)


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
