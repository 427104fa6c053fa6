"""Numbers of phones and their cards: IMEI and IMEISV (3GPP TS 23.003), MEID (3GPP2 S.R0048), ICCID (ITU-T E.118),
EID (GSMA SGP.29). Luhn, Luhn in base 16 and modulo 97 come from python-stdnum.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.identifiers.reading import Reading

_LABEL = re.compile(
    r"(?P<name>IMEISV|IMEI|MEID|ICCID|EID|SIM)(?:[ /]?(?:[12]|HEX|DEC|NO\.?))?[ :.#=-]{1,3}", re.IGNORECASE
)
_GAPS = str.maketrans("", "", " -/.")
_HEX = "0123456789ABCDEF"
# Reporting bodies that have issued type allocation codes: other 15 digits are hardly an IMEI (GSMA TS.06).
_TYPE_CODES = re.compile(r"0[01]|10|3[035]|4[459]|5[0-4]|86|9[1789]")
_MEID_DECIMAL_MAX = (0xFFFFFFFF, 0xFFFFFF)
HEX_LETTERS_MIN = 3
"""Fewer letters in a number without check digit, and it is more likely decimal behind a letter."""
CHARS_MAX = 60
"""The longest, an EID in groups with a word in front, is shorter."""


def parse(text: str, _symbology_id: str, _today: date) -> list[Reading]:
    """Readings of a bare number, also in groups or behind its name; several where one text has several shapes."""
    if not 14 <= len(text) <= CHARS_MAX or not text.isascii():
        return []
    label = _LABEL.match(text)
    named = label["name"].upper() if label else ""
    value = text[label.end() if label else 0 :].translate(_GAPS).upper()
    if not 13 <= len(value) <= 32 or any(char not in _HEX for char in value):
        return []
    grouped = len(value) != len(text) and not label
    found: list[Reading] = []
    if value.isdecimal():
        if named in {"", "IMEI", "IMEISV"}:
            found += _imei(value, sure=bool(named or grouped))
        if named in {"", "MEID"}:
            found += _meid_decimal(value, sure=bool(named or grouped))
        if named in {"", "ICCID", "SIM"}:
            found += _iccid(value, sure=bool(named))
        if named in {"", "EID"}:
            found += _eid(value, sure=bool(named))
    if named in {"", "MEID"}:
        found += _meid(value, sure=bool(named))
    return found


def luhn_digit(digits: str, alphabet: str = "0123456789") -> str:
    """The Luhn check character for what stands before it, in base 10 or another alphabet."""
    from stdnum import luhn

    return str(luhn.calc_check_digit(digits, alphabet))


def _imei(value: str, *, sure: bool) -> list[Reading]:
    if len(value) not in {14, 15, 16}:
        if not sure or not 13 <= len(value) <= 17:
            return []
        return [
            Reading(
                kind="imei", reason="named IMEI", error="an IMEI has 14 to 16 digits", bare=True, weak=True
            )
        ]
    wanted = luhn_digit(value[:14])
    imei = value[:14] + wanted
    elements = {"tac": value[:8], "snr": value[8:14]}
    form = {14: "imei_no_check", 15: "imei", 16: "imeisv"}[len(value)]
    error = ""
    if form == "imeisv":
        elements["svn"] = value[14:]
    if form == "imei" and value[14] != wanted:
        error = f"the check digit is {value[14]}, {wanted} would fit"
    checked = form == "imei" and (not error or _TYPE_CODES.match(value) is not None)
    return [
        Reading(
            kind="imei",
            reason="15 digits of an IMEI" if form == "imei" else f"{len(value)} digits, as an IMEI may have",
            serial="" if error else imei,
            elements=elements,
            details={"form": form} if error else {"form": form, "imei": imei},
            error=error,
            bare=True,
            weak=not sure and not checked,
        )
    ]


def _meid(value: str, *, sure: bool) -> list[Reading]:
    """14 hexadecimal digits, a check digit in base 16 may follow; the first two are A0 to FF, or 99."""
    if len(value) not in {14, 15}:
        return []
    plain = value.isdecimal()
    if (plain and value[:2] != "99") or (plain and len(value) == 15):
        return []
    wanted = luhn_digit(value[:14], _HEX) if not plain else luhn_digit(value[:14])
    error = ""
    if value[:2] != "99" and value[0] not in "ABCDEF":
        error = "an MEID begins with A0 to FF, or 99"
    elif len(value) == 15 and value[14] != wanted:
        error = f"the check digit is {value[14]}, {wanted} would fit"
    return [_meid_reading(value[:14], wanted, "meid", error, weak=not sure and _doubtful(value, error))]


def _doubtful(value: str, error: str) -> bool:
    """Fourteen characters without a check digit are only believed with letters enough to be hexadecimal."""
    letters = sum(char.isalpha() for char in value)
    return bool(error) or letters == 0 or (len(value) == 14 and letters < HEX_LETTERS_MIN)


def _meid_reading(value: str, check: str, form: str, error: str, *, weak: bool) -> Reading:
    return Reading(
        kind="meid",
        reason="shape of an MEID",
        serial="" if error else value,
        elements={"rr": value[:2], "mfr": value[:8], "snr": value[8:]},
        details={"form": form, "check": check},
        error=error,
        bare=True,
        weak=weak,
    )


def _meid_decimal(value: str, *, sure: bool) -> list[Reading]:
    """18 decimal digits, 10 and 8, a Luhn digit may follow."""
    if len(value) not in {18, 19}:
        return []
    high, low = int(value[:10]), int(value[10:18])
    if high > _MEID_DECIMAL_MAX[0] or low > _MEID_DECIMAL_MAX[1]:
        return []
    whole = f"{high:08X}{low:06X}"
    if whole[0] not in "ABCDEF" and whole[:2] != "99":
        return []
    wanted = luhn_digit(value[:18])
    error = (
        ""
        if len(value) == 18 or value[18] == wanted
        else f"the check digit is {value[18]}, {wanted} would fit"
    )
    reading = _meid_reading(whole, luhn_digit(whole, _HEX), "meid_dec", error, weak=not sure)
    return [reading]


def _iccid(value: str, *, sure: bool) -> list[Reading]:
    if len(value) not in {19, 20} or not (sure or value.startswith("89")):
        return []
    error = ""
    if not value.startswith("89"):
        error = "an ICCID begins with 89"
    elif luhn_digit(value[:-1]) != value[-1]:
        error = f"the check digit is {value[-1]}, {luhn_digit(value[:-1])} would fit"
    return [
        Reading(kind="iccid", reason="89 and the length of an ICCID", serial=value, error=error, bare=True)
    ]


def _eid(value: str, *, sure: bool) -> list[Reading]:
    if len(value) != 32:
        return []
    error = "" if int(value) % 97 == 1 else "the two check digits do not fit"
    weak = bool(error) and not sure and not value.startswith("89")
    return [
        Reading(kind="eid", reason="32 digits of an EID", serial=value, error=error, bare=True, weak=weak)
    ]
