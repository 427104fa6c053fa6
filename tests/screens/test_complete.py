"""The catalogue of screens has them all: every task, every prompt, every kind of banner, every page."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from scanner_app.tui.paint.pages import PAGE_KEYS
from scanner_app.workflows.registry import WORKFLOWS
from tests.screens import stage
from tests.screens.stage import Shown
from tracking.catalogue import LANGUAGES, en, enroll_words

NO_SCREEN = re.compile("card")
"""Prompts that are words of the calibration card, not what a screen asks for."""


@pytest.fixture(scope="module")
def screens() -> list[Shown]:
    return [shown for path in stage.scripts() for shown in stage.reached(path, "en")]


def test_every_screen_has_a_name_of_its_own(screens: list[Shown]) -> None:
    assert {
        name: count for name, count in Counter(shown.name for shown in screens).items() if count > 1
    } == {}


def test_every_task_and_page_and_kind_of_banner_is_there(screens: list[Shown]) -> None:
    assert {shown.view.workflow for shown in screens} == set(WORKFLOWS)
    assert {shown.local.page for shown in screens} >= set(PAGE_KEYS)
    levels = {shown.view.banner.level for shown in screens if shown.view.banner is not None}
    assert levels == {"ok", "note", "stop", "none", "complete", "repeat"}
    assert {shown.view.link for shown in screens} == {"online", "offline", "none"}
    helped = {shown.view.workflow for shown in screens if shown.local.page == "help"}
    assert helped == set(WORKFLOWS)
    assert any(shown.view.waiting > 1 for shown in screens)
    assert any(shown.local.refused for shown in screens)
    assert any(shown.view.secret and shown.local.entry for shown in screens)
    assert {shown.local.theme for shown in screens} == {"sun", "night"}
    assert {shown.camera for shown in screens} == {"", "aimed", "read"}


def test_every_word_of_an_enrolment_is_on_some_screen(screens: list[Shown]) -> None:
    """Told by a handheld that no site was ever loaded into."""
    told = [shown.view.hint for shown in screens if not shown.view.site]
    missing = [
        name
        for name, template in enroll_words.WORDS["en"].items()
        if not any(_as_regex(template).search(text) for text in told)
    ]
    assert missing == []


def test_every_prompt_is_asked_on_some_screen(screens: list[Shown]) -> None:
    asked = {shown.view.prompt for shown in screens}
    missing = [
        name
        for name, template in en.PROMPTS.items()
        if not NO_SCREEN.match(name) and not any(_as_regex(template).fullmatch(text) for text in asked)
    ]
    assert missing == []


def _as_regex(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+(?::[^}]*)?\}", template)
    return re.compile(".+".join(map(re.escape, parts)))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_scripts_lead_to_the_same_screens_in_every_language(language: str, screens: list[Shown]) -> None:
    there = [shown for path in stage.scripts() for shown in stage.reached(path, language)]
    assert [(shown.name, shown.code) for shown in there] == [(shown.name, shown.code) for shown in screens]
