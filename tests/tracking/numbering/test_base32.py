"""Crockford's base 32."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.numbering import base32
from tracking.numbering.errors import NumberingError


@given(st.integers(0, 32**26 - 1), st.integers(1, 26))
def test_a_number_comes_back(number: int, width: int) -> None:
    text = base32.encode(number, width)
    assert len(text) >= width
    assert set(text) <= set(base32.ALPHABET)
    assert base32.decode(text) == number
    assert base32.decode(text.lower()) == number
    assert base32.canonical("-".join(text)) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("Z", 31), ("10", 32), ("16J", 1234), ("oO", 0), ("iIlL", 33825), ("1-6-j", 1234)],
)
def test_reading_is_lenient_as_the_source_says(text: str, number: int) -> None:
    assert base32.decode(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "-", "U", "1U", "1*", "1~", "1$", "1=", "1 2", "\u0131", "\u017f", "\uff11", "1" * 27, "-" * 100],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberingError):
        base32.decode(text)


@pytest.mark.parametrize(("number", "width"), [(-1, 1), (32**26, 1), (1, 0), (1, 27)])
def test_what_cannot_be_written_is_refused(number: int, width: int) -> None:
    with pytest.raises(NumberingError):
        base32.encode(number, width)
