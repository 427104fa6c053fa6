"""ANSI MH10.8.2 data identifiers: splitting, the values that can be checked, and what they are called here.

A data identifier is up to three digits and a capital letter; any is read, those in the tables are judged and named.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.dates import from_yymmdd, from_yyyymmdd
from tracking.identifiers.iuid import item_identifier
from tracking.identifiers.reading import Reading

FIELDS_MAX = 60
"""Fields in one envelope; the fullest labels in use have about 25."""

_FIELD = re.compile(r"([0-9]{0,3}[A-Z])(.*)", re.DOTALL)
_LOWER = re.compile(r"[0-9]{0,3}[a-z]")
_COUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")

PART_NAMES = {
    "1P": "supplier_part",
    "P": "customer_part",
    "K": "customer_po",
    "1K": "supplier_order",
    "4L": "country",
    "9N": "ppn",
}
"""Data identifier -> the name under which its value is also given."""

_PLATES = ("1J", "2J", "3J", "4J", "5J", "6J", "J")
_WEEKS = ("9D", "10D")
KNOWN = (
    frozenset(PART_NAMES)
    | frozenset(_PLATES)
    | frozenset(_WEEKS)
    | frozenset(
        {"S", "1S", "18S", "25S", "30P", "1T", "T", "Q", "7Q", "27Q", "D", "14D", "16D", "8P", "I"}
        | {"4K", "14K", "10K", "11K", "V", "1V", "17V", "18V", "12V", "7L", "10Z", "11Z", "12Z", "13Z", "20Z"}
    )
)
"""Identifiers that stand on labels in use; without an envelope only these are believed."""


class Fault(ValueError):
    """Why the fields are not sound, as a sentence."""


def split(fields: list[str]) -> dict[str, str]:
    """Data identifier -> value, in the label's order. Raises :class:`Fault`."""
    if len(fields) > FIELDS_MAX:
        raise Fault(f"{len(fields)} fields are more than a label holds")
    elements: dict[str, str] = {}
    for field in fields:
        if not field:
            continue
        found = _FIELD.fullmatch(field)
        if found is None:
            lower = _LOWER.match(field) is not None
            raise Fault(
                f"'{field[:8]}' begins with {'a small letter' if lower else 'no data identifier'};"
                " it is up to three digits and a capital letter"
            )
        name, value = found.groups()
        if elements.setdefault(name, value) != value:
            raise Fault(f"{name} is there twice with different values")
    if not elements:
        raise Fault("it holds no field")
    return elements


def judged(elements: dict[str, str], today: date, form: str, reason: str) -> Reading:
    """The reading of a set of data identifiers. Raises :class:`Fault` for a value that cannot be."""
    days = _days(elements, today)
    details: dict[str, str | int | bool] = {"format": form}
    details |= {name: elements[di] for di, name in PART_NAMES.items() if elements.get(di)}
    if "supplier_part" not in details and elements.get("30P"):
        details["supplier_part"] = elements["30P"]
    week = _date_code(elements)
    if week:
        details["date_code"] = week
    plate = next((elements[di] for di in _PLATES if elements.get(di)), "")
    if plate:
        details["license_plate"] = plate
    if "16D" in days:
        details["production_date"] = days["16D"]
    details |= item_identifier(elements)
    pharmacy = "9N" in elements or "8P" in elements
    serial = elements.get("S") or elements.get("25S") or elements.get("18S", "")[5:] or elements.get("1S", "")
    lot = elements.get("1T") or elements.get("T", "")
    return Reading(
        kind=_kind(elements, serial, lot, plate),
        reason=reason,
        elements=elements,
        details=details,
        gtin=_gtin(elements),
        serial=serial,
        lot=lot,
        # A plain date is the expiry only in the pharmacies' coding rules, which say so.
        expiry=days.get("14D") or (days.get("D", "") if pharmacy else ""),
        made=days.get("16D", ""),
        quantity=_quantity(elements),
        partial=not serial and not lot and not _names_item(elements),
    )


def _names_item(elements: dict[str, str]) -> bool:
    return any(elements.get(di) for di in ("P", "1P", "30P", "8P", "9N"))


def _kind(elements: dict[str, str], serial: str, lot: str, plate: str) -> str:
    if plate:
        return "container"
    if serial:
        return "unit"
    if lot:
        return "lot"
    if not _names_item(elements) and (elements.get("K") or elements.get("1K")):
        return "document"
    return "item"


def _quantity(elements: dict[str, str]) -> int:
    written = elements.get("Q", "")
    if not written:
        return 0
    if not _COUNT.fullmatch(written):
        raise Fault(f"quantity {written[:20]} is no number")
    amount = float(written)
    return int(amount) if amount.is_integer() else 0


def _gtin(elements: dict[str, str]) -> str:
    written = elements.get("8P", "")
    if not written:
        return ""
    if "9N" in elements:
        raise Fault("it names the product twice, as PPN (9N) and as GTIN (8P)")
    digits = written.zfill(14)
    total = (
        sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits))
        if digits.isdecimal()
        else 1
    )
    if len(digits) != 14 or not digits.isascii() or total % 10:
        raise Fault("the GTIN's (8P) check digit does not fit")
    return digits


def _date_code(elements: dict[str, str]) -> str:
    """Date codes, year and week. Some makers print other codes there; only four digits can be judged."""
    for di in _WEEKS:
        written = elements.get(di, "")
        if len(written) == 4 and written.isdecimal() and not 1 <= int(written[2:]) <= 53:
            raise Fault(f"{di} {written}: there is no week {written[2:]}")
    return next((elements[di] for di in _WEEKS if elements.get(di)), "")


def _days(elements: dict[str, str], today: date) -> dict[str, str]:
    if elements.get("9N") and not ppn_fits(elements["9N"]):
        raise Fault("the check digits of the pharmacy product number (9N) do not fit")
    days: dict[str, str] = {}
    for di in ("14D", "16D", "D"):
        written = elements.get(di, "")
        if not written:
            continue
        day = from_yymmdd(written, today) if di == "D" else from_yyyymmdd(written)
        if day is None:
            raise Fault(f"{di} {written[:12]} is no date")
        days[di] = day.isoformat()
    return days


def ppn_fits(ppn: str) -> bool:
    """Two check digits, modulo 97 over each character's code times its place from 2 (IFA coding system, PPN)."""
    if not 5 <= len(ppn) <= 22 or not ppn.isascii() or not ppn.isalnum() or not ppn[-2:].isdecimal():
        return False
    return sum(ord(char) * place for place, char in enumerate(ppn[:-2], 2)) % 97 == int(ppn[-2:])
