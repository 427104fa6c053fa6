"""Nothing that a terminal would obey gets through, nothing takes more room than it was given."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.printable import CELLS_MAX, cells, cut_middle, printable

ANY = st.text(st.characters(codec=None, categories=None), max_size=300)
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Mc", "Me"}


@given(ANY)
def test_nothing_that_is_obeyed_survives(text: str) -> None:
    shown = printable(text)
    assert not [char for char in shown if unicodedata.category(char) in FORBIDDEN or ord(char) < 0x20]
    shown.encode("utf-8")


@given(ANY, st.integers(0, 60))
def test_the_room_is_kept(text: str, room: int) -> None:
    assert cells(printable(text, room)) <= room
    assert cells(printable(text)) <= CELLS_MAX


@given(ANY)
def test_what_was_made_printable_stays_as_it_is(text: str) -> None:
    shown = printable(text, None)
    assert printable(shown, None) == shown


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=CELLS_MAX))
def test_plain_text_is_left_alone(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SN\x1b[2J\x1d1", "SN␛[2J␝1"),
        ("\x00\x7f\r\n", "␀␡␍␊"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eSN-1", "\\u202eSN-1"),
        ("SN\u200b1", "SN\\u200b1"),
        ("SN\u00a01", "SN\\xa01"),
        ("e\u0301", "e\\u0301"),
        ("[/]", "[/]"),
        ("Größe", "Größe"),
    ],
)
def test_what_is_shown_instead(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_serial_keeps_both_ends() -> None:
    assert cut_middle("SN-00000000004711", 12) == "SN-00…004711"
    assert printable("A" * 10**6 + "4711", 20).endswith("4711")


def test_wide_characters_take_two_cells() -> None:
    assert cells("泵") == 2
    assert cells(cut_middle("泵" * 40, 11)) <= 11
