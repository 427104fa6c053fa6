"""Lost separators: every sound way to put them back, and none that contradicts itself."""

from __future__ import annotations

from datetime import date

import pytest

from tracking.identifiers.lost_separators import BODY_CHARS_MAX, WAYS_MAX, considered, ways
from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading

TODAY = date(2026, 11, 23)
KEY = "0109521234543213"


def read_lost(text: str, aim: str = "]d2", *, lost: bool = True) -> tuple[Reading, ...]:
    return considered(text, aim, read(text, aim, today=TODAY), TODAY, lost=lost)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"{KEY}10LOT721SN42", [f"{KEY}10LOT7\x1d21SN42"]),
        (f"{KEY}21SN4217271130", [f"{KEY}21SN42172\x1d71130", f"{KEY}21SN42\x1d17271130"]),
        (f"{KEY}21SN4217271330", [f"{KEY}21SN42172\x1d71330"]),  # there is no month 13
        (f"{KEY}10AB10CD", []),  # two lots would contradict each other
        (f"{KEY}10AB10AB", [f"{KEY}10AB\x1d10AB"]),
        (f"{KEY}21SN42", []),
        ("", []),
    ],
)
def test_ways_to_put_separators_back(body: str, found: list[str]) -> None:
    assert ways(body, TODAY) == found


def test_a_swallowed_key_counts_by_its_check_digit() -> None:
    assert f"{KEY}10LOT7\x1d{KEY}" in ways(f"{KEY}10LOT7{KEY}", TODAY)
    wrong = KEY[:-1] + "0"
    assert not [way for way in ways(f"{KEY}10LOT7{wrong}", TODAY) if wrong in way.split("\x1d")]


def test_a_scanner_that_loses_them_is_asked_about_where_there_are_two_ways() -> None:
    best, other = read_lost(f"{KEY}10LOT721SN42")[:2]
    assert (best.lot, best.serial) == ("LOT721SN42", "")
    assert best.doubt
    assert "(10) LOT7 (21) SN42" in best.warn[0]
    assert (other.lot, other.serial, other.repaired) == ("LOT7", "SN42", True)


def test_the_only_sound_way_is_taken() -> None:
    # Longer than a lot may be, so something has to end before it does; nothing else in it is an element.
    (best, *_) = read_lost(f"{KEY}10AAAABBBBCCCCDDDDEE21SN-XYZ")
    assert (best.ok, best.lot, best.serial, best.repaired) == (True, "AAAABBBBCCCCDDDDEE", "SN-XYZ", True)
    assert not best.warn


def test_a_scanner_that_is_not_known_to_lose_them_needs_a_date_as_proof() -> None:
    (refused, *_) = read_lost(f"{KEY}10AAAABBBBCCCCDDDDEE21SN-XYZ", lost=False)
    assert not refused.ok
    (mended, *_) = read_lost(f"{KEY}10AAAABBBBCCCCDDDDEE17271130", lost=False)
    assert (mended.ok, mended.repaired, mended.expiry, mended.lot) == (
        True,
        True,
        "2027-11-30",
        "AAAABBBBCCCCDDDDEE",
    )
    assert mended.warn


def test_a_label_without_anything_to_lose_is_sure() -> None:
    (best, *_) = read_lost(f"{KEY}17271130")
    assert (best.ok, best.repaired, best.doubt) == (True, False, "")


def test_a_string_with_its_separators_is_left_alone() -> None:
    text = f"{KEY}10LOT7\x1d21SN42"
    assert read_lost(text) == read(text, "]d2", today=TODAY)


def test_what_is_no_element_string_is_left_alone() -> None:
    for text, aim in (("SN10LOT721SN42", ""), ("10LOT721SN42", "]C0"), ("9521234543213", "]E0")):
        assert read_lost(text, aim) == read(text, aim, today=TODAY)


def test_the_search_is_bounded() -> None:
    assert len(ways("91" + "10" * 90, TODAY)) <= WAYS_MAX
    assert len(ways("91" + "21" * (BODY_CHARS_MAX // 2), TODAY)) <= WAYS_MAX
    assert read_lost(f"{KEY}10{'1021' * 200}")[0].repaired is False
