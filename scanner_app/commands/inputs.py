"""The settings' scanners as their drivers take them. A driver is loaded only where it has something to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from config.paths import data_dir
from config.schema import TERMINATOR_BYTES, CameraSection, PrinterSection, Settings, Usb
from config.schema import SerialPort as PortSetting
from drivers.driver import Driver, DriverState
from drivers.framing import Framing
from drivers.serial_settings import SerialSettings

if TYPE_CHECKING:
    from drivers.camera.driver import CameraScanner, CameraSettings, Seen
    from drivers.printing.printer import PrinterSettings
    from drivers.usb.settings import UsbSettings
    from scanner_app.answer import Answer


PRINT_FOLDER = "print"
"""Below the data directory: the labels that wait, and those that were printed."""


def drivers_of(settings: Settings, learned_gap_ms: Callable[[str], int] = lambda source: 0) -> list[Driver]:
    """Every input that the settings name, and the label printer.

    ``learned_gap_ms``: by source, the pause within a scanner's bursts as the calibration card has shown it.
    """
    drivers: list[Driver] = []
    if settings.serial.ports:
        from drivers.serial_port import SerialPort

        drivers += [
            SerialPort(serial_settings(port), learned_gap_ms=partial(learned_gap_ms, f"serial:{port.name}"))
            for port in settings.serial.ports
        ]
    if settings.usb.scanners == "auto":
        from drivers.usb.driver import UsbScanners

        drivers.append(UsbScanners(usb_settings(settings.usb), learned_gap_ms=learned_gap_ms))
    if settings.camera.source:
        from drivers.camera.driver import CameraScanner

        drivers.append(CameraScanner(camera_settings(settings.camera)))
    if settings.printer.target:
        from drivers.printing.printer import Printer

        drivers.append(Printer(printer_settings(settings.printer), data_dir(settings) / PRINT_FOLDER))
    return drivers


def finder_of(drivers: Sequence[Driver]) -> Callable[[], Seen | None] | None:
    """What gives the newest picture of the camera among the drivers; None where there is no camera."""
    for driver in drivers:
        if driver.name.startswith("camera:"):
            camera = cast("CameraScanner", driver)
            return lambda: camera.seen
    return None


def printing_of(
    settings: Settings, drivers: Sequence[Driver], report: Callable[[DriverState], object]
) -> Callable[[Answer], None]:
    """What hears the answers and prints the labels that they ask for."""
    from drivers.printing.printer import Printer
    from scanner_app.label_printing import printing

    (printer,) = (driver for driver in drivers if isinstance(driver, Printer))
    folder = data_dir(settings) / PRINT_FOLDER
    return printing(printer_settings(settings.printer), folder, report, printer.wake)


def serial_settings(port: PortSetting) -> SerialSettings:
    """A port as its driver takes it."""
    terminators: dict[str, Literal["cr", "lf", "crlf", "tab"]] = {
        "CR": "cr",
        "LF": "lf",
        "CRLF": "crlf",
        "TAB": "tab",
    }
    return SerialSettings(
        port=port.path,
        name=port.name,
        baud=port.baud,
        terminator=terminators[port.terminator],
        profile=port.profile,
        inhibit=port.inhibit,
        burst_gap_ms=port.burst_gap_ms,
    )


def camera_settings(camera: CameraSection) -> CameraSettings:
    """The section as its driver takes it."""
    from drivers.camera.driver import CameraSettings

    return CameraSettings(
        source=camera.source,
        width=camera.width,
        height=camera.height,
        formats=camera.formats,
        itf_lengths=camera.itf_lengths,
        read=camera.read,
        by_prompt=camera.by_prompt,
    )


def printer_settings(printer: PrinterSection) -> PrinterSettings:
    """The section as the printer takes it."""
    from drivers.printing.printer import PrinterSettings

    return PrinterSettings(
        target=printer.target,
        language=printer.language,
        dpi=printer.dpi,
        templates=Path(printer.templates) if printer.templates else None,
    )


def usb_settings(usb: Usb) -> UsbSettings:
    """The section as its driver takes it."""
    from drivers.usb.settings import Rule, Typing, UsbSettings

    def framing(names: tuple[str, ...], prefix: str = "", suffix: str = "") -> Framing:
        return Framing(
            terminators=tuple(TERMINATOR_BYTES[name] for name in names),
            gap_ms_max=usb.gap_ms_max,
            prefix=affix(prefix),
            suffix=affix(suffix),
        )

    rules = [
        Rule(
            match=device.match,
            name=device.name,
            ignore=device.use == "ignore",
            typing=Typing(
                layout=device.layout or usb.layout,
                framing=framing(
                    usb.terminators if device.terminators is None else device.terminators,
                    device.prefix,
                    device.suffix,
                ),
                burst_gap_ms=device.burst_gap_ms,
            ),
            inhibit=device.inhibit,
        )
        for device in usb.devices
    ]
    return UsbSettings(typing=Typing(layout=usb.layout, framing=framing(usb.terminators)), rules=tuple(rules))


def affix(text: str) -> bytes:
    r"""The bytes of a prefix or suffix: ``\x02`` is one byte, ``\\`` a backslash."""
    plain = re.sub(
        r"\\(\\|x[0-9A-Fa-f]{2})",
        lambda found: chr(int(found[1][1:], 16)) if found[1] != "\\" else "\\",
        text,
    )
    return plain.encode("utf-8")[:16]
