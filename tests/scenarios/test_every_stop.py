"""For every stop that a task can give: a story that ends in it and one that gets out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import story
from tracking.catalogue import LEVELS

STOPS = sorted(code for code, level in LEVELS.items() if level == "stop")


def test_every_stop_has_its_two_stories() -> None:
    told = {path.stem for path in (story.FOLDER / "stops").glob("*.txt")}
    assert told == {*STOPS, *(f"{code}_and_on" for code in STOPS)}


def _rows(name: str, folder: Path) -> list[dict[str, Any]]:
    rows, wrong = story.play(story.read_story(story.FOLDER / "stops" / f"{name}.txt"), folder)
    assert wrong == []
    return rows[:-1]


@pytest.mark.parametrize("code", STOPS)
def test_one_story_ends_in_the_stop(code: str, tmp_path: Path) -> None:
    last = _rows(code, tmp_path)[-1]
    assert (last["verdict"], last["code"]) == ("stop", code)
    assert last["prompt"], "the way on is always shown"


@pytest.mark.parametrize("code", STOPS)
def test_the_other_gets_out_of_it(code: str, tmp_path: Path) -> None:
    rows = _rows(f"{code}_and_on", tmp_path)
    stop = next(row for row in reversed(rows) if row["code"] == code)
    assert rows[-1]["verdict"] == "ok"
    done = [event for event in rows[-1]["events"] if event["step"] != "sighting"]
    assert done, "something came of it"
    seen = [event for event in stop["events"] if event["step"] == "sighting"]
    if seen:
        assert done[0]["task"] == seen[0]["task"], "the same task goes on"
    if seen and seen[0].get("document"):
        assert done[0]["document"] == seen[0]["document"], "on the same paper"
    if stop["progress"] and rows[-1]["progress"] and done[0].get("line"):
        assert rows[-1]["progress"][0] > stop["progress"][0], "and it counts"
