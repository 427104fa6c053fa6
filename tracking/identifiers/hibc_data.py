"""What follows the primary part of a HIBC label: lot, serial number, dates, quantity (ANSI/HIBC 2.6, section 2.3)."""

from __future__ import annotations

import re
from datetime import date

from tracking.dates import from_mmyy, from_yyjjj, from_yymmdd, from_yyyymmdd

FIELD_CHARS_MAX = 18
"""Longest lot and longest serial number."""

_FIELD = re.compile(r"[A-Z0-9.-]*")
_DATE_CHARS = {"2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}
"""Date flag -> digits that follow it. A month has no flag: it begins with 0 or 1."""


class Fault(ValueError):
    """Why it is no sound HIBC label, as a sentence."""


class Found:
    """Fields of a label as they are read; a second, different value is a fault."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.link = ""
        self.values: dict[str, str | int] = {}

    def put(self, name: str, value: str | int) -> None:
        """One field. An empty text is none."""
        if value == "":
            return
        if self.values.setdefault(name, value) != value:
            raise Fault(f"{name} is there twice: {self.values[name]} and {value}")

    def text(self, name: str) -> str:
        """A field as text; empty where the label has none."""
        return str(self.values.get(name, ""))

    def primary(self, lic: str, pcn: str, unit: str) -> None:
        """Labeller, product and unit of measure."""
        self.put("lic", lic)
        self.put("pcn", pcn)
        self.put("unit_of_measure", int(unit))

    def named(self, name: str, value: str) -> None:
        """A lot or serial number of legal length and alphabet."""
        if len(value) > FIELD_CHARS_MAX:
            raise Fault(f"{name} has {len(value)} characters, {FIELD_CHARS_MAX} are allowed")
        if not _FIELD.fullmatch(value):
            raise Fault(f"{name} has a character that is not allowed there")
        self.put(name, value)

    def day(self, name: str, day: date | None, written: str) -> None:
        """A date, or the fault that there is no such day."""
        if day is None:
            raise Fault(f"{written} is no date")
        self.put(name, day.isoformat())


def secondary(data: str, found: Found) -> None:
    """The first field after the primary part, or the data of a line of its own."""
    if data.startswith("$$"):
        name = "serial" if data.startswith("$$+") else "lot"
        rest = _after_quantity(data[3:] if name == "serial" else data[2:], found)
        found.named(name, _after_date(rest, found))
    elif data.startswith("$+"):
        found.named("serial", data[2:])
    elif data.startswith("$"):
        found.named("lot", data[1:])
    elif data[:5].isdecimal() and len(data) >= 5:
        found.day("expiry", from_yyjjj(data[:5], found.today), data[:5])
        found.named("lot", data[5:])
    else:
        supplement(data, found)


def supplement(data: str, found: Found) -> None:
    """A field with an identifier of its own: serial, expiry, production date or quantity."""
    if data.startswith("14D"):
        found.day("expiry", from_yyyymmdd(data[3:]), data[3:])
    elif data.startswith("16D"):
        found.day("production_date", from_yyyymmdd(data[3:]), data[3:])
    elif data.startswith("S") and len(data) > 1:
        found.named("serial", data[1:])
    elif data.startswith("Q"):
        if not 1 <= len(data[1:]) <= 5 or not data[1:].isdecimal():
            raise Fault(f"quantity {data[1:]} is no number of up to five digits")
        found.put("quantity", int(data[1:]))
    else:
        raise Fault(f"'{data[:12]}' begins like no field of HIBC")


def _after_quantity(data: str, found: Found) -> str:
    digits = {"8": 2, "9": 5}.get(data[:1], 0)
    if not digits:
        return data
    quantity = data[1 : 1 + digits]
    if len(quantity) != digits or not quantity.isdecimal():
        raise Fault(f"quantity {quantity} is no number of {digits} digits")
    found.put("quantity", int(quantity))
    return data[1 + digits :]


def _after_date(data: str, found: Found) -> str:
    """Puts the date that ``data`` begins with; gives the rest, a lot or serial number."""
    if not data:
        return ""
    flag = data[0]
    if flag in "01":
        month = from_mmyy(data[:4], found.today)
        if not month:
            raise Fault(f"{data[:4]} is no month and year")
        found.put("expiry_month", month)
        return data[4:]
    if flag not in _DATE_CHARS:
        raise Fault(f"'{flag}' is no date flag of HIBC")
    end = 1 + _DATE_CHARS[flag]
    _flagged_date(flag, data[1:end], found)
    return data[end:]


def _flagged_date(flag: str, written: str, found: Found) -> None:
    match flag:
        case "2":
            found.day("expiry", _exact(written[4:6] + written[:4], found), written)
        case "3":
            found.day("expiry", _exact(written, found), written)
        case "4":
            found.day("expiry", _exact(written[:6], found), written)
            _hour(written[6:], found)
        case "5":
            found.day("expiry", from_yyjjj(written, found.today), written)
        case "6":
            found.day("expiry", from_yyjjj(written[:5], found.today), written)
            _hour(written[5:], found)


def _exact(written: str, found: Found) -> date | None:
    """A full date: in HIBC no day 00 stands for the last of the month, there is a form for that."""
    return None if written[4:] == "00" else from_yymmdd(written, found.today)


def _hour(written: str, found: Found) -> None:
    if len(written) != 2 or not written.isdecimal() or int(written) > 23:
        raise Fault(f"{written} is no hour")
    found.put("expiry_hour", int(written))
