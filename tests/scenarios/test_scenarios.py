"""Plays every scenario of this folder through the real session, journal and script reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios import story


@pytest.mark.parametrize("path", story.files(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_story_comes_true(path: Path, tmp_path: Path) -> None:
    rows, wrong = story.play(story.read_story(path), tmp_path)
    assert wrong == []
    assert len(rows) > 1


def test_a_story_that_does_not_come_true_is_noticed(tmp_path: Path) -> None:
    script = tmp_path / "told.txt"
    script.write_text(
        "# A story with a lie in every check.\nworkflow receiving\nscan PO-1\nexpect received\n#> 1 of 3\n"
        "#> asks: Scan the LOT\n#> says: no such words\n#> hides: PO-1\n#> notes: receiving\n"
        "#> unit PUMP-100 SN-000001: shipped\n"
    )
    _, wrong = story.play(story.read_story(script), tmp_path / "data")
    assert len(wrong) == 7


def test_there_are_stories() -> None:
    assert len(story.files()) > 50
