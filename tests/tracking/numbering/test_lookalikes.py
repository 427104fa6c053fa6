"""Serial numbers that a person would take for each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.numbering import check, lookalikes
from tracking.numbering.errors import NumberingError
from tracking.numbering.lookalikes import LookAlikes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A0", "AO"),
        ("SN-1", "SN-I"),
        ("SN-1", "SN-l"),
        ("B5", "85"),
        ("5S", "S5"),
        ("Z2", "22"),
        ("ab", "AB"),
    ],
)
def test_look_alikes_have_one_key(one: str, other: str) -> None:
    assert lookalikes.key(one) == lookalikes.key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("A1", "A2"), ("A0", "A00"), ("A-1", "A1"), ("A4", "AA"), ("D", "0")]
)
def test_others_have_not(one: str, other: str) -> None:
    assert lookalikes.key(one) != lookalikes.key(other)


def test_collisions_within_an_item_are_found_in_order() -> None:
    serials = ["A0", "X1", "AO", "A0", "XI", "Y7", "Xl", "ao"]
    assert lookalikes.collisions(serials) == (("A0", "AO", "ao"), ("X1", "XI", "Xl"))
    assert lookalikes.collisions(["A0", "A0"]) == ()


def test_the_other_one_is_named_and_itself_is_not() -> None:
    known = lookalikes.index(["A0", "B7"])
    assert lookalikes.confused_with("AO", known) == "A0"
    assert lookalikes.confused_with("A0", known) == ""
    assert lookalikes.confused_with("87", known) == "B7"
    assert lookalikes.confused_with("C9", known) == ""


def test_groups_and_case_are_a_choice() -> None:
    strict = LookAlikes(groups=("0O", "uv"), fold_case=False)
    assert lookalikes.collisions(["A0", "a0", "AO", "A1", "AI", "u", "v"], strict) == (
        ("A0", "AO"),
        ("u", "v"),
    )
    small = LookAlikes(groups=("1il", "uv"))
    assert lookalikes.key("UIV", small) == lookalikes.key("V1U", small)


@pytest.mark.parametrize("groups", [("0O", "OQ"), ("0",), ("",), ("aA",), ("0\u041e",), ("0O", "0o")])
def test_groups_that_contradict_are_refused(groups: tuple[str, ...]) -> None:
    with pytest.raises(NumberingError):
        lookalikes.key("A", LookAlikes(groups=groups))


@given(st.text(check.ALPHANUMERIC, min_size=1, max_size=12), st.data())
def test_with_a_check_character_one_look_alike_alone_is_never_sound(body: str, data: st.DataObject) -> None:
    serial = check.append(body)
    place = data.draw(st.integers(0, len(serial) - 1))
    twin = next((group for group in lookalikes.DEFAULT.groups if serial[place] in group), serial[place])
    for char in twin:
        other = serial[:place] + char + serial[place + 1 :]
        assert lookalikes.key(other) == lookalikes.key(serial)
        assert other == serial or not check.fits(other)
