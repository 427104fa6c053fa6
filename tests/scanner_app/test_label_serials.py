"""Made serial numbers fit their item, and none is made twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm, imei, luhn
from stdnum.iso7064 import mod_37_36

from scanner_app.label_serials import capacity, new_serials, serial_for, vin_check_digit
from tracking.site import Item

Check = Literal["none", "imei", "vin", "luhn", "mod37_36", "damm"]


def item(pattern: str, check: Check = "none") -> Item:
    return Item(item="PUMP-100", serial_pattern=pattern, check=check)


@pytest.mark.parametrize(
    ("pattern", "number", "serial"),
    [
        (r"^SN-\d{6}$", 4711, "SN-004711"),
        (r"^[A-C]\d{2}$", 123, "B23"),
        (r"[0-9A-HJ-NP-Z]{3}", 42, "042"),
        (r"^A\.B\d?[XY]+$", 1, "A.BY"),
        ("", 7, "PUMP-100-000007"),
    ],
)
def test_a_number_fills_the_free_places(pattern: str, number: int, serial: str) -> None:
    assert serial_for(item(pattern), number) == serial


@pytest.mark.parametrize(
    "pattern",
    [r"(A|B)\d+", r"^A{100}$", r"[^A]\d", r"\bX\d", "(", r"(?!)A", r"\d{4}-\S", r"^X$|^Y$", r"A^B\d"],
)
def test_a_pattern_beyond_the_reader_makes_no_serial_rather_than_a_wrong_one(pattern: str) -> None:
    assert serial_for(item(pattern), 1) is None


def test_known_vins() -> None:
    for vin in ("1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715"):
        assert vin_check_digit(vin) == vin[8]


@given(st.integers(0, 99_999))
def test_check_digits_are_right(number: int) -> None:
    valid: dict[Item, Callable[[str], bool]] = {
        item(r"^\d{15}$", "imei"): imei.is_valid,
        item(r"^\d{10}$", "luhn"): luhn.is_valid,
        item(r"^\d{8}$", "damm"): damm.is_valid,
        item(r"^AB\d{6}[0-9A-Z]$", "mod37_36"): mod_37_36.is_valid,
        item(r"^1U9PT24S[0-9X]TH9\d{5}$", "vin"): lambda vin: vin_check_digit(vin) == vin[8],
    }
    for one, is_valid in valid.items():
        serial = serial_for(one, number)
        assert serial is not None
        assert is_valid(serial)
        assert re.fullmatch(one.serial_pattern, serial)


def test_a_check_digit_that_has_no_place_makes_no_serial() -> None:
    assert serial_for(item(r"^\d{5}$", "vin"), 1) is None
    assert serial_for(item(r"^A-\d{5}$", "luhn"), 1) is None


def test_new_serials_are_new_and_the_same_each_time() -> None:
    one = item(r"^\d{3}$")
    first = list(new_serials(one, "PO-1", set(), 30))
    assert len(set(first)) == 30
    assert first == list(new_serials(one, "PO-1", set(), 30))
    taken = {("PUMP-100", serial) for serial in first}
    assert not set(first) & set(new_serials(one, "PO-1", taken, 30))
    assert len(taken) == 60


def test_when_the_numbers_run_out_there_are_fewer() -> None:
    one = item(r"^\d$")
    assert capacity(one) == 10
    assert len(list(new_serials(one, "PO-1", set(), 500))) == 10
    assert list(new_serials(item("(A)"), "PO-1", set(), 5)) == []
