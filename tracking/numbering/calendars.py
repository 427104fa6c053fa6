"""The date inside a serial number: ISO year and week, or calendar year, month and day.

Source: ISO 8601. A week belongs to the year that has its Thursday, so 2027-01-01 is in week 53 of ISO year 2026, and
2024-12-30 in week 1 of 2025. Written beside a week, the calendar's year would give two weeks a year apart one name.
"""

from __future__ import annotations

import calendar
from datetime import date

from tracking.dates import full_year
from tracking.numbering.errors import NumberingError

YEAR_MIN = 1900
"""Earliest year of making: what is older has a serial number of somebody else's."""


def written(name: str, made: date, *, weeks: bool) -> str:
    """One part of a date (``yyyy yy ww mm dd``) in digits; ``weeks``: the year is the ISO year."""
    iso = made.isocalendar()
    year = iso.year if weeks else made.year
    if year < YEAR_MIN:
        raise NumberingError(f"the year {year} is before {YEAR_MIN}")
    match name:
        case "yyyy":
            return f"{year:04}"
        case "yy":
            return f"{year % 100:02}"
        case "ww":
            return f"{iso.week:02}"
        case "mm":
            return f"{made.month:02}"
        case "dd":
            return f"{made.day:02}"
    raise NumberingError(f"{name!a} is no part of a date")


def shape(names: frozenset[str]) -> str:
    """Why these parts make no date together, as a sentence; empty where they do, or where there are none."""
    if {"yy", "yyyy"} <= names:
        return "the year is in it twice: {yy} and {yyyy}"
    if "ww" in names and names & {"mm", "dd"}:
        return "a week and a month count different years around New Year: take {ww}, or {mm}{dd}"
    if "dd" in names and "mm" not in names:
        return "{dd} without {mm} says no day"
    if names & {"ww", "mm"} and not names & {"yy", "yyyy"}:
        return "a week or month without its year comes again every year: add {yy}"
    return ""


def misfit(found: dict[str, str]) -> str:
    """Why the digits of a date name no day or week, as the end of a sentence; empty where they can.

    Two digits of a year leave its century open: week 53 and 29 February are taken where the year of this century or
    the last has them.
    """
    year = found.get("yyyy", found.get("yy", ""))
    if len(year) == 4 and int(year) < YEAR_MIN:
        return f"has the year {year}, which is before {YEAR_MIN}"
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)] if year else []
    if "ww" in found:
        week = int(found["ww"])
        if not 1 <= week <= max(map(weeks_in, years)):
            return f"has week {found['ww']}, and year {year} has no such week"
    if "mm" in found:
        month = int(found["mm"])
        if not 1 <= month <= 12:
            return f"has month {found['mm']}, and there is none"
        if "dd" in found and not 1 <= int(found["dd"]) <= max(_days(each, month) for each in years):
            return f"has day {found['dd']}, and month {found['mm']} of year {year} has no such day"
    return ""


def weeks_in(iso_year: int) -> int:
    """52 or 53: 28 December is always in the last week of its ISO year."""
    return date(iso_year, 12, 28).isocalendar().week


def period(year: int, week: int, month: int, day: int, today: date) -> tuple[date, date] | None:
    """First and last day that a parsed serial number can have been given on; None where it says no day.

    ``year`` of two digits is taken by the sliding century of :func:`tracking.dates.full_year`; fields that are not
    there are -1. None, too, where the century so chosen has no such week or day.
    """
    if year < 0:
        return None
    full = full_year(year, today) if year < 100 else year
    try:
        if week >= 0:
            return date.fromisocalendar(full, week, 1), date.fromisocalendar(full, week, 7)
        if month < 0:
            return date(full, 1, 1), date(full, 12, 31)
        if day < 0:
            return date(full, month, 1), date(full, month, _days(full, month))
        return date(full, month, day), date(full, month, day)
    except (ValueError, OverflowError):
        return None


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
