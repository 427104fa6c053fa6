"""Readable in the sun and at night, also for eyes that tell no red from green."""

from __future__ import annotations

import pytest

from scanner_app.tui.glyphs import LEVEL, ascii_twin
from scanner_app.tui.look import CONTRAST_MIN, LOOKS, NIGHT, SUN, Pair, contrast

_CUBE = {0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF}
_PAIRS = [(theme, style) for theme, look in LOOKS.items() for style in look]


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast(Pair("#000000", "#ffffff")) == pytest.approx(21.0)
    assert contrast(Pair("#777777", "#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "style"), _PAIRS)
def test_every_text_stands_out(theme: str, style: str) -> None:
    assert contrast(LOOKS[theme][style]) >= CONTRAST_MIN


@pytest.mark.parametrize(("theme", "style"), _PAIRS)
def test_terminals_with_256_colours_show_the_same(theme: str, style: str) -> None:
    for colour in LOOKS[theme][style][:2]:
        channels = {int(colour[at : at + 2], 16) for at in (1, 3, 5)}
        grey = len(channels) == 1 and (channels.pop() - 8) % 10 == 0
        assert grey or channels <= _CUBE, colour


def test_both_themes_have_every_style() -> None:
    assert SUN.keys() == NIGHT.keys()


def test_the_agreed_colours() -> None:
    assert (SUN["plain"].fg, SUN["plain"].bg) == ("#000000", "#ffffff")
    assert SUN["ok"].fg == SUN["note"].fg == NIGHT["note"].fg == "#000000"
    assert NIGHT["ok"].bg == "#000000"
    assert SUN["stop"] == NIGHT["stop"]


def test_every_verdict_has_a_sign_of_its_own() -> None:
    assert len(set(LEVEL.values())) == len(LEVEL)
    assert len({ascii_twin(glyph) for glyph in LEVEL.values()}) == len(LEVEL)
