"""What may be imported without loading a screen, a camera or a device: seen in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.structure import tree

HEAVY = ("textual", "rich", "cv2", "evdev", "serial", "requests", "sqlite_utils", "biip", "pyzbar", "barcode")

WALK = """
import importlib, json, pkgutil, sys
name = sys.argv[1]
module = importlib.import_module(name)
for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(json.dumps(sorted(set(sys.argv[2:]) & set(sys.modules))))
"""


def exists(module: str) -> bool:
    """Whether the module has been written. A file that is there and cannot be imported must fail, not be passed by."""
    path = tree.ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@pytest.mark.parametrize(
    "module",
    [
        "tracking",
        "config",
        "sync",
        "server",
        "scanner_app.workflows",
        "scanner_app.session",
        "scanner_app.cli",
    ],
)
def test_importing_it_and_all_below_it_loads_nothing_heavy(module: str) -> None:
    if not exists(module):
        pytest.skip(f"{module} is not written yet")
    ran = subprocess.run(
        [sys.executable, "-c", WALK, module, *HEAVY],
        cwd=tree.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


def test_the_walk_would_see_a_heavy_module() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WALK, "rich.text", *HEAVY],
        cwd=tree.ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == '["rich"]'
