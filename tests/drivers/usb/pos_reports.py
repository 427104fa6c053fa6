"""What HID-POS scanners of several makers send, by the name of their report descriptor, and what it says."""

from __future__ import annotations

from typing import NamedTuple

from tests.drivers.usb.test_hid_pos import counted


class Maker(NamedTuple):
    """One scanner."""

    vendor: int
    reports: tuple[bytes, ...]
    """Its reports in their order, those of a long code one after the other."""
    codes: list[tuple[str, bytes]]
    """AIM id and bytes of each code."""

    @property
    def aim_ids(self) -> str:
        """Those that it names."""
        return " ".join(aim or "(none)" for aim, _ in self.codes)


_LONG = bytes(range(1, 131))
_GS1 = b"0109521234543213\x1d21SN-42"

MAKERS = {
    "counted": Maker(
        0x0C2E,
        (
            counted(_GS1),
            counted(_LONG[:56], b"]d2", more=True),
            counted(_LONG[56:112], b"]d2", more=True),
            counted(_LONG[112:], b"]d2"),
            counted(b"SN-1\x00\xff", b"]Q3"),
        ),
        [("]C1", _GS1), ("]d2", _LONG), ("]Q3", b"SN-1\x00\xff")],
    ),
    "one-symbology-usage": Maker(
        0x05E0,
        (
            b"\x06\x01\x00",
            b"\x04E0\0" + b"9520123456788".ljust(32, b"\0"),
            b"\x04]C0" + b"SN-2".ljust(32, b"\0"),
        ),
        [("]E0", b"9520123456788"), ("]C0", b"SN-2")],
    ),
    "unnumbered": Maker(
        0x05F9,
        (b"\x3e" + b"B" * 62 + b"\x01", b"\x02CC".ljust(63, b"\0") + b"\x00", b"\x04SN-3".ljust(64, b"\0")),
        [("", b"B" * 62 + b"CC"), ("", b"SN-3")],
    ),
    "with-keyboard": Maker(
        0x1EAB,
        (b"\x01" + bytes(7), b"\x02]C0" + b"SN-4".ljust(40, b"\0"), b"\x02]d1" + b"SN-5".ljust(40, b"\0")),
        [("]C0", b"SN-4"), ("]d1", b"SN-5")],
    ),
    "trigger-and-lock": Maker(
        0x065A,
        (b"\x04]C1" + b"0109521234543213".ljust(40, b"\0"), b"\x04]X0" + b"SN-6".ljust(40, b"\0")),
        [("]C1", b"0109521234543213"), ("]X0", b"SN-6")],
    ),
}

NO_SCANNERS = ("scale", "maker-page")
