"""From a scan's text to its readings: never an exception, always a reason, the soundest first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.identifiers.commands import COMMANDS
from tracking.identifiers.reader import TEXT_CHARS_MAX, read, split_aim
from tracking.identifiers.reading import KINDS, NATIVE_KINDS, Reading
from tracking.printable import printable
from tracking.site import COMMAND_PREFIX

TODAY = date(2026, 11, 23)
GS = "\x1d"
AIM = st.sampled_from(["", "]C1", "]C0", "]d2", "]d1", "]Q3", "]e0", "]E0", "]E4", "]A0", "]X9", "nonsense"])
LIKE_CODES = st.lists(
    st.sampled_from([
        "01", "09521234543213", "21", "SN-1", "10", "LOT", "17", "280131", "00", "280100", GS, "%CMD:", "UNDO", "=",
        "]C1", "]d2", "\r", " ", "37", "12", "5901234123457", "8003", "414", "400", "é", "\x00", "(01)",
    ]),
    max_size=8,
).map("".join)  # fmt: skip


def best(text: str, symbology_id: str = "") -> Reading:
    return read(text, symbology_id, today=TODAY)[0]


@given(st.one_of(st.text(max_size=60), LIKE_CODES), AIM)
def test_reading_never_raises_and_always_answers(text: str, symbology_id: str) -> None:
    readings = read(text, symbology_id, today=TODAY)
    assert readings
    for reading in readings:
        assert reading.kind in {*KINDS, *NATIVE_KINDS}
        assert reading.ok == (not reading.error)
        assert reading.reason
        assert printable(reading.error, None).isprintable()


@given(st.binary(max_size=60))
def test_any_bytes_are_an_answer(raw: bytes) -> None:
    assert read(raw.decode("utf-8", "replace"), today=TODAY)


@pytest.mark.parametrize(
    ("text", "symbology_id", "expected"),
    [
        ("0109521234543213", "]C1", {"kind": "item", "gtin": "09521234543213"}),
        ("]C10109521234543213", "", {"kind": "item", "gtin": "09521234543213"}),
        ("0109521234543213", "", {"kind": "item", "gtin": "09521234543213"}),
        (f"010952123454321310L1{GS}21SN-1", "]d2", {"kind": "unit", "serial": "SN-1", "lot": "L1"}),
        (f"{GS}010952123454321321SN-1", "", {"kind": "unit", "serial": "SN-1"}),
        ("010952123454321317280131", "]C1", {"expiry": "2028-01-31"}),
        ("010952123454321317280200", "]C1", {"expiry": "2028-02-29"}),
        ("010952123454321311260101", "]C1", {"made": "2026-01-01"}),
        ("21SN-1", "]C1", {"kind": "unit", "serial": "SN-1", "partial": True}),
        ("10L1", "]C1", {"kind": "lot", "lot": "L1", "partial": True}),
        ("17280131", "]C1", {"kind": "lot", "expiry": "2028-01-31", "partial": True}),
        ("00395212345432106662", "]C1", {"kind": "container", "sscc": "395212345432106662"}),
        (
            "0209521234543213376",
            "]C1",
            {"kind": "container", "content_gtin": "09521234543213", "quantity": 6},
        ),
        ("0109521234543213306", "]C1", {"kind": "item", "quantity": 6}),
        ("5901234123457", "", {"kind": "item", "gtin": "05901234123457"}),
        ("5901234123457", "]E0", {"kind": "item", "gtin": "05901234123457"}),
        ("036000291452", "", {"kind": "item", "gtin": "00036000291452"}),
        ("96385074", "", {"kind": "item", "gtin": "00000096385074"}),
        ("01234565", "]E0", {"kind": "item", "gtin": "00012345000065"}),
        ("395212345432106662", "", {"kind": "container", "sscc": "395212345432106662"}),
        ("400ORDER-7", "]C1", {"kind": "document"}),
        ("SN-1", "", {"kind": "text", "text": "SN-1"}),
        ("SN-1\r\n", "", {"kind": "text", "text": "SN-1"}),
        ("%CMD:UNDO", "", {"kind": "command", "command": "undo"}),
        ("%cmd:Quantity=12", "", {"kind": "command", "command": "quantity", "argument": "12"}),
        ("%CMD:HOLD=wet box ", "", {"kind": "command", "command": "hold", "argument": "wet box"}),
    ],
)
def test_sound_codes(text: str, symbology_id: str, expected: dict[str, object]) -> None:
    reading = best(text, symbology_id)
    assert reading.usable, reading.error  # half a label is no fault, it waits for its partner
    assert {name: getattr(reading, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "symbology_id", "layer"),
    [
        ("0109521234543210", "]C1", "content"),
        ("00395212345432106660", "]C1", "content"),
        ("0109521234543213172813", "]C1", "syntax"),
        ("010952123454321317281301", "]C1", ""),
        ("", "]C1", ""),
        ("0109", "]C1", "syntax"),
        ("hello", "]C1", "syntax"),
        ("5901234123450", "]E0", ""),
        ("SN-\ufffd", "", ""),
        ("SN\x1b[2J", "", ""),
        ("SN\x9b", "", ""),
        ("A" * (TEXT_CHARS_MAX + 1), "", ""),
        ("%CMD:EXPLODE", "", ""),
        ("%CMD:", "", ""),
        ("   ", "", ""),
        (f"SN{GS}1", "", ""),
    ],
)
def test_unsound_codes_say_why(text: str, symbology_id: str, layer: str) -> None:
    reading = best(text, symbology_id)
    assert not reading.ok
    assert reading.error
    assert not layer or reading.layer == layer


def test_twice_with_different_values_is_no_association() -> None:
    reading = best(f"10L1{GS}10L2", "]C1")
    assert (reading.ok, reading.layer) == (False, "association")


def test_an_aim_id_that_says_plain_is_believed() -> None:
    assert best("0109521234543213", "]C0").kind in {"text", "item"}
    assert best("0109521234543213", "]C0").elements == {}
    assert all(reading.kind == "text" for reading in read("010952123454321321SN-1", "]d1", today=TODAY))


def test_thirteen_digits_may_be_a_plain_serial_too() -> None:
    kinds = [reading.kind for reading in read("5901234123457", today=TODAY)]
    assert (kinds[0], kinds[-1]) == ("item", "text")
    broken = read("5901234123450", today=TODAY)
    assert ("item", False) in {(reading.kind, reading.ok) for reading in broken}
    assert ("text", True) in {(reading.kind, reading.ok) for reading in broken}


def test_all_zeroes_are_doubted() -> None:
    assert best("0000000000000").warn


def test_the_aim_id_is_taken_off_once() -> None:
    assert split_aim("]C1X", "") == ("X", "]C1")
    assert split_aim("]C1X", "]d2") == ("]C1X", "]d2")
    assert split_aim("]?1X", "") == ("]?1X", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_card(name: str) -> None:
    assert best(f"{COMMAND_PREFIX}{name.upper()}").command == name


def test_printed_brackets_are_the_same_elements() -> None:
    assert best("(01)09521234543213(21)SN-1").serial == "SN-1"
