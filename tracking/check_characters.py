"""Check characters of serial numbers, by the item's ``check``: python-stdnum where it has the algorithm.

VIN position 9 (49 CFR 565, GB 16735) binds for world manufacturer identifiers of North America (1 to 5) and China
(L); elsewhere it is any character, so it can only warn.
"""

from __future__ import annotations

from typing import Literal

from tracking.numbering import check as schemes

_VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9],
        strict=True,
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def fault(check: str, serial: str) -> str:
    """Why a serial number fails its item's check; empty where it passes or there is none."""
    match check:
        case "imei":
            return _imei(serial)
        case "vin":
            return _vin(serial)
        case "luhn" | "mod37_36" | "damm":
            return _last(check, serial)
        case _:
            return ""


def _imei(serial: str) -> str:
    """IMEI of 15 digits (Luhn), 14 without its check digit, or IMEISV of 16 (3GPP TS 23.003 section 6.2)."""
    digits = serial.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) not in {14, 15, 16}:
        return "an IMEI has 14 to 16 digits"
    if len(digits) == 15:
        return _last("luhn", digits)
    return ""


def _vin(serial: str) -> str:
    if len(serial) != 17:
        return "a VIN has 17 characters"
    try:
        wanted = vin_check_character(serial)
    except KeyError:
        return "a VIN has capital letters without I, O, Q, and digits"
    return "" if serial[8] == wanted else "the check character in place 9 does not fit"


def vin_check_character(vin: str) -> str:
    """What place 9 must be, from the 16 other characters. ``KeyError`` for one that no VIN has."""
    values = [int(char) if char in "0123456789" else _VIN_VALUES[char] for char in vin]
    rest = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def binds(check: str, serial: str) -> bool:
    """False where a failed check proves nothing: a VIN from outside North America and China."""
    return check != "vin" or serial[:1] in set("12345L") or len(serial) != 17


def _last(scheme: Literal["luhn", "damm", "mod37_36"], serial: str) -> str:
    return "" if schemes.fits(serial, schemes.Scheme(scheme)) else "the check character does not fit"
