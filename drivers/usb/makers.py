"""What tells a scanner from a keyboard: makers of scanners by USB vendor number, and words in product names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MAKERS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0x0536: "Hand Held Products",
        0x05E0: "Zebra (Symbol)",
        0x05F9: "Datalogic (PSC)",
        0x065A: "Opticon",
        0x067E: "Intermec",
        0x076D: "Denso Wave",
        0x0C2E: "Honeywell (Metrologic)",
        0x11FA: "Code Corporation",
        0x1EAB: "Newland",
    }
)
"""Vendors that sell hardly anything but scanners under this number."""

WORDS: Final = ("barcode", "bar code", "scanner", "imager", "hid pos", "hidpos")
"""In lower case; a product name with one of them is a scanner's."""

NOT_SCANNERS: Final = (
    "power button",
    "sleep button",
    "video bus",
    "fingerprint",
    "document scanner",
    "flatbed",
)
"""Names that have such a word or all a keyboard's keys, and are none."""
