"""What holds for every test: no setting of this machine or of the account reaches it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tracking import pins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("SCANNER_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANNER_SHOW_FAULTS", "1")  # a fault of the program's own shows where it comes from


@pytest.fixture(autouse=True, scope="session")
def _cheap_pins() -> Iterator[None]:
    """A hash that is dear to a guesser is dear to a thousand tests as well; what it costs is tested by itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pins, "N", 2**10)
        patched.setattr(pins, "P", 1)
        yield
