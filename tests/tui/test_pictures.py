"""The pictures in the documentation show the screens as they are."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from tests.screens import stage
from tests.tui.pseudo_terminal import ROOT

PICTURES_BYTES_MAX = 4_000_000
FOLDER = ROOT / "docs" / "pictures"


def drawing(name: str = "draw") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", drawing().PICTURES)
def test_a_picture_is_what_the_screen_shows(name: str) -> None:
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert kept == drawing().drawn(name), "draw them again: python docs/pictures/draw.py"


def test_every_screen_of_the_catalogue_has_its_picture_and_no_other_is_kept() -> None:
    kept = {path.stem for path in (FOLDER / "screens").glob("*.svg")}
    wanted = drawing().names()
    assert sorted(wanted - kept) == [], "draw them: python docs/pictures/draw.py"
    assert sorted(kept - wanted) == [], "of no screen any more: python docs/pictures/draw.py"


def test_the_pictures_are_not_large() -> None:
    assert sum(path.stat().st_size for path in (FOLDER / "screens").glob("*.svg")) < PICTURES_BYTES_MAX


def test_the_guide_shows_every_screen_that_is_drawn_for_it_and_the_gallery_all() -> None:
    marks = [mark for path in stage.scripts() for mark in stage.read(path).marks()]
    guide = (ROOT / "docs" / "operator-guide.md").read_text("utf-8")
    shown = set(re.findall(r"pictures/screens/([\w-]+)\.svg", guide))
    assert shown == {mark.name for mark in marks if mark.main}
    assert (ROOT / "docs" / "screens.md").read_text("utf-8") == drawing().gallery()


def test_every_page_of_the_office_has_its_pictures() -> None:
    assert {path.stem for path in (FOLDER / "pages").glob("*.png")} == drawing("pages").names()
    told = (ROOT / "docs" / "office-pages.md").read_text("utf-8")
    shown = set(re.findall(r"pictures/pages/([\w-]+)\.png", told))
    assert shown == {name for name in drawing("pages").names() if name.endswith("-desk")}
