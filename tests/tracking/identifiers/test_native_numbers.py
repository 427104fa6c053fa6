"""VIN, IMEI, MEID, ICCID, EID, EUI and ISBT 128: check characters, forms, and how sure a shape is."""

from __future__ import annotations

from datetime import date

import pytest

from tracking.check_characters import vin_check_character
from tracking.identifiers.isbt128 import parse as isbt128
from tracking.identifiers.reader import read
from tracking.identifiers.reading import NATIVE_KINDS, Reading

TODAY = date(2026, 11, 23)


def of_kind(text: str, kind: str) -> Reading | None:
    return next((reading for reading in read(text, today=TODAY) if reading.kind == kind), None)


@pytest.mark.parametrize(
    ("text", "kind", "serial"),
    [
        ("490154203237518", "imei", "490154203237518"),
        ("49-015420-323751-8", "imei", "490154203237518"),
        ("49 015420 323751 8", "imei", "490154203237518"),
        ("IMEI2: 490154203237518", "imei", "490154203237518"),
        ("imei:490154203237518", "imei", "490154203237518"),
        ("49015420-323751", "imei", "490154203237518"),
        ("4901542032375102", "imei", "490154203237518"),
        ("A0849DC29A2544", "meid", "A0849DC29A2544"),
        ("a0849dc29a2544c", "meid", "A0849DC29A2544"),
        ("29360 87365 0070 3710 0", "meid", "AF0123450ABCDE"),
        ("8949000000000001230", "iccid", "8949000000000001230"),
        ("ICCID: 8949 0000 0000 0001 230", "iccid", "8949000000000001230"),
        ("89049000000000000000000000012360", "eid", "89049000000000000000000000012360"),
        ("9C:9C:E3:CE:B8:8F", "eui48", "9C9CE3CEB88F"),
        ("9c-9c-e3-ce-b8-8f", "eui48", "9C9CE3CEB88F"),
        ("9c9c.e3ce.b88f", "eui48", "9C9CE3CEB88F"),
        ("WLAN MAC: 9C9CE3CEB88F", "eui48", "9C9CE3CEB88F"),
        ("A0AD.7861.A742.7DC4", "eui64", "A0AD7861A7427DC4"),
        ("1m8gdm9axkp042788", "vin", "1M8GDM9AXKP042788"),
        ("*1M8GDM9AXKP042788*", "vin", "1M8GDM9AXKP042788"),
        ("I1M8GDM9AXKP042788", "vin", "1M8GDM9AXKP042788"),
        ("VIN: WVWZZZ1KZAW000001", "vin", "WVWZZZ1KZAW000001"),
    ],
)
def test_forms_of_one_number(text: str, kind: str, serial: str) -> None:
    found = of_kind(text, kind)
    assert found is not None
    assert found.ok, found.error
    assert found.serial == serial
    assert found.bare


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("490154203237519", "imei"),
        ("8949000000000001231", "iccid"),
        ("89049000000000000000000000012361", "eid"),
        ("01:00:5E:00:00:FB", "eui48"),
        ("FF:FF:FF:FF:FF:FF", "eui48"),
        ("00:00:00:00:00:00", "eui48"),
        ("D0:50:99:84:A2", "eui48"),
        ("D0:50:99:84:A2:G0", "eui48"),
        ("1M8GDM9A1KP042788", "vin"),
        ("1FTXY0BZ80A323884", "vin"),
        ("4T1O55A29NR701469", "vin"),
    ],
)
def test_a_shape_whose_check_fails_is_unsound_and_comes_before_plain_text(text: str, kind: str) -> None:
    readings = read(text, today=TODAY)
    assert readings[0].kind == kind
    assert not readings[0].ok
    assert any(reading.kind == "text" and reading.ok for reading in readings)


@pytest.mark.parametrize(
    "text",
    [
        "35467809123456",
        "12345678901234567",
        "123456789012",
        "1234567890123456",
        "ABCDEFGHIJKLMNOPQ",
        "A1B2C3D4",
        "A12345678901",
        "A1234567890123",
        "A12345678901234",
        "A123456789012345",
    ],
)
def test_a_length_alone_does_not_outrank_plain_text(text: str) -> None:
    readings = read(text, today=TODAY)
    natives = [reading for reading in readings if reading.kind in NATIVE_KINDS]
    place = next(place for place, reading in enumerate(readings) if reading.kind == "text")
    assert all(readings.index(native) > place for native in natives)


@pytest.mark.parametrize(("aim", "text"), [("]C1", "014012345794738"), ("]E0", "490154203237518")])
def test_behind_an_identifier_of_gs1_no_other_number_is_seen(aim: str, text: str) -> None:
    assert not [reading for reading in read(text, aim, today=TODAY) if reading.kind in NATIVE_KINDS]


def test_every_single_wrong_digit_of_an_imei_is_refused() -> None:
    whole = "490154203237518"
    for place in range(15):
        for digit in set("0123456789") - {whole[place]}:
            found = of_kind(whole[:place] + digit + whole[place + 1 :], "imei")
            assert found is not None
            assert not found.ok


def test_the_check_character_of_a_vin_binds_where_the_law_says_so() -> None:
    for first, binds in {"1": True, "5": True, "L": True, "W": False, "J": False, "9": False}.items():
        vin = first + "ZZAA11A0TA000123"
        wanted = vin_check_character(vin)
        wrong = vin[:8] + ("1" if wanted != "1" else "2") + vin[9:]
        found = of_kind(wrong, "vin")
        assert found is not None
        assert found.ok is not binds
        assert found.details["check_mandatory"] is binds
        assert found.details["check_expected"] == wanted


def test_model_year_and_small_makers() -> None:
    found = of_kind("1A93Y02A2PA788705", "vin")
    assert found is not None
    assert found.details["wmi"] == "1A9788"
    assert found.details["model_year"] == 1993


def test_a_locally_administered_address_is_asked_about() -> None:
    found = of_kind("02:00:00:00:00:01", "eui48")
    assert found is not None
    assert found.ok
    assert found.warn
    assert found.details["locally_administered"] is True


def test_structures_of_isbt_128_follow_one_another() -> None:
    (found,) = isbt128("=/A9998XYZ100T0123=,000123=A99982612345600=>027334=}026001", "", TODAY)
    assert found.ok, found.error
    assert found.details["udi_di"] == "A9998XYZ100T0123"
    assert found.details["donation_id"] == "A99982612345600"
    assert (found.serial, found.expiry, found.made) == ("000123", "2027-11-30", "2026-01-01")


@pytest.mark.parametrize(
    "text",
    ["=>027366", "=>127001", "=>02733", "=,000123=,000124", "=/A9998XYZ100T0123=,00012", "&>0273342460"],
)
def test_structures_that_cannot_be_are_refused(text: str) -> None:
    (found,) = isbt128(text, "", TODAY)
    assert not found.ok


@pytest.mark.parametrize("text", ["=SUM(A1)", "=", "&", "A=1"])
def test_other_text_is_no_isbt_128(text: str) -> None:
    assert isbt128(text, "", TODAY) == []
