"""Bare GS1 numbers without element identifiers: GTIN-8/12/13/14, UPC-E, SSCC and GLN, by length and check digit.

A number whose check digit fails is kept as unsound; it may still be a plain serial number, which the prompt decides.
Sources: GS1 General Specifications 1.4 (GS1 prefixes), 5.2 (EAN/UPC and add-on symbols), 7.9.1 (check digit).
"""

from __future__ import annotations

import re
from datetime import date

from tracking.identifiers.gs1_linters import mod10_fits as mod10_fits
from tracking.identifiers.reading import Reading
from tracking.identifiers.symbologies import COMPOSITE, GS1_SYMBOLOGIES
from tracking.identifiers.symbologies import EAN_SYMBOLOGIES as EAN_SYMBOLOGIES

_ADD_ON_SYMBOLOGIES = frozenset({"]E1", "]E2"})
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_SSCC_LENGTH = 18
_WITH_ADD_ON = re.compile(r"([0-9]{8}|[0-9]{12,13})[ +]?([0-9]{2}|[0-9]{5})")
_UNFIT = "the check digit does not fit"


def parse(text: str, symbology_id: str, _today: date) -> list[Reading]:
    """Item, location or container readings of a bare number."""
    if symbology_id in GS1_SYMBOLOGIES or COMPOSITE in text:
        return []
    number = text.strip(" ")
    if number.isdecimal() and not number.isascii() and len(number) in _GTIN_LENGTHS | {_SSCC_LENGTH}:
        return [Reading(kind="item", reason="length of a GTIN", error="its digits are no ASCII digits")]
    declared = symbology_id in EAN_SYMBOLOGIES
    if declared and len(number) not in _GTIN_LENGTHS:
        return _with_add_on(number)
    if symbology_id in _ADD_ON_SYMBOLOGIES:
        return []
    if not (number.isascii() and number.isdecimal()):
        return [found for found in _with_add_on(number) if found.ok] if symbology_id == "" else []
    if len(number) == _SSCC_LENGTH:
        return [_sscc(number)]
    if len(number) not in _GTIN_LENGTHS:
        return []
    return _trade_item(number, symbology_id, declared=declared)


def _sscc(number: str) -> Reading:
    error = "" if mod10_fits(number) else _UNFIT
    return Reading(
        kind="container", sscc=number, elements={"00": number}, reason="length of an SSCC", error=error
    )


def _trade_item(number: str, symbology_id: str, *, declared: bool) -> list[Reading]:
    reason = "AIM identifier says EAN/UPC" if declared else "length and check digit of a GTIN"
    found = []
    whole = expanded_upc_e(number) if len(number) == 8 and symbology_id != "]E4" else None
    if whole is not None:
        found.append(_item(whole, "UPC-E", "length and check digit of a UPC-E"))
    if mod10_fits(number):
        item = _item(number, _format(number), reason)
        # GS1-8 prefixes 000 to 099 never leave a company (General Specifications 1.4.3), and UPC-E begins with 0.
        found.insert(0 if number[0] != "0" else len(found), item)
        if len(number) == 13 and not declared:
            found.append(_location(number))
    return found or [Reading(kind="item", reason=reason if declared else "length of a GTIN", error=_UNFIT)]


def _location(number: str) -> Reading:
    return Reading(
        kind="location",
        gln=number,
        reason="length and check digit of a GLN",
        elements={"414": number},
        bare=True,
    )


def _item(number: str, form: str, reason: str) -> Reading:
    gtin = number.zfill(14)
    warn = () if gtin.strip("0") else ("All digits are zero: that is rarely a real number.",)
    return Reading(
        kind="item",
        gtin=gtin,
        gln=number if len(number) == 13 and not number.startswith("0") else "",
        elements={"01": gtin},
        reason=reason,
        warn=warn,
        details={"format": form, **_nature(gtin)},
    )


def _nature(gtin: str) -> dict[str, str | int | bool]:
    """What the first digits say: numbers that only a company or a region uses, and goods of variable measure."""
    if gtin[0] == "9":
        return {"variable_measure": True}
    inner, gs1_12 = gtin[1:], gtin.startswith("00")
    restricted = inner[0] == "2" or (gs1_12 and inner[1] in "24")
    return {"restricted": True} if gtin[0] == "0" and restricted else {}


def _format(number: str) -> str:
    if len(number) == 13 and number.startswith("0"):
        return "GTIN-12"
    return f"GTIN-{len(number)}"


def _with_add_on(number: str) -> list[Reading]:
    """EAN/UPC with a two- or five-digit add-on symbol (issue of a periodical, price of a book)."""
    parts = _WITH_ADD_ON.fullmatch(number)
    if parts is None:
        return [Reading(kind="item", reason="AIM identifier says EAN/UPC", error="it has no GTIN's length")]
    if not mod10_fits(parts[1]):
        return [Reading(kind="item", reason="EAN/UPC with add-on", error=_UNFIT)]
    gtin = parts[1].zfill(14)
    return [
        Reading(
            kind="item",
            gtin=gtin,
            elements={"01": gtin},
            reason="EAN/UPC with add-on",
            details={"format": _format(parts[1]), "add_on": parts[2]},
        )
    ]


def expanded_upc_e(number: str) -> str | None:
    """The twelve digits that the eight of a UPC-E stand for (General Specifications 5.2.2.4.2); None if it is none."""
    system, digits, check = number[0], number[1:7], number[7]
    if system not in "01":
        return None
    last = digits[5]
    if last in "012":
        middle = f"{digits[:2]}{last}0000{digits[2:5]}"
    elif last == "3":
        middle = f"{digits[:3]}00000{digits[3:5]}"
    elif last == "4":
        middle = f"{digits[:4]}00000{digits[4]}"
    else:
        middle = f"{digits[:5]}0000{last}"
    whole = system + middle + check
    return whole if mod10_fits(whole) else None
