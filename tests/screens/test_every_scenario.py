"""Every answer of every scenario, painted on the smallest screen in every language: nothing cut."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from scanner_app.cache_feed import load_site
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from scanner_app.tui.local import Local
from scanner_app.tui.paint.screen import paint
from tests.durability.disks import quick as quick
from tests.scenarios.story import files, read_story
from tests.screens.wanted import cut
from tracking.catalogue import LANGUAGES

SPOKEN = LANGUAGES if os.environ.get("SCANNER_LONG") else ("de", "fr")
"""All of them where there is time; the two with the longest words always."""
FOLDERS = sorted({path.parent.name for path in files()})


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_cut_in_any_scenario(folder: str, language: str, quick: Path) -> None:
    faults: list[str] = []
    for path in files():
        if path.parent.name == folder:
            faults += [f"{path.stem}: {fault}" for fault in _faults(path, language, quick / path.stem)]
    assert faults == []


def _faults(path: Path, language: str, folder: Path) -> list[str]:
    story = read_story(path)
    settings = SessionSettings(language=language)
    replay = Replay(folder, settings, today=story.site.today, timezone=story.site.timezone)
    load_site(replay.handheld.cache, story.site)
    replay.renew()
    faults: list[str] = []

    def answered(row: dict[str, Any]) -> None:
        view = replay.presenter.view()
        local = Local(clock="14:02", cache_age_s=view.cache_age_s)
        rows = paint(view, local, 40, 20).text()
        faults.extend(f"after {row['input']}: {fault}" for fault in cut(view, local, rows))

    replay.play(story.script, answered)
    replay.handheld.close()
    return faults
