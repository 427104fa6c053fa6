"""The printed command card: read back from its picture, every symbol is the command that is written on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scanner_app import cli
from scanner_app.label_commands import command_labels
from scanner_app.label_sheet import write_sheet
from scanner_app.workflows.registry import WORKFLOWS
from tracking.catalogue import LANGUAGES
from tracking.identifiers.commands import COMMANDS
from tracking.identifiers.reader import read

TODAY = date(2026, 11, 23)
NOT_ON_THE_CARD = {"location", "look_up", "more", "take_back", "task"}
"""A place has a label of its own, looking up is a task of the card, the rest belongs to a screen."""


def commands_of(texts: list[str]) -> list[tuple[str, str]]:
    found = [read(text, today=TODAY)[0] for text in texts]
    assert [one.error for one in found] == [""] * len(found)
    return [(one.command, one.argument.lower()) for one in found]


def test_every_printed_symbol_is_read_back_as_its_command(tmp_path: Path) -> None:
    zxing = pytest.importorskip("zxingcpp")
    made = command_labels("en")
    pages = write_sheet(made, tmp_path / "card.png", title="card")
    found: list[Any] = [one for page in pages for one in zxing.read_barcodes(Image.open(page).convert("L"))]
    assert sorted(one.text for one in found) == sorted(label.text for label in made)


def test_every_command_task_and_quantity_is_on_the_card() -> None:
    given = commands_of([label.text for label in command_labels("en")])
    assert {name for name, _ in given} == set(COMMANDS) - NOT_ON_THE_CARD
    assert {argument for name, argument in given if name == "workflow"} == set(WORKFLOWS)
    assert [argument for name, argument in given if name == "quantity"] == [str(n) for n in range(1, 13)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_commands_look_alike(language: str) -> None:
    made = command_labels(language)
    words = [label.title for label in made if "WORKFLOW" not in label.text]
    assert len(set(words)) == len(words)
    assert all(label.title for label in made)


def test_the_command_prints_it_in_the_language_of_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCANNER_SCREEN_LANGUAGE", "de")
    out = tmp_path / "card.html"
    assert cli.main(["labels", "--commands", "--out", str(out)]) == 0
    text = out.read_text("utf-8")
    assert "MENGE 12" in text
    assert "%CMD:UNDO" in text
