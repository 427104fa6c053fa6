"""What may not be registered, all reasons at once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking import site
from tracking.numbering import lookalikes
from tracking.numbering.patterns import compile_pattern
from tracking.numbering.registration import Refusals, review
from tracking.site import Item

PLAIN = Refusals()


@pytest.mark.parametrize("serial", ["SN-000123", "0", "a_b", "HA2648300042X", "+1", "A" * 20])
def test_a_good_serial_number_is_taken_without_a_word(serial: str) -> None:
    assert review(serial, PLAIN).blocks == ()
    assert review(serial, PLAIN).warnings == ()


@pytest.mark.parametrize(
    ("serial", "part"),
    [
        ("", "is empty"),
        ("x" * 201, "longer than 200"),
        (" A", "begins or ends with a blank"),
        ("A\u00a0", "begins or ends with a blank"),
        ("A\x1dB", "U+001D (control character)"),
        ("A\x85B", "U+0085 (control character)"),
        ("\uff11\uff12", "U+FF11 (fullwidth digit one), U+FF12 (fullwidth digit two)"),
        ("A\u200bB", "U+200B (zero width space)"),
        ("A\u0430", "cyrillic small letter a"),
        ("\udc80A", "U+DC80 (without a name)"),
        ("%CMD:UNDO", "kept for command barcodes"),
        ("%cmd:x", "kept for command barcodes"),
        ("]C0%CMD:UNDO", "kept for command barcodes"),
        ("]C1AB", "symbology identifier"),
    ],
)
def test_what_may_not_be_one_says_why(serial: str, part: str) -> None:
    result = review(serial, PLAIN)
    assert not result.ok
    assert any(part in reason for reason in result.blocks), result


@pytest.mark.parametrize("serial", ["OP-7", "op-7", "]C0OP-7", "OP-9"])
def test_badges_are_no_serial_numbers(serial: str) -> None:
    against = Refusals(badges=frozenset({"OP-7"}), badge_prefixes=("op-", ""))
    assert any("badge" in reason for reason in review(serial, against).blocks)
    assert review("SN-1", against).ok


def test_what_reads_as_something_else_is_worth_a_look() -> None:
    assert review("09521234543213", PLAIN).warnings == (
        "The serial number also reads as an item number, so that a terminal may have to ask.",
    )
    assert "as a container" in review("109521230000000016", PLAIN).warnings[0]


@pytest.mark.parametrize(
    ("serial", "part"), [("A" * 21, "21 characters"), ("A#B C", "cannot carry: # blank")]
)
def test_ai_21_warns_blocks_or_says_nothing(serial: str, part: str) -> None:
    assert part in review(serial, Refusals(ai_21="warn")).warnings[0]
    assert part in review(serial, Refusals(ai_21="block")).blocks[0]
    assert review(serial, Refusals(ai_21="off")) == review("A", PLAIN)


def test_pattern_shape_and_check_of_the_item() -> None:
    pattern = compile_pattern("{seq:5}{check:damm}")
    assert review("005724", Refusals(pattern=pattern)).ok
    assert "that check character does not fit" in review("005725", Refusals(pattern=pattern)).blocks[0]
    block = Item(item="M", serial_pattern="^\\d{6}$", check="damm", check_policy="block")
    assert review("005724", Refusals(item=block)).ok
    assert len(review("00572", Refusals(item=block)).blocks) == 2
    warn = Item(item="M", check="damm", check_policy="warn")
    assert review("005725", Refusals(item=warn)).warnings == (
        "The serial number fails the check of M: the check character does not fit.",
    )
    assert review("005725", Refusals(item=Item(item="M", check="damm"))).warnings == ()
    car = Item(item="CAR", check="vin", check_policy="block")
    assert review("WVWZZZ1JZXW000001", Refusals(item=car)).ok  # outside North America it only warns
    assert not review("1M8GDM9A0KP042788", Refusals(item=car)).ok


def test_look_alikes_within_the_item() -> None:
    known = lookalikes.index(["SN-100"])
    assert review("SN-1O0", Refusals(known=known)).blocks == (
        "The serial number looks like SN-100, which is registered for this item.",
    )
    assert review("SN-1O0", Refusals(known=known, alike_severity="warn")).ok
    assert review("SN-1O0", Refusals(known=known, alike_severity="off")).warnings == ()
    assert not review("SN-100", Refusals(known=known, alike_severity="off")).ok
    assert review("SN-101", Refusals(known=known)).ok


def test_all_reasons_come_at_once() -> None:
    item = Item(item="PUMP-100", serial_pattern="^SN-\\d{6}$", check="mod37_36", check_policy="block")
    result = review(" %CMD:\uff11\x07#234567890123456", Refusals(item=item, ai_21="block"))
    assert len(result.blocks) == 8
    assert all(reason.startswith("The serial number ") and reason.endswith(".") for reason in result.blocks)


@given(st.text(max_size=260))
def test_any_text_gets_an_answer_that_can_be_shown(text: str) -> None:
    against = Refusals(
        item=Item(item="M", serial_pattern="^[A-Z]+$", check="mod37_36", check_policy="block"),
        pattern=compile_pattern("{seq:5}{check}"),
        badges=frozenset({"OP-7"}),
    )
    result = review(text, against)
    for reason in result.blocks + result.warnings:
        assert reason.isascii()
        assert reason.isprintable()


@pytest.mark.parametrize("serial", ["\uff11\uff12\uff13", "A\u200bB", "A\u00a0B"])
def test_a_site_file_with_such_a_unit_is_refused_by_name(serial: str) -> None:
    data = {"site": "HAM", "items": [{"item": "P"}], "units": [{"item": "P", "serial": serial}]}
    with pytest.raises(site.SiteError, match=r"serial .* contains U\+.*only ASCII"):
        site.load(json.dumps(data).encode())
    data["units"] = [{"item": "P", "serial": "SN 1"}]
    assert site.load(json.dumps(data).encode()).units[0].serial == "SN 1"
