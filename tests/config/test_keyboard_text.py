"""Text through two layouts and back: what comes out, what it was, and where that cannot be said."""

from __future__ import annotations

import itertools
import random
import string

import pytest

from config.keyboard_layouts import LAYOUTS
from config.keyboard_text import CANDIDATES_MAX, RETYPINGS, Retyping, meant, typed

CODES = (
    "]C1010952123454321310LOT7\x1d21SN-000123",
    "+A999PUMP1001/$$3271130LOT7/SSN001237",
    "https://example.com/01/09521234543213/21/SN-000123?17=271130",
    "[)>\x1e06\x1d1PPUMP-100\x1dSSN-000123\x1e\x04",
    "%CMD:QUANTITY=12",
    "AC-DE-48-00-01-23",
)
WAYS = [*RETYPINGS, *(Retyping(scanner, "us") for scanner in LAYOUTS if scanner != "us")]


def name(way: Retyping) -> str:
    return f"{way.scanner}-{way.host}{'-caps' if way.caps else ''}"


@pytest.mark.parametrize("way", RETYPINGS, ids=name)
@pytest.mark.parametrize("code", CODES)
def test_what_codes_hold_comes_back(code: str, way: Retyping) -> None:
    shown = typed(code, way)
    assert shown != code or way.host in {"uk", "us"}
    assert meant(shown, way)[0] == code


@pytest.mark.parametrize("way", RETYPINGS, ids=name)
def test_a_us_scanner_can_be_undone_for_certain_in_all_that_numbers_are_made_of(way: Retyping) -> None:
    code = string.ascii_letters + string.digits + "-./%$:,*()_"
    for size in (len(code), 1, 7):
        part = code[:size]
        assert meant(typed(part, way), way) == (part,)


@pytest.mark.parametrize("way", WAYS, ids=name)
def test_every_text_is_among_what_it_can_have_been(way: Retyping) -> None:
    draw = random.Random(name(way))
    alphabet = [chr(code) for code in range(0x20, 0x7F) if typed(chr(code), way)]
    for _ in range(300):
        text = "".join(draw.choices(alphabet, k=draw.randint(1, 12)))
        found = meant(typed(text, way), way)
        assert found == () or text in found
        assert len(found) <= CANDIDATES_MAX
        assert all(typed(one, way) == typed(text, way) for one in found)


def test_dead_keys_join_the_letter_that_follows() -> None:
    german = Retyping("us", "de")
    shown = {"=E": "É", "=x": "´x", "= ": "´", "=1": "´1", "=": "´", "==": "´"}
    assert {text: typed(text, german) for text in shown} == shown
    assert meant("ß´1", german) == ("-=1", "-= 1", "-==1"), "the simplest first"


def test_two_ways_to_the_same_letter_are_both_told() -> None:
    assert set(meant("è", Retyping("us", "ch"))) == {"{", "+e"}


def test_what_no_key_of_the_host_gives_was_not_typed_there() -> None:
    assert meant("SN-1€", Retyping("us", "de")) == ()
    assert meant("SN\u20ac", Retyping("us", "de")) == ()
    assert meant("SNß\x1d\u241d", Retyping("us", "de")) == ("SN-\x1d\u241d",)


def test_a_long_text_of_accents_is_given_up_soon() -> None:
    assert meant("´" * 4096, Retyping("us", "de")) == ()
    assert meant("è" * 4096, Retyping("us", "ch")) == ()


def test_the_ways_of_a_us_scanner_differ_from_one_another() -> None:
    whole = "".join(map(chr, range(0x21, 0x7F)))
    shown = [typed(whole, way) for way in RETYPINGS]
    assert len(set(shown)) == len(RETYPINGS)
    for one, other in itertools.combinations(RETYPINGS, 2):
        assert typed(whole, one) != typed(whole, other)
