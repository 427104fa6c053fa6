"""Ranges of serial numbers: from first to last, and nothing that is no range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.serial_range import RANGE_MAX, expand


@pytest.mark.parametrize(
    ("first", "last", "count", "second"),
    [
        ("SN-0098", "SN-0101", 4, "SN-0099"),
        ("AABB123CC", "AABB132CC", 10, "AABB124CC"),
        ("7", "9", 3, "8"),
        ("X100", "X200", 101, "X101"),
        ("SN-1", "SN-1", 1, ""),
    ],
)
def test_what_counts_up(first: str, last: str, count: int, second: str) -> None:
    found = expand(first, last)
    assert not isinstance(found, str)
    assert (len(found), found[0], found[-1]) == (count, first, last)
    assert not second or found[1] == second


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("A1", "B1"),
        ("SN-9", "SN-10"),
        ("SN-5", "SN-4"),
        ("SN-0", "SN-" + "9" * 9),
        ("", "1"),
        ("Ａ１", "Ａ２"),
    ],
)
def test_what_is_no_range_says_why(first: str, last: str) -> None:
    assert isinstance(expand(first, last), str)


def test_a_range_has_a_bound() -> None:
    assert not isinstance(expand("N0000", f"N{RANGE_MAX - 1:04}"), str)
    assert isinstance(expand("N0000", f"N{RANGE_MAX:04}"), str)


@given(st.text("AB-", max_size=4), st.integers(0, 8000), st.integers(0, 200), st.text("CD/", max_size=3))
def test_any_two_of_a_series_give_all_between(before: str, start: int, more: int, after: str) -> None:
    series = tuple(f"{before}{number:05}{after}" for number in range(start, start + more + 1))
    assert expand(series[0], series[-1]) == series


@given(st.text(max_size=12), st.text(max_size=12))
def test_it_never_raises(first: str, last: str) -> None:
    found = expand(first, last)
    assert isinstance(found, str) or (found[0], found[-1]) == (first, last)
