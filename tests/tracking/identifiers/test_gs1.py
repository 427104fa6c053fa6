from __future__ import annotations

from datetime import date

import pytest

from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading

TODAY = date(2026, 11, 24)
GTIN = "09521234543213"
GS = "\x1d"


def first(text: str, symbology_id: str = "]d2") -> Reading:
    return read(text, symbology_id, today=TODAY)[0]


def test_a_whole_label() -> None:
    found = first(f"01{GTIN}10LOT7{GS}21SN42{GS}17271100{GS}11261124")
    assert found.ok
    assert (found.kind, found.gtin, found.lot, found.serial) == ("unit", GTIN, "LOT7", "SN42")
    assert (found.expiry, found.made) == ("2027-11-30", "2026-11-24")
    assert list(found.elements) == ["01", "10", "21", "17", "11"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0109521234543", "too short"),
        (f"01{GTIN}21" + "A" * 21, "too long"),
        (f"01{GTIN}{GS}{GS}17271130", "second separator"),
        ("1012345\x1d11", "empty"),
        ("89ABC", "no element"),
        ("42352", "too short"),
        ("7007211225211", "too short"),
    ],
)
def test_what_cannot_be_split_is_a_fault_of_syntax(text: str, why: str) -> None:
    found = first(text)
    assert (found.layer, why in found.error) == ("syntax", True), found.error


@pytest.mark.parametrize(
    "text",
    [
        "0109521234543214",
        f"01{GTIN}21SN 42",
        f"01{GTIN}10LOT~7",
        f"01{GTIN}17271300",
        f"01{GTIN}70032711301460",
        f"01{GTIN}7003271100143",
        f"01{GTIN}422999",
        f"01{GTIN}30" + "1" + f"{GS}3930987123",
        "80072CU88FS9",
        f"415{GTIN[1:]}8020X{GS}8007FR7630006000011234567890188",
        f"01{GTIN}800112340000012311",
        f"01{GTIN}800112341234512388",
        "80060952123454321302011",
        "800609521234543213000121A",
        "8018952123412345678905" + f"{GS}72525",
        f"8018952123412345678905{GS}7259NAME{GS}72582/1",
        "00095212300000000024" + "4309" + "1800000001" + "0000000000",
        "00095212300000000024" + "4309" + "1800000000" + "3600000001",
        "00095212300000000024" + "4300A%2",
        "00095212300000000024" + "4307XX",
        "00095212300000000024" + "4321" + "2",
        "00095212300000000024" + "4330000000X",
        "00095212300000000024" + "7041ZZZ",
        "80101234_",
        f"8010952123454{GS}8011012",
        "8013123456ABXX",
        "401ABCDEF",
        "80030" + "9521234000014",
        "80031" + "9521234000013",
        "70401A//",
        "811071234567890123",
        "8112201234561234560123456",
        "81120012345612345601234567",
        "81100123456123456111101237",
        f"01{GTIN}21A{GS}8030ABC:1",
        f"01{GTIN}8014123456789",
    ],
)
def test_a_value_that_its_ai_does_not_allow_is_a_fault_of_content(text: str) -> None:
    assert first(text).layer == "content", first(text)


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}422276",
        f"01{GTIN}30" + "1" + f"{GS}3930978123",
        f"415{GTIN[1:]}8020X{GS}8007FR7630006000011234567890189",
        f"01{GTIN}800112341234512311",
        "8018952123412345678905" + f"{GS}72522",
        "00095212300000000024" + "4309" + "1800000000" + "3600000000",
        "00095212300000000024" + "4300A%2F",
        "00095212300000000024" + "4330000000-",
        "00095212300000000024" + "7041PX",
        "80131987654Ad4X4bL5ttr2310c2K",
        "8110012345612345611110123",
        "8112001234561234560123456",
        f"01{GTIN}21A{GS}8030QUJD",
        "80030" + "9521234000013SER-1",
        "70401ABC",
    ],
)
def test_what_its_ai_allows_is_sound(text: str) -> None:
    assert first(text).ok, first(text)


@pytest.mark.parametrize(
    ("text", "waiting"),
    [
        ("21SN42", True),
        ("10LOT7", True),
        ("17271130", True),
        (f"01{GTIN}250X", True),
        (f"02{GTIN}", True),
        (f"01{GTIN}375", False),
        (f"01{GTIN}21A{GS}21B", False),
        (f"01{GTIN}02{GTIN}375", False),
        (f"253{GTIN[1:]}{GS}8030QUJD", False),
    ],
)
def test_elements_that_do_not_belong_together_are_a_fault_of_association(text: str, waiting: bool) -> None:
    found = first(text)
    assert (found.ok, found.layer, found.partial, found.usable) == (False, "association", waiting, waiting)


def test_the_same_element_twice_is_no_fault() -> None:
    assert first(f"01{GTIN}21SN42{GS}01{GTIN}").ok


@pytest.mark.parametrize("symbology_id", ["]C0", "]d1", "]Q1", "]A0", "]d3"])
def test_a_plain_symbol_is_not_gs1_whatever_it_looks_like(symbology_id: str) -> None:
    found = first(f"01{GTIN}21SN42", symbology_id)
    assert (found.kind, found.elements) == ("text", {})


def test_separators_that_a_scanner_replaced_are_asked_about() -> None:
    for sent in ("{GS}", "<GS>", "\u241d", "\u00e8", "Alt029"):
        found = first(f"01{GTIN}10LOT7{sent}21SN42", "")
        assert (found.lot, found.serial, len(found.warn)) == ("LOT7", "SN42", 1), sent
    for sent in ("|", "~d029", "\x1e", "#"):
        assert not first(f"01{GTIN}10LOT7{sent}21SN42", "").ok, sent


def test_a_device_with_real_separators_replaces_none() -> None:
    found = first(f"01{GTIN}10A<GS>21B{GS}21SN42", "]C1")
    assert (found.lot, found.serial, found.warn) == ("A<GS>21B", "SN42", ())


def test_a_serial_that_swallowed_a_date_is_asked_about() -> None:
    assert first(f"01{GTIN}21SN4217271130").warn
    assert not first(f"01{GTIN}21SN4217271330").warn


def test_without_an_aim_identifier_only_evidence_counts() -> None:
    assert first(f"01{GTIN}21SN42", "").gtin == GTIN
    assert first("0109521234543214", "").kind == "text"
    assert first("0109521234543214" + "17271130" + "21SN42", "").layer == "content"
    assert first("21-000123", "").kind == "text"


def test_brackets() -> None:
    found = first("(01) 09521234543213 (21) SN42 (17) 271130", "")
    assert (found.gtin, found.serial, found.expiry) == (GTIN, "SN42", "2027-11-30")
    assert first(r"(01)09521234543213(10)1\(2\)", "").lot == "1(2)"
    for broken in ("(10)12345(11)", "(17)9(90)217", "(15", "1(12345", "[01]09521234543213", "(1A)12345"):
        assert first(broken, "").layer == "syntax", broken


def test_both_parts_of_a_composite_symbol_are_one_reading() -> None:
    found = first("2112345678900|]e099COMP\x1d98XYZ", "]E0")
    assert found.elements == {"01": "02112345678900", "99": "COMP", "98": "XYZ"}
    assert not first("2112345678901|]e099COMP", "]E0").ok
