"""The layouts against what is printed on keyboards, and against what people reported of mixed-up scanners."""

from __future__ import annotations

import string

import pytest

from config.keyboard_layouts import LAYOUTS, PLAIN, SHIFT, Layout, Stroke

TYPED_ON = {
    # What a scanner means that presses the keys of a US keyboard, and what the host's layout makes of them.
    "uk": ('@ " # \\ ~ |', '" @ £ # ¬ ~'),
    "de": ("- _ / ? y Z [ ] ; ' = + \" < & ( ) { }", "ß ? - _ z Y ü + ö ä ´ ` Ä ; / ) = Ü *"),
    "fr": ("0 1 2 3 4 5 6 7 8 9 - A q Z w M ; , . / !", "à & é \" ' ( - è _ ç ) Q a W z ? m ; : ! 1"),
    "es": ("- = [ ; / @ # & ( ) ? \\ `", "' ¡ ` ñ - \" · / ) = _ ç º"),
    "it": ("- = [ ] ; ' \\ / # { @ `", "' ì è + ò à ù - £ é \" \\"),
    "ch": ("- = [ ] ; ' \\ / @ # ! y { +", "' ^ ü ¨ ö ä $ - \" * + z è `"),
}


@pytest.mark.parametrize("host", TYPED_ON)
def test_the_keys_of_a_us_scanner_on_another_host(host: str) -> None:
    meant, shown = (text.split() for text in TYPED_ON[host])
    keys = LAYOUTS["us"].strokes
    assert [LAYOUTS[host].at(keys[character]) for character in meant] == shown


def test_a_code_that_was_reported_from_a_french_host() -> None:
    keys = LAYOUTS["us"].strokes
    assert "".join(LAYOUTS["fr"].at(keys[one]) for one in "004HQ3NIDBVD") == "àà'HA\"NIDBVD"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_types_all_that_a_code_can_hold(layout: Layout) -> None:
    assert set(map(chr, range(0x20, 0x7F))) <= layout.strokes.keys()
    for character, stroke in layout.strokes.items():
        assert layout.at(stroke) == character


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_caps_lock_turns_letters_and_no_other_character(layout: Layout) -> None:
    for letter in string.ascii_letters:
        assert layout.at(layout.strokes[letter], caps=True) == letter.swapcase()
    for other in string.digits + "-_./%$+*()[]{}":
        assert layout.at(layout.strokes[other], caps=True) == other


def test_caps_lock_on_letters_that_share_their_key_with_a_digit() -> None:
    e_acute, sharp_s, u_umlaut = 3, 12, 26
    french, german = LAYOUTS["fr"], LAYOUTS["de"]
    assert [french.at(Stroke(e_acute, level), caps=True) for level in (PLAIN, SHIFT)] == ["É", "2"]
    assert [german.at(Stroke(sharp_s, level), caps=True) for level in (PLAIN, SHIFT)] == ["ẞ", "?"]
    assert [german.at(Stroke(u_umlaut, level), caps=True) for level in (PLAIN, SHIFT)] == ["Ü", "ü"]


def test_dead_keys() -> None:
    dead = {name: {layout.at(stroke) for stroke in layout.dead} for name, layout in LAYOUTS.items()}
    assert dead["us"] == dead["uk"] == dead["it"] == set()
    assert dead["de"] == {"^", "´", "`"}
    assert dead["fr"] == {"^", "¨"}
    assert dead["es"] == {"^", "´", "`", "¨"}
    assert dead["ch"] == {"^", "´", "`", "¨", "~"}
