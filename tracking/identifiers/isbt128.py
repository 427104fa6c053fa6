"""ISBT 128 data structures (ICCBBA ST-001, ST-017 for UDI): donations, tissue and cell products, blood bags.

Each structure begins with ``=`` or ``&`` and a second character; its length is fixed. Structures may follow one
another in one code. Shape alone tells the donation number, whose second character is already data.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.dates import from_yyjjj
from tracking.identifiers.reading import Reading

_DONATION = re.compile(r"=([A-NP-Z1-9][0-9A-Z]{4}[0-9]{8}[0-9A-Z*]{2})")
_STRUCTURES = {
    "=/": r"[A-Z0-9]{16}",  # processor product: facility 5, facility's product code 6, description code 5
    "=,": r"[A-Z0-9]{6}",  # serial number or division
    "=>": r"[0-9]{6}",  # expiry cyyjjj
    "=}": r"[0-9]{6}",  # made cyyjjj
    "=*": r"[0-9]{6}",  # collected cyyjjj
    "&>": r"[0-9]{10}",  # expiry and time
    "&}": r"[0-9]{10}",  # made and time
    "&*": r"[0-9]{10}",  # collected and time
    "&,1": r"[A-Z0-9]{18}",  # lot of a product of human origin
    "=)": r"[A-Z0-9]{10}",  # blood bag: maker and catalogue number
    "&)": r"[A-Z0-9]{10}",  # blood bag: lot
    "=<": r"[A-Z0-9]{8}",  # product code
    "=%": r"[A-Z0-9]{4}",  # blood group
    "=+": r"[A-Z0-9]{5}",  # how many structures follow in this code
}
_NEXT = re.compile("|".join(f"(?:{re.escape(name)}){length}" for name, length in _STRUCTURES.items()))
_NAMES = sorted(_STRUCTURES, key=len, reverse=True)
STRUCTURES_MAX = 9
"""Structures in one code (ST-001, compound messages)."""


def parse(text: str, _symbology_id: str, today: date) -> list[Reading]:
    """The reading of one or more data structures; empty where the text begins like none."""
    if not _begins(text):
        return []
    elements: dict[str, str] = {}
    place = 0
    while place < len(text):
        found = _DONATION.match(text, place) or _NEXT.match(text, place)
        if found is None or len(elements) == STRUCTURES_MAX:
            return [
                _unsound(f"'{text[place : place + 6]}' begins no structure of the right length", elements)
            ]
        name = "=" if found.re is _DONATION else next(n for n in _NAMES if found[0].startswith(n))
        if name in elements:
            return [_unsound(f"{name} is there twice", elements)]
        elements[name] = found[0][len(name) :]
        place = found.end()
    return [_judged(elements, today)]


def _begins(text: str) -> bool:
    return text[:2] in _STRUCTURES or text[:3] == "&,1" or _DONATION.match(text) is not None


def _unsound(error: str, elements: dict[str, str]) -> Reading:
    return Reading(
        kind="unit", reason="begins like ISBT 128", elements=elements, error=error, layer="content"
    )


def _judged(elements: dict[str, str], today: date) -> Reading:
    days: dict[str, str] = {}
    for name in ("=>", "&>", "=}", "&}", "=*", "&*"):
        if name in elements:
            day = _day(elements[name], today)
            if day is None:
                return _unsound(f"{elements[name]} is no date", elements)
            days[name] = day.isoformat()
    details: dict[str, str | int | bool] = {"form": "isbt128"}
    if "=/" in elements or "=)" in elements:
        details["udi_di"] = elements.get("=/") or elements["=)"]
    if "=" in elements:
        details["donation_id"] = elements["="]
    made = days.get("=}") or days.get("&}", "")
    if made:
        details["production_date"] = made
    serial, lot = elements.get("=,", ""), elements.get("&,1") or elements.get("&)", "")
    return Reading(
        kind="unit" if serial or "=" in elements else "lot" if lot else "item",
        reason="ISBT 128 data structures",
        elements=elements,
        details=details,
        serial=serial,
        lot=lot,
        expiry=days.get("=>") or days.get("&>", ""),
        made=made,
        partial="udi_di" not in details,
    )


def _day(written: str, today: date) -> date | None:
    """The day of ``cyyjjj`` with or without ``hhmm``; c is the century's last digit (0 is 2000, 9 is 1900)."""
    century, clock = written[0], written[6:]
    if century not in "09" or (clock and (int(clock[:2]) > 23 or int(clock[2:]) > 59)):
        return None
    reference = date(2000 if century == "0" else 1900, 1, 1)
    # The century is given, so the sliding window must not move it: read the two digits near their own year.
    year = reference.year + int(written[1:3])
    return from_yyjjj(written[1:6], today.replace(year=year, month=1, day=1))
