"""The pictures in the documentation show the screens as they are."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.tui.pseudo_terminal import ROOT

FOLDER = ROOT / "docs" / "pictures"


def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw", FOLDER / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", drawing().PICTURES)
def test_a_picture_is_what_the_screen_shows(name: str) -> None:
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert kept == drawing().drawn(name), "draw them again: python docs/pictures/draw.py"
