"""USB scanners that are plugged in, as the kernel describes them below ``/sys``. Nothing is opened for this."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from drivers.usb.hid_descriptor import Descriptor, DescriptorError, parse
from drivers.usb.hid_pos import shapes
from drivers.usb.key_events import KEY_ENTER
from drivers.usb.makers import MAKERS, NOT_SCANNERS, WORDS

SYS = Path("/sys")
DEV = Path("/dev")
DEVICES_MAX = 256
"""Most device files of a kind that are looked at."""

_DIGIT_KEYS, _LETTER_KEYS = range(2, 12), (*range(16, 26), *range(30, 39), *range(44, 51))

Kind = Literal["keyboard", "hid-pos"]


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A device that a scanner might be."""

    kind: Kind
    node: Path
    """Its device file."""
    product: str
    """The name that it gives itself."""
    vendor_id: int
    product_id: int
    serial: str
    """Its serial number, where it has one."""
    place: str
    """The port that it is plugged into, like ``usb-0000:00:14.0-2/input0``."""
    is_scanner: bool
    why: str
    """Why it is taken for a scanner, or not."""

    @property
    def ids(self) -> str:
        """``0c2e:0907``."""
        return f"{self.vendor_id:04x}:{self.product_id:04x}"

    @property
    def stable_name(self) -> str:
        """Stays when it is plugged in again: by its serial number, else by its port."""
        own = self.serial or self.place.rpartition("/")[0] or self.product
        return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{self.ids}-{own}").strip("-")[:64]


def attached(sys: Path = SYS, dev: Path = DEV) -> list[Attached]:
    """Keyboards and HID-POS devices, in the order of their device files."""
    return [*_keyboards(sys, dev), *_hid_pos(sys, dev)]


def _keyboards(sys: Path, dev: Path) -> Iterator[Attached]:
    for folder in _folders(sys / "class" / "input", "event"):
        keys = _bits(_text(folder / "device" / "capabilities" / "key"))
        if not (keys >> KEY_ENTER & 1 and all(keys >> key & 1 for key in (*_DIGIT_KEYS, *_LETTER_KEYS))):
            continue  # it cannot type a code
        device = folder / "device"
        product = _text(device / "name")
        vendor_id = _hex(_text(device / "id" / "vendor"))
        is_scanner, why = _judge(product, vendor_id)
        yield Attached(
            kind="keyboard",
            node=dev / "input" / folder.name,
            product=product,
            vendor_id=vendor_id,
            product_id=_hex(_text(device / "id" / "product")),
            serial=_text(device / "uniq"),
            place=_text(device / "phys"),
            is_scanner=is_scanner,
            why=why,
        )


def _judge(product: str, vendor_id: int) -> tuple[bool, str]:
    name = product.lower()
    if word := next((word for word in NOT_SCANNERS if word in name), ""):
        return False, f"its name says {word!r}"
    if vendor_id in MAKERS:
        return True, f"made by {MAKERS[vendor_id]}"
    if word := next((word for word in WORDS if word in name), ""):
        return True, f"its name says {word!r}"
    return False, "it looks like a keyboard; name it in [usb] if it is a scanner"


def _hid_pos(sys: Path, dev: Path) -> Iterator[Attached]:
    for folder in _folders(sys / "class" / "hidraw", "hidraw"):
        device = folder / "device"
        descriptor = _descriptor(folder)
        if descriptor is None or not shapes(descriptor):
            continue
        said = dict(line.partition("=")[::2] for line in _text(device / "uevent").splitlines() if "=" in line)
        ids = [_hex(part) for part in said.get("HID_ID", "").split(":")]
        yield Attached(
            kind="hid-pos",
            node=dev / folder.name,
            product=said.get("HID_NAME", ""),
            vendor_id=ids[1] & 0xFFFF if len(ids) == 3 else 0,
            product_id=ids[2] & 0xFFFF if len(ids) == 3 else 0,
            serial=said.get("HID_UNIQ", ""),
            place=said.get("HID_PHYS", ""),
            is_scanner=True,
            why="it describes itself as a bar code scanner (HID-POS)",
        )


def descriptor_of(device: Attached, sys: Path = SYS) -> Descriptor | None:
    """The report descriptor of a HID-POS scanner; None for a keyboard, or where the device has gone."""
    return _descriptor(sys / "class" / "hidraw" / device.node.name) if device.kind == "hid-pos" else None


def _descriptor(folder: Path) -> Descriptor | None:
    try:
        return parse((folder / "device" / "report_descriptor").read_bytes())
    except (OSError, DescriptorError):
        return None


def _folders(parent: Path, prefix: str) -> list[Path]:
    try:
        names = [entry.name for entry in parent.iterdir() if entry.name[len(prefix) :].isdigit()]
    except OSError:
        return []
    wanted = [name for name in names if name.startswith(prefix)]
    return [parent / name for name in sorted(wanted, key=lambda name: int(name[len(prefix) :]))][:DEVICES_MAX]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _hex(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _bits(text: str) -> int:
    """The bit field that the kernel prints as hexadecimal words, the highest first."""
    words = text.split()
    width = struct.calcsize("l") * 8
    value = 0
    for word in words:
        value = value << width | _hex(word)
    return value
