"""Which USB devices are scanners here, and how each types."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from drivers.framing import Framing
from drivers.usb.sysfs import Attached

LayoutName = Literal["us", "uk", "de", "fr", "es", "it", "ch"]


class Typing(msgspec.Struct, frozen=True, kw_only=True):
    """How a keyboard scanner types; a HID-POS scanner uses only the burst's gap."""

    layout: LayoutName = "us"
    """The keyboard that the scanner is set to, whatever keyboard this machine is set to."""
    framing: Framing = Framing()
    burst_gap_ms: int = 0
    """For an imager that sends several codes for one pull: see :mod:`drivers.bursts`. 0: it does not."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the devices that it fits."""

    match: str
    """``0c2e:0907`` (vendor and product), a serial number, a port or a product name; ``*`` and ``?`` stand for any."""
    name: str = ""
    """What people call it; its scans have the source ``usb:<name>``."""
    ignore: bool = False
    """Leave it alone although it looks like a scanner."""
    typing: Typing = Typing()
    inhibit: bool = True
    """Whether it may be kept from reading, where it knows how."""

    def fits(self, device: Attached) -> bool:
        """Whether the device is meant."""
        wanted = self.match.lower()
        said = (device.ids, device.serial, device.place, device.product, device.stable_name)
        return any(text and fnmatchcase(text.lower(), wanted) for text in said)


class UsbSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All USB scanners of this handheld."""

    typing: Typing = Typing()
    """For scanners that no rule names."""
    rules: tuple[Rule, ...] = ()
    """The first one that fits holds."""

    def choice(self, device: Attached) -> Choice:
        """What becomes of a device, and why."""
        for rule in self.rules:
            if rule.fits(device):
                why = f"the settings name it ({rule.match})"
                return Choice(
                    not rule.ignore, rule.name or device.stable_name, rule.typing, why, rule.inhibit
                )
        return Choice(device.is_scanner, device.stable_name, self.typing, device.why)


class Choice(msgspec.Struct, frozen=True):
    """What becomes of one device."""

    taken: bool
    name: str
    typing: Typing
    why: str
    inhibit: bool = True
