"""Bare GS1 numbers without element identifiers: GTIN-8/12/13/14, UPC-E and SSCC, read by biip.

Text of that length whose check digit fails is not refused here: a plain serial number may have 13 digits too. It is
unsound only where the AIM identifier says EAN/UPC, or nobody at the prompt knows better.
"""

from __future__ import annotations

from datetime import date

from tracking.identifiers.gs1 import GS1_SYMBOLOGIES
from tracking.identifiers.reading import Reading

EAN_SYMBOLOGIES = frozenset({"]E0", "]E3", "]E4", "]I1"})
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_SSCC_LENGTH = 18


def mod10_fits(digits: str) -> bool:
    """The GS1 check digit (GS1 General Specifications 7.9.1) over a whole number of any length."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def parse(text: str, symbology_id: str, _today: date) -> list[Reading]:
    """Item or container readings of a bare number."""
    if symbology_id in GS1_SYMBOLOGIES or not (text.isascii() and text.isdecimal()) or set(text) == {"0"}:
        return []
    declared = symbology_id in EAN_SYMBOLOGIES
    if len(text) == _SSCC_LENGTH and not declared:
        error = "" if mod10_fits(text) else "the check digit does not fit"
        return [
            Reading(
                kind="container", sscc=text, elements={"00": text}, reason="length of an SSCC", error=error
            )
        ]
    if len(text) not in _GTIN_LENGTHS:
        return []
    gtin = _gtin14(text, upc_e=len(text) == 8 and symbology_id == "]E0")
    reason = "AIM identifier says EAN/UPC" if declared else "length and check digit of a GTIN"
    if gtin is None:
        return [Reading(kind="item", reason="length of a GTIN", error="the check digit does not fit")]
    return [Reading(kind="item", gtin=gtin, elements={"01": gtin}, reason=reason)]


def _gtin14(text: str, *, upc_e: bool) -> str | None:
    if upc_e:
        from biip import ParseError
        from biip.upc import Upc

        try:
            return Upc.parse(text).as_gtin_14()
        except ParseError:
            pass
    return text.zfill(14) if mod10_fits(text) else None
