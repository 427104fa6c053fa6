"""For every stop that may be waived, in every task: a story in which a supervisor does, and what is written of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios import story
from tracking.waivers import WAIVERS

FOLDER = story.FOLDER / "override"
CASES = sorted((task, code) for code, waiver in WAIVERS.items() for task in waiver.tasks)


def test_every_waiver_has_its_story() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {f"{task}_{code}" for task, code in CASES}


@pytest.mark.parametrize(("task", "code"), CASES)
def test_the_supervisor_takes_it_and_the_event_says_so(task: str, code: str, tmp_path: Path) -> None:
    rows, wrong = story.play(story.read_story(FOLDER / f"{task}_{code}.txt"), tmp_path)
    assert wrong == []
    assert code in [row["code"] for row in rows[:-1]], "it stopped first"
    events = [event for row in rows[:-1] for event in row["events"] if event.get("waived")]
    assert {(e["waived"], e["supervisor"], e["operator"], e["reason"].split("; ")[-1]) for e in events} == {
        (code, "SV-2", "OP-7", "office")
    }
    assert {event["task"] for event in events} == {task}


@pytest.mark.parametrize(("task", "code"), CASES)
def test_where_the_site_does_not_allow_it_nobody_is_asked(task: str, code: str, tmp_path: Path) -> None:
    told = story.read_story(FOLDER / f"{task}_{code}.txt", policy={"overridable": []})
    rows, _ = story.play(told, tmp_path)
    assert not any(event.get("waived") for row in rows[:-1] for event in row["events"])
