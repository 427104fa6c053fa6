"""Anything at all may be scanned: a reading comes back, bounded, and never an exception."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner_app.commands.read import answer
from scanner_app.commands.standards import EXAMPLES
from scanner_app.scanners.reading import understood
from tracking.identifiers.reader import TEXT_CHARS_MAX, read
from tracking.identifiers.reading import KINDS, NATIVE_KINDS, Reading

TODAY = date(2026, 11, 23)
AIMS = (
    "",
    "]C0",
    "]C1",
    "]A0",
    "]d1",
    "]d2",
    "]E0",
    "]E4",
    "]I1",
    "]Q1",
    "]Q3",
    "]e0",
    "]J1",
    "]zB",
    "]X0",
    "]",
)
PIECES = "0123456789AZaz+$/=&,>[]().-:%^ {}|~\x1d\x1e\x04\u241d\u00e8\u00df\uff11\ufffd\r\n\x00\U0001f4e6"
READINGS_MAX = 12
"""More shapes than one text can have at once."""


def holds(text: str, aim: str) -> None:
    """What must hold for every scan."""
    bounded(read(text, aim, today=TODAY))
    readings = understood(text, aim, today=TODAY).readings
    bounded(readings)
    row = answer({"id": 0, "raw": text, "symbology_id": aim}, TODAY)
    assert row["ok"] is readings[0].ok


def bounded(readings: tuple[Reading, ...]) -> None:
    """What every set of readings is."""
    assert 1 <= len(readings) <= READINGS_MAX
    for reading in readings:
        assert reading.kind in KINDS or reading.kind in NATIVE_KINDS
        assert reading.reason
        assert len(reading.elements) <= 100
        assert all(isinstance(value, str) for value in reading.elements.values())
        assert len(reading.error) <= TEXT_CHARS_MAX * 2


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60), st.sampled_from(AIMS))
def test_any_text(text: str, aim: str) -> None:
    holds(text, aim)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=PIECES, max_size=80), st.sampled_from(AIMS))
def test_text_of_the_characters_that_mean_something(text: str, aim: str) -> None:
    holds(text, aim)


def mutated(text: str, chance: random.Random) -> str:
    """One to three small damages: dropped, doubled, swapped, replaced, cut, repeated, changed in case."""
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(text) + 1)
        text = chance.choice(
            (
                text[:place] + text[place + 1 :],
                text[:place] + text[place : place + 1] * 2 + text[place + 1 :],
                text[:place] + chance.choice(PIECES) + text[place + 1 :],
                text[:place] + chance.choice(PIECES) + text[place:],
                text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :],
                text[:place],
                text[place:],
                text + text[:place],
                text.swapcase(),
                text[:place] + chance.choice(EXAMPLES).text + text[place:],
            )
        )
    return text


def test_mutations_of_every_example() -> None:
    chance = random.Random(20261123)
    for example in EXAMPLES:
        for _ in range(100):
            holds(mutated(example.text, chance), chance.choice((example.symbology_id, *AIMS)))


def test_the_longest_texts_are_read_or_refused_without_harm() -> None:
    for piece in (
        "0",
        "A",
        "+",
        "=",
        "(01)",
        "\x1d",
        "[)>\x1e06\x1d",
        "S1\x1d",
        "/",
        "http://a/01/",
        "00:",
        "{a:b,",
        "+A",
    ):
        holds((piece * TEXT_CHARS_MAX)[:TEXT_CHARS_MAX], "")
        holds(("[)>\x1e06\x1d" + piece * TEXT_CHARS_MAX)[:TEXT_CHARS_MAX], "]d1")
        holds((piece * TEXT_CHARS_MAX)[:TEXT_CHARS_MAX], "]C1")
