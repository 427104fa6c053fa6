"""Dates in one place: the century of a two-digit year, day 00, and what "expires" means, the same for everyone.

Sources: GS1 General Specifications 7.12 (two-digit years) and 3.4.x (day 00 is the last day of the month).
An expiry date is the last day on which the unit may be used, in the site's time zone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracking.later import Later, pattern

if TYPE_CHECKING:
    import calendar
else:
    calendar = Later("calendar")


def full_year(two_digits: int, today: date) -> int:
    """The year that two digits mean: 51 to 99 ahead of today is last century, 50 or more behind is next."""
    century = today.year // 100 * 100
    ahead = two_digits - today.year % 100
    if 51 <= ahead <= 99:
        return century - 100 + two_digits
    if -99 <= ahead <= -50:
        return century + 100 + two_digits
    return century + two_digits


def from_yymmdd(text: str, today: date) -> date | None:
    """The date of six digits, day 00 meaning the last of the month; None if there is no such day."""
    if len(text) != 6 or not (text.isascii() and text.isdecimal()):
        return None
    year, month, day = full_year(int(text[:2]), today), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        return None
    if day == 0:
        day = calendar.monthrange(year, month)[1]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def from_yyyymmdd(text: str) -> date | None:
    """The date of eight digits; None if there is no such day."""
    if len(text) != 8 or not (text.isascii() and text.isdecimal()):
        return None
    return parse_iso(f"{text[:4]}-{text[4:6]}-{text[6:]}")


def from_yyjjj(text: str, today: date) -> date | None:
    """The date of a two-digit year and a day of the year from 001; None if the year has no such day."""
    if len(text) != 5 or not (text.isascii() and text.isdecimal()):
        return None
    year, day = full_year(int(text[:2]), today), int(text[2:])
    if not 1 <= day <= 365 + calendar.isleap(year):
        return None
    return date(year, 1, 1) + timedelta(days=day - 1)


def from_mmyy(text: str, today: date) -> str:
    """The month of four digits as ``YYYY-MM``; empty if there is no such month."""
    if len(text) != 4 or not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:2]) <= 12:
        return ""
    return f"{full_year(int(text[2:]), today)}-{text[:2]}"


def last_of_month(month: str) -> str:
    """The last day of ``YYYY-MM``, ISO: until then a label that names only a month may be used. Empty for none."""
    first = parse_iso(f"{month}-01")
    if first is None:
        return ""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1]).isoformat()


_ISO = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = pattern(r"([0-9]{4})-([0-9]{2})")
_MONTH_FIRST = pattern(r"([0-9]{2})[./]([0-9]{4})")
_DAY_FIRST = pattern(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


def any_date(text: str, today: date) -> date | None:
    """The last day of what a person or a plain code may write for a date: ``2027-11-30``, ``20271130``, ``271130``,
    ``30.11.2027``, or a month alone (``2027-11``, ``11/2027``, ``11.2027``). None for anything else.

    A day and a month between slashes are not guessed: two halves of the world read them differently.
    """
    found = parse_iso(text) or from_yyyymmdd(text) or from_yymmdd(text, today)
    if found is not None:
        return found
    day_first = _DAY_FIRST.fullmatch(text)
    if day_first is not None:
        return parse_iso(f"{day_first[3]}-{day_first[2]}-{day_first[1]}")
    month = _MONTH.fullmatch(text)
    month_first = _MONTH_FIRST.fullmatch(text)
    if month is None and month_first is None:
        return None
    written = text if month is not None else f"{text[3:]}-{text[:2]}"
    return parse_iso(last_of_month(written))


def parse_iso(text: str) -> date | None:
    """A date like ``2027-11-30``, or None; weeks and other forms of ISO 8601 are none here."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def expired(expiry: str, today: date) -> bool:
    """True from the day after the expiry date on. No date, or none that can be read, never expires."""
    last_day = parse_iso(expiry) if expiry else None
    return last_day is not None and today > last_day


def expires_within(expiry: str, today: date, days: int) -> bool:
    """True when it is still usable today but not ``days`` days from now."""
    last_day = parse_iso(expiry) if expiry else None
    return last_day is not None and 0 <= (last_day - today).days < days


def add_months(start: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month where it has no such day."""
    years, month0 = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month0 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
