"""Check characters: right ones pass, every wrong one fails, and what proves nothing does not bind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm, luhn
from stdnum.iso7064 import mod_37_36

from tracking.check_characters import binds, fault

DIGITS = st.text("0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize(
    "serial",
    ["490154203237518", "49015420323751", "4901542032375101", "49-015420-323751-8"],
)
def test_an_imei_may_be_written_in_these_ways(serial: str) -> None:
    assert fault("imei", serial) == ""


@pytest.mark.parametrize(
    "serial", ["490154203237519", "354678091234560", "123", "49015420323751X", "", "٤" * 15]
)
def test_a_wrong_imei_is_named(serial: str) -> None:
    assert fault("imei", serial)


@pytest.mark.parametrize("serial", ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715"])
def test_right_vins(serial: str) -> None:
    assert fault("vin", serial) == ""


@pytest.mark.parametrize(
    "serial", ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "1M8GDM9AXKP04278I", "1m8gdm9axkp042788"]
)
def test_wrong_vins(serial: str) -> None:
    assert fault("vin", serial)


def test_a_vin_binds_in_north_america_and_china() -> None:
    assert binds("vin", "1M8GDM9A1KP042788")
    assert binds("vin", "LJCPCBLCX11000237")
    assert not binds("vin", "WBAWBAWBAWBAWBAWB")
    assert binds("vin", "WBA"), "a VIN that is too short is wrong wherever it comes from"
    assert binds("imei", "490154203237519")


@given(DIGITS)
def test_luhn_and_damm_are_those_of_the_library(digits: str) -> None:
    for check, module in (("luhn", luhn), ("damm", damm)):
        right = digits + module.calc_check_digit(digits)
        assert fault(check, right) == ""
        wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
        assert fault(check, wrong)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=20))
def test_mod_37_36(text: str) -> None:
    assert fault("mod37_36", text + mod_37_36.calc_check_digit(text)) == ""


@given(st.sampled_from(["none", "imei", "vin", "luhn", "mod37_36", "damm", "other"]), st.text(max_size=30))
def test_no_text_makes_it_raise(check: str, text: str) -> None:
    assert isinstance(fault(check, text), str)
    binds(check, text)


def test_no_check_finds_no_fault() -> None:
    assert fault("none", "anything") == ""
