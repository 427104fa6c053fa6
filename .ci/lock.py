"""Writes requirements.lock from pyproject.toml: every package pinned, in the parts that ``./run`` installs.

Called by ``./run lock``. One resolution over everything comes first, so that a package has one version
whichever parts are installed; then each part gets what the parts before it do not already hold.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
RESOLVE_S_MAX = 600
LEFT_OUT = {"pip", "setuptools", "wheel"}
"""They come with the environment itself; replacing pip while it runs is a gamble."""

HEADER = """\
# Every package, pinned. Written by `./run lock` from pyproject.toml: do not edit by hand.
# To refresh: ./run lock && ./run check && ./run test, then commit both files together.
# The parts below are installed one after the other by ./run; as a whole the file is also a constraints file:
#     python3 -m pip install -c requirements.lock '.[hardware]'
"""

WHY = {
    "base": "must install: both programs",
    "dev": "tests and checks",
    "hardware": "may be missing: devices",
}


def normal(name: str) -> str:
    """The name of a package as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(wanted: list[str], pins: dict[str, str]) -> dict[str, str]:
    """Versions by name of ``wanted`` and all they need, held to ``pins`` where those name a package."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "pins.txt")
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        report = Path(folder, "report.json")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
             "--report", str(report), "-c", str(constraints), *wanted],
            check=True, timeout=RESOLVE_S_MAX,
        )  # fmt: skip
        rows = json.loads(report.read_text())["install"]
    return {normal(row["metadata"]["name"]): row["metadata"]["version"] for row in rows}


def main() -> None:
    """Resolve, split into parts, write the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    parts = {
        "base": project["project"]["dependencies"],
        "dev": project["dependency-groups"]["dev"],
        "hardware": project["project"]["optional-dependencies"]["hardware"],
    }
    pins = resolve([name for names in parts.values() for name in names], {})
    lines, held = [HEADER], set[str]()
    for part, wanted in parts.items():
        new = {name: pins[name] for name in resolve(wanted, pins) if name not in held | LEFT_OUT}
        held |= set(new)
        lines.append(f"# == {part} == {WHY[part]}")
        lines += [f"{name}=={version}" for name, version in sorted(new.items())]
    LOCK.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
