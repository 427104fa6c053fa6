"""One function for every date: the sliding century, day 00, and "usable through today"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking import dates

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("digits", "today", "year"),
    [
        (26, TODAY, 2026),
        (76, TODAY, 2076),  # 50 ahead
        (77, TODAY, 1977),  # 51 ahead
        (99, TODAY, 1999),
        (0, TODAY, 2000),
        (75, date(2049, 1, 1), 2075),
        (99, date(2049, 1, 1), 2099),
        (0, date(2050, 1, 1), 2100),  # 50 behind
        (1, date(2050, 1, 1), 2001),
        (49, date(2099, 1, 1), 2149),
        (50, date(2099, 1, 1), 2050),
    ],
)
def test_two_digits_of_a_year(digits: int, today: date, year: int) -> None:
    assert dates.full_year(digits, today) == year


@given(st.integers(0, 99), st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_a_year_is_at_most_half_a_century_away(digits: int, today: date) -> None:
    year = dates.full_year(digits, today)
    assert year % 100 == digits
    assert -49 <= year - today.year <= 50


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("280131", date(2028, 1, 31)),
        ("280200", date(2028, 2, 29)),
        ("270200", date(2027, 2, 28)),
        ("281200", date(2028, 12, 31)),
        ("280230", None),
        ("281301", None),
        ("280001", None),
        ("28013", None),
        ("2801311", None),
        ("28O131", None),
        ("٢٨٠١٣١", None),
        ("", None),
    ],
)
def test_six_digits(text: str, found: date | None) -> None:
    assert dates.from_yymmdd(text, TODAY) == found


@given(st.text(max_size=8))
def test_no_text_makes_it_raise(text: str) -> None:
    dates.from_yymmdd(text, TODAY)
    dates.parse_iso(text)
    dates.expired(text, TODAY)


def test_what_expires_today_is_usable_through_today() -> None:
    assert not dates.expired("2026-11-23", TODAY)
    assert dates.expired("2026-11-22", TODAY)
    assert not dates.expired("", TODAY)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-500, 500), st.integers(0, 90))
def test_soon_is_not_yet_and_never_both(today: date, ahead: int, days: int) -> None:
    expiry = (today + timedelta(days=ahead)).isoformat()
    assert dates.expired(expiry, today) == (ahead < 0)
    assert dates.expires_within(expiry, today, days) == (0 <= ahead < days)
    assert not (dates.expired(expiry, today) and dates.expires_within(expiry, today, days))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 24, date(2028, 1, 15)),
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_months_of_warranty(start: date, months: int, end: date) -> None:
    assert dates.add_months(start, months) == end
