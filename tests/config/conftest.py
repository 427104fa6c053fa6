"""A made-up machine: a home, a current folder and a system file, all below the test's own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from config import loader

if TYPE_CHECKING:
    from pathlib import Path


class Machine(msgspec.Struct, frozen=True):
    """Where one test's settings files may stand."""

    here: Path
    home: Path
    system: Path

    def write(self, text: str | bytes, path: Path | None = None) -> Path:
        """Writes a settings file, ``./scanner.toml`` unless another path is named."""
        target = path or self.here / "scanner.toml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    @property
    def user(self) -> Path:
        """The account's own settings file."""
        return self.home / ".config" / "scanner" / "scanner.toml"

    def load(self, env: dict[str, str] | None = None, **more: Any) -> loader.Loaded:
        """Loads as the program would on this machine."""
        environ = {"HOME": str(self.home)} | (env or {})
        return loader.load(environ=environ, cwd=self.here, system=self.system, **more)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for name in ("here", "home"):
        (tmp_path / name).mkdir()
    return Machine(tmp_path / "here", tmp_path / "home", tmp_path / "etc" / "scanner.toml")
