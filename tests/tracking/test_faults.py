"""Why a code is refused: every sentence of the readers has words in every language, filled with what it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from scanner_app.scanners.reading import understood
from tests.fuzz import inputs
from tests.tracking.identifiers.cases import CASES
from tracking import catalogue
from tracking.catalogue import faults
from tracking.catalogue.faults import matched, told
from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading
from tracking.site import refuse_code

TODAY = date(2026, 11, 23)


def sentences(readings: tuple[Reading, ...]) -> Iterator[str]:
    for reading in readings:
        yield from filter(None, (reading.error, reading.doubt))


def every_fault() -> set[str]:
    """Of the broken codes of the own vectors, and of a share of the fuzzer's."""
    found = {text for case in CASES for text in sentences(read(case.raw, case.symbology_id, today=TODAY))}
    for text, aim in inputs(4000, seed=3):
        found |= set(sentences(understood(text, aim, today=TODAY).readings))
    return found


def test_every_fault_of_the_readers_has_words_of_its_own() -> None:
    found = every_fault()
    assert len(found) > 300
    assert sorted(ascii(fault) for fault in found if matched(fault) is None) == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_fault_is_said_in_english_where_another_language_is_set(language: str) -> None:
    english = {name: text for name, text in faults.WORDS["en"].items() if "{" not in text}
    said = faults.WORDS[language]
    assert language == "en" or [name for name in english if said[name] == english[name]] == []


@pytest.mark.parametrize(
    ("fault", "german"),
    [
        ("(17) with 271332 holds no date", "(17): 271332 ist kein Datum"),
        (
            "(3103) needs (01) or (02) with (37) on the same label",
            "(3103) braucht (01) / (02)+(37) auf demselben Etikett",
        ),
        ("the check character is 'C', 'A' would fit", "Prüfzeichen ist C, A würde passen"),
        ("the check digit is 7, 3 would fit", "Prüfzeichen ist 7, 3 würde passen"),
        ("lot has 20 characters, 18 are allowed", "Charge ist zu kurz oder zu lang"),
        (
            "keyboard layout changed it: scan the calibration card",
            "Tastaturbelegung hat ihn verändert: Kalibrierkarte scannen",
        ),
        ("(10) is there twice with different values", "(10) steht zweimal da"),
        ("no command is called NIX", "kein Befehl heißt NIX"),
        ("something that nobody has foreseen", "nicht so, wie sein Standard es schreibt"),
    ],
)
def test_what_a_fault_names_is_said(fault: str, german: str) -> None:
    assert catalogue.say(told(fault), "de") == german


@pytest.mark.parametrize("text", [" SN-1", "S\x07N", "SÄ-1", "]C1SN", "%CMD:UNDO", "X" * 300])
def test_what_may_not_be_registered_is_said_too(text: str) -> None:
    assert matched(refuse_code(text)) is not None, refuse_code(text)


def test_the_words_are_those_of_the_table() -> None:
    assert {f"fault_{name}" for name, _ in faults.TABLE} == set(faults.WORDS["en"])
