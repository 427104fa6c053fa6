"""Envelopes of ISO/IEC 15434: formats, data identifiers, damaged separators."""

from __future__ import annotations

from datetime import date

import pytest

from tracking.identifiers.data_identifiers import ppn_fits
from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading

TODAY = date(2026, 11, 23)


def envelope(*fields: str, form: str = "06") -> str:
    return "[)>\x1e" + form + "\x1d" + "\x1d".join(fields) + "\x1e\x04"


def best(text: str, symbology_id: str = "") -> Reading:
    return read(text, symbology_id, today=TODAY)[0]


def test_fields_are_named() -> None:
    found = best(
        envelope("PP-7", "1PQ-8", "Q12", "1TL9", "SS1", "KPO1", "4LDE", "9D2601", "16D20260105"), "]d1"
    )
    assert (found.kind, found.serial, found.lot, found.quantity, found.made) == (
        "unit",
        "S1",
        "L9",
        12,
        "2026-01-05",
    )
    assert found.details["customer_part"] == "P-7"
    assert found.details["supplier_part"] == "Q-8"
    assert found.details["customer_po"] == "PO1"
    assert found.details["date_code"] == "2601"
    assert not found.warn


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (envelope("s1"), "small letter"),
        (envelope("-1"), "no data identifier"),
        (envelope("Q1A"), "no number"),
        (envelope("SA", "SB"), "twice"),
        (envelope("9D2654"), "week"),
        (envelope("14D20261301"), "no date"),
        (envelope("8P09521234543214"), "check digit"),
        (envelope("9N110375286415"), "check digits"),
        (envelope("9N110375286414", "8P09521234543213"), "twice"),
        (envelope(""), "no field"),
        (envelope("S1", form="99"), "no format"),
        (envelope("S1", form="03"), "no identifiers"),
        (envelope("AB 1", form="12"), "no text element"),
        (envelope("0109521234543214", form="05"), "check digit"),
        ("[)>\x1e061P1\x1e\x04", "come RS"),
        ("[)>", "come RS"),
        ("[)>@06@S1@@", "come RS"),
        (envelope(*(f"{n}Z1" for n in range(61))), "more than"),
    ],
)
def test_what_cannot_be_is_refused(text: str, why: str) -> None:
    found = best(text)
    assert not found.ok
    assert why in found.error


@pytest.mark.parametrize(
    "text",
    [
        envelope("1PA", "SB")[:-2],
        envelope("1PA", "SB").replace("\x1e", "{RS}").replace("\x1d", "{GS}").replace("\x04", "{EOT}"),
        envelope("1PA", "SB").replace("\x1e", "<RS>").replace("\x1d", "<GS>").replace("\x04", "<EOT>"),
        envelope("1PA", "SB").replace("\x1e", "[RS]").replace("\x1d", "[GS]").replace("\x04", "[EOT]"),
        envelope("1PA", "SB").replace("\x1e", r"\x1e").replace("\x1d", r"\x1d").replace("\x04", r"\x04"),
        envelope("1PA", "SB").replace("\x1e", "\u241e").replace("\x1d", "\u241d").replace("\x04", "\u2404"),
        envelope("1PA", "SB").replace("\x1e", "^").replace("\x1d", "]").replace("\x04", "d"),
        envelope("1PA", "SB").replace("\x1e", "^^").replace("\x1d", "^]").replace("\x04", "^D"),
        ">[)>06\x1d1PA\x1dSB",
        "[)>06\x1d1PA\x1dSB\x1e\x04",
        "1PA\x1dSB",
    ],
)
def test_damage_that_can_be_undone_is_read_and_asked_about(text: str) -> None:
    found = best(text)
    assert found.ok, found.error
    assert (found.serial, found.details["supplier_part"]) == ("B", "A")
    assert found.warn


def test_several_formats_in_one_envelope_are_one_label() -> None:
    found = best("[)>\x1e05\x1d0109521234543213\x1e06\x1dSSN7\x1e\x04")
    assert (found.gtin, found.serial) == ("09521234543213", "SN7")


@pytest.mark.parametrize(
    ("fields", "form", "uii", "construct"),
    [
        (("17V1ABC2", "S7"), "06", "D1ABC27", 1),
        (("17V1ABC2", "1PP", "S7"), "06", "D1ABC2P7", 2),
        (("12V123456789", "S7"), "06", "UN1234567897", 1),
        (("18S1ABC27",), "06", "D1ABC27", 1),
        (("25SUN1234567897",), "06", "UN1234567897", None),
        (("MFR 1ABC2", "SER 7"), "12", "D1ABC27", 1),
        (("MFR 1ABC2", "PNO P", "SEQ 7"), "12", "D1ABC2P7", 2),
        (("USN 1ABC27",), "12", "D1ABC27", 1),
    ],
)
def test_unique_item_identifiers(fields: tuple[str, ...], form: str, uii: str, construct: int | None) -> None:
    found = best(envelope(*fields, form=form))
    assert found.details["uii"] == uii
    assert found.details.get("iuid") == construct
    assert found.serial


def test_a_plain_date_is_the_expiry_only_where_the_pharmacies_rules_hold() -> None:
    assert best(envelope("SX", "D271130")).expiry == ""
    assert best(envelope("9N110375286414", "D271100")).expiry == "2027-11-30"


def test_check_digits_of_a_ppn() -> None:
    assert ppn_fits("110375286414")
    assert not ppn_fits("110375286441")
    assert not ppn_fits("1103")


def test_a_plate_is_a_container_and_an_order_a_document() -> None:
    assert best(envelope("1JUN123456789ABC")).kind == "container"
    assert best(envelope("KPO-1")).kind == "document"


@pytest.mark.parametrize(
    ("text", "aim", "kind"),
    [
        ("1PABC-123", "]C0", "item"),
        ("Q250", "]A0", "item"),
        ("S123456789", "]A0", "unit"),
        ("1TLOT7", "]C0", "lot"),
        ("KPO4711", "]A0", "document"),
        ("SN-000123", "]C0", "text"),
        ("SN-000123", "]A0", "text"),
        ("PUMP-100", "]C0", "text"),
        ("Q25A", "]A0", "text"),
        ("1PABC-123", "", "text"),
        ("S123456789", "", "text"),
        ("1PABC-123", "]Q1", "text"),
    ],
)
def test_one_identifier_alone_is_believed_only_in_a_linear_code(text: str, aim: str, kind: str) -> None:
    readings = read(text, aim, today=TODAY)
    assert readings[0].kind == kind
    if kind != "text":
        assert readings[0].warn
        assert readings[0].bare
        assert any(reading.kind == "text" for reading in readings)


@pytest.mark.parametrize("text", ["QTY:1 PN:WBP PO:1/1", "{pbn:P1,on:S1,pc:C1,qty:2}"])
def test_a_distributors_own_label_is_named_and_not_taken_for_a_serial(text: str) -> None:
    assert not best(text, "]Q1").ok
