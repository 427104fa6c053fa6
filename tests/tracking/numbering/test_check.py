"""Check characters: published values, and what each scheme sees of single errors and swaps, tried out in full."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking import check_characters
from tracking.numbering import base32, check
from tracking.numbering.check import Scheme
from tracking.numbering.errors import NumberingError

SCHEMES = [
    Scheme("mod37_36"),
    Scheme("damm"),
    Scheme("verhoeff"),
    Scheme("luhn"),
    Scheme("luhn", base32.ALPHABET),
    Scheme("luhn", "0123456789abcdef"),
]


@pytest.mark.parametrize(
    ("scheme", "text", "wanted"),
    [
        (Scheme(), "A12425GABC1234002", "M"),
        (Scheme("damm"), "572", "4"),
        (Scheme("verhoeff"), "236", "3"),
        (Scheme("luhn"), "7992739871", "3"),
        (Scheme("luhn", "abcdef"), "abcdef", "e"),
    ],
)
def test_published_examples(scheme: Scheme, text: str, wanted: str) -> None:
    assert check.compute(text, scheme) == wanted
    assert check.append(text, scheme) == text + wanted
    assert check.fits(text + wanted, scheme)


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
@given(data=st.data())
def test_every_single_error_is_seen(scheme: Scheme, data: st.DataObject) -> None:
    text = check.append(data.draw(st.text(scheme.symbols, min_size=1, max_size=24)), scheme)
    place = data.draw(st.integers(0, len(text) - 1))
    for other in set(scheme.symbols) - {text[place]}:
        assert not check.fits(text[:place] + other + text[place + 1 :], scheme)


def swaps_missed(scheme: Scheme, text: str) -> set[tuple[str, str]]:
    """The pairs of neighbours of a sound text that may be swapped unseen, the check character included."""
    return {
        (min(a, b), max(a, b))
        for place, (a, b) in enumerate(pairwise(text))
        if a != b and check.fits(text[:place] + b + a + text[place + 2 :], scheme)
    }


@pytest.mark.parametrize("name", ["damm", "verhoeff"])
@given(text=st.text(check.DIGITS, min_size=1, max_size=24))
def test_damm_and_verhoeff_see_every_swap(name: check.Name, text: str) -> None:
    scheme = Scheme(name)
    assert swaps_missed(scheme, check.append(text, scheme)) == set()


@pytest.mark.parametrize("scheme", [Scheme("luhn"), Scheme("luhn", base32.ALPHABET)], ids=str)
def test_luhn_misses_the_first_with_the_last_symbol_and_no_other(scheme: Scheme) -> None:
    missed: set[tuple[str, str]] = set()
    for a, b, c in product(scheme.symbols, scheme.symbols, scheme.symbols[:4]):
        missed |= swaps_missed(scheme, check.append(c + a + b, scheme))
    assert missed == {(scheme.symbols[0], scheme.symbols[-1])}


def test_mod_37_36_sees_998_of_1000_swaps() -> None:
    """Over every state that the characters before can lead to: a first character stands for each."""
    symbols = check.ALPHANUMERIC
    tried = missed = 0
    for first, a, b in product(symbols, symbols, symbols):
        if a < b:
            tried += 1
            missed += check.compute(first + a + b) == check.compute(first + b + a)
    assert tried == 36 * 630
    assert missed == 36


@pytest.mark.parametrize("alphabet", ["abc", "0123456789A", "aab0", "ab cd ", "", "é1", "a"])
def test_an_alphabet_that_would_miss_errors_is_refused(alphabet: str) -> None:
    scheme = Scheme("luhn", alphabet)
    if not alphabet:  # the scheme's own
        assert check.problem(scheme) == ""
        return
    with pytest.raises(NumberingError):
        check.compute("a", scheme)


def test_an_odd_alphabet_would_indeed_miss_single_errors() -> None:
    from stdnum import luhn

    assert luhn.calc_check_digit("b", "abc") == luhn.calc_check_digit("c", "abc")


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
@pytest.mark.parametrize(
    "text", ["", "1", "\uff15\uff17\uff12\uff14", "\u0665\u0667\u0662\u0664", "5 24", "9" * 5000]
)
def test_what_has_no_check_character_does_not_fit(scheme: Scheme, text: str) -> None:
    assert not check.fits(text, scheme)


def test_an_items_check_takes_ascii_only() -> None:
    assert check_characters.fault("damm", "5724") == ""
    assert check_characters.fault("damm", "\uff15\uff17\uff12\uff14") != ""
    assert check_characters.fault("mod37_36", "A12425GABC1234002M") == ""
    assert check_characters.fault("luhn", "79927398713") == ""
    assert check_characters.fault("luhn", "79927398710") != ""


def test_unknown_schemes_and_foreign_alphabets_are_refused() -> None:
    with pytest.raises(NumberingError, match="no check is called"):
        check.compute("1", Scheme("crc"))  # type: ignore[arg-type]
    with pytest.raises(NumberingError, match="own alphabet"):
        check.fits("12", Scheme("damm", "0123456789"))
