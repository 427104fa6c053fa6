from __future__ import annotations

from datetime import date

import pytest

from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading
from tracking.identifiers.trade import expanded_upc_e

TODAY = date(2026, 11, 24)


def first(text: str, symbology_id: str = "") -> Reading:
    return read(text, symbology_id, today=TODAY)[0]


@pytest.mark.parametrize(
    ("text", "symbology_id", "gtin"),
    [
        ("5901234123457", "]E0", "05901234123457"),
        ("  5901234123457 \r", "", "05901234123457"),
        ("96385074", "]E4", "00000096385074"),
        ("05901234123457", "]I1", "05901234123457"),
        ("123601057072", "", "00123601057072"),
        ("04252614", "", "00042100005264"),
        ("590123412345712", "]E3", "05901234123457"),
        ("5901234123457 51234", "", "05901234123457"),
    ],
)
def test_trade_numbers_have_fourteen_digits_inside(text: str, symbology_id: str, gtin: str) -> None:
    assert (first(text, symbology_id).ok, first(text, symbology_id).gtin) == (True, gtin)


@pytest.mark.parametrize(
    ("text", "symbology_id"),
    [
        ("5901234123458", "]E0"),
        ("05901234123450", "]I1"),
        ("769099045348155709", ""),
        ("774828603436", ""),
        ("\uff15\uff19\uff10\uff11\uff12\uff13\uff14\uff11\uff12\uff13\uff14\uff15\uff17", ""),
        ("590123412345812", "]E3"),
    ],
)
def test_a_number_whose_check_digit_fails_is_refused(text: str, symbology_id: str) -> None:
    assert not first(text, symbology_id).ok


def test_eight_digits_with_zero_in_front_are_a_upc_e_first_and_a_gtin_8_second() -> None:
    readings = read("01234565", today=TODAY)
    assert [reading.gtin for reading in readings if reading.gtin] == ["00012345000065", "00000001234565"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("01234505", "012000003455"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234565", "012345000065"),
        ("21234565", None),
    ],
)
def test_upc_e_is_expanded(short: str, long: str | None) -> None:
    assert expanded_upc_e(short) == long


def test_thirteen_digits_may_be_a_place_as_well() -> None:
    found = first("9521236517427")
    assert (found.kind, found.gtin, found.gln) == ("item", "09521236517427", "9521236517427")
    assert "location" in {reading.kind for reading in read("9521236517427", today=TODAY)}


def test_text_with_a_blank_is_no_trade_number() -> None:
    assert first("SN 123").kind == "text"
