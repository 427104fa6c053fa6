"""Screens in a pseudo-terminal, ended with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tui.pseudo_terminal import EchoScreens, PseudoTerminal

Start = Callable[..., EchoScreens]


@pytest.fixture
def echo_screens(tmp_path: Path) -> Iterator[Start]:
    """Starts the screens on an echo port; ends them after the test."""
    running: list[PseudoTerminal] = []

    def start(*arguments: str, **options: Any) -> EchoScreens:
        screens = EchoScreens(tmp_path / "inputs.jsonl", *arguments, **options)
        running.append(screens)
        return screens.started()

    yield start
    for screens in running:
        screens.close()
