"""Every text in every language: none missing, the same fields, short enough for the smallest screen."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from config.schema import Screen
from tracking import catalogue
from tracking.catalogue import de, de_words, en, en_words, es, es_words, fr, fr_words
from tracking.phrases import phrase, row_of, task_named
from tracking.printable import cells

MESSAGES = {"de": de.MESSAGES, "fr": fr.MESSAGES, "es": es.MESSAGES}
PROMPTS = {"de": de.PROMPTS, "fr": fr.PROMPTS, "es": es.PROMPTS}
WORDS = {"de": de_words.WORDS, "fr": fr_words.WORDS, "es": es_words.WORDS}
TASKS = {"de": de_words.TASKS, "fr": fr_words.TASKS, "es": es_words.TASKS}
HELP = {"de": de_words.HELP, "fr": fr_words.HELP, "es": es_words.HELP}
OTHERS = tuple(MESSAGES)

SCREEN_CELLS = 38
"""The smallest screen's 40 columns without its edges."""
BANNER_CELLS = 34
KEY_CELLS = 9
"""A soft key where there are four of them on 40 columns."""
MENU_CELLS = 10
WIDE_KEYS = {"key_ack", "key_supervisor", "key_override"}
"""Keys of a stop, which has at most three."""


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def longest(text: str) -> str:
    """A template with the longer form of what is said otherwise of one than of many."""
    return re.sub(
        r"\{(\w+):([^/}]*)/([^}]*)\}",
        lambda found: max(found[2], found[3], key=len).replace("#", f"{{{found[1]}}}"),
        text,
    )


def same_names(ours: Mapping[str, object], english: Mapping[str, object]) -> None:
    assert sorted(set(english) - set(ours)) == [], "missing"
    assert sorted(set(ours) - set(english)) == [], "in no other language"


def test_the_languages_are_those_of_the_setting() -> None:
    assert get_args(get_type_hints(Screen)["language"]) == catalogue.LANGUAGES


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing_and_none_is_in_one_language_only(language: str) -> None:
    same_names(MESSAGES[language], en.MESSAGES)
    same_names(PROMPTS[language], en.PROMPTS)
    same_names(WORDS[language], en_words.WORDS)
    same_names(TASKS[language], en_words.TASKS)
    same_names(HELP[language], en_words.HELP)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_names_the_same_fields_in_every_language(language: str) -> None:
    for code, parts in en.MESSAGES.items():
        for ours, english in zip(MESSAGES[language][code], parts, strict=True):
            assert fields(ours) == fields(english), code
            assert ours.count("|") == english.count("|"), f"{code}: another number of clauses"
            assert bool(ours) == bool(english), code
    for ours_all, english_all in ((PROMPTS, en.PROMPTS), (WORDS, en_words.WORDS)):
        for name, text in english_all.items():
            assert fields(ours_all[language][name]) == fields(text), name
            assert ours_all[language][name], name
    for name, lines in en_words.HELP.items():
        assert len(HELP[language][name]) == len(lines), name
        assert all(HELP[language][name]), name


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_must_be_read_is_never_cut_on_the_smallest_screen(language: str) -> None:
    messages = MESSAGES.get(language, en.MESSAGES)
    long = {code: word for code, (word, _, _) in messages.items() if cells(word) > BANNER_CELLS}
    assert long == {}, "headlines"
    assert {code: do for code, (_, do, _) in messages.items() if cells(do) > SCREEN_CELLS} == {}, "what to do"
    prompts = PROMPTS.get(language, en.PROMPTS)
    asked = {name: longest(text) for name, text in prompts.items() if not name.startswith("card")}
    assert {name: text for name, text in asked.items() if cells(text) > SCREEN_CELLS} == {}, "prompts"
    words = WORDS.get(language, en_words.WORDS)
    keys = {name: text for name, text in words.items() if name.startswith("key_") and name not in WIDE_KEYS}
    assert {name: text for name, text in keys.items() if cells(text) > KEY_CELLS} == {}, "soft keys"
    whole = {name: longest(text) for name, text in words.items()}
    assert {name: text for name, text in whole.items() if cells(text) > catalogue.FIELD_CELLS_MAX} == {}
    tasks = TASKS.get(language, en_words.TASKS)
    assert {name: menu for name, (_, menu, _) in tasks.items() if cells(menu) > MENU_CELLS} == {}, "menu"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_headlines_shout_and_show_no_code_names(language: str) -> None:
    for code, (word, _, _) in MESSAGES.get(language, en.MESSAGES).items():
        plain = word.format_map(dict.fromkeys(fields(word), ""))
        assert plain == plain.upper(), code
        assert "_" not in plain


def test_words_of_ours_are_said_in_the_language_and_data_stay_data() -> None:
    need = phrase("need_serial")
    said = {language: catalogue.message("wrong_kind", {"kind": phrase("kind_badge"), "need": need}, language)
            for language in catalogue.LANGUAGES}  # fmt: skip
    assert said["en"].word == "THAT IS A BADGE"
    assert said["en"].do == "Scan the serial"
    assert said["de"].word == "DAS IST EIN AUSWEIS"
    assert said["de"].do == "Bitte die Seriennummer scannen"
    assert said["fr"].do == "Scannez le numéro de série"
    assert said["es"].word == "ES UNA TARJETA"
    # A label that spells the name of an entry is no entry.
    assert catalogue.message("wrong_kind", {"kind": "kind_badge"}, "de").word == "DAS IST kind_badge"


def test_phrases_hold_data_and_phrases() -> None:
    state = phrase("state_done", done="3", total="{x}\x1b")
    told = phrase("document_state", type=phrase("document_rma"), state=state)
    assert catalogue.say(told, "de") == "Retoure, 3 von {x}␛ fertig"
    assert catalogue.say(row_of("A", "", phrase("flag_held"), between=", "), "es") == "A, bloqueado"
    assert catalogue.say(task_named("receiving"), "fr") == "réception"
    assert not row_of("", "")
    assert catalogue.say(phrase("gone_fishing"), "de") == "gone fishing"


def test_a_reason_of_the_terminal_is_said_in_the_language_and_a_persons_is_not() -> None:
    assert catalogue.reason("damaged", "de") == "beschädigt"
    assert catalogue.reason("fell off the ramp", "de") == "fell off the ramp"


def test_no_two_parts_of_the_catalogue_have_a_word_of_one_name() -> None:
    """The later one would silently stand in the place of the other."""
    parts = [*(vars(en_words)[name] for name in ("_MEANINGS", "_REASONS", "_THINGS", "_ANSWERS", "_SCREEN"))]
    for path in sorted(Path(catalogue.__file__).parent.glob("*.py")):
        module = import_module(f"tracking.catalogue.{path.stem}")
        words = getattr(module, "WORDS", {})
        parts += [words["en"]] if isinstance(words.get("en"), dict) else []
    assert len(parts) > 8
    names = Counter(name for part in parts for name in part)
    assert {name for name, count in names.items() if count > 1} == set()
    assert set(names) == set(en_words.WORDS)
