"""The files of the project: what is tracked, and what would be if it were committed now."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("tracking", "drivers", "config", "sync", "server", "scanner_app")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, without what .gitignore leaves out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # unpacked from an archive, or owned by somebody else
        found = [path for path in ROOT.rglob("*") if not _made(path.relative_to(ROOT))]
    return tuple(sorted(path for path in found if path.is_file()))


def _made(path: Path) -> bool:
    """Whether a tool made this file: environments and caches."""
    return any(part == "__pycache__" or (part.startswith(".") and part != ".ci") for part in path.parts)


def python() -> tuple[Path, ...]:
    """Every Python file of the project."""
    return tuple(path for path in files() if path.suffix == ".py")


def name(path: Path) -> str:
    """A path as a message shows it."""
    return path.relative_to(ROOT).as_posix()
