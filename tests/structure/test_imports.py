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


LATER = (
    "scanner_app.workflows.production", "scanner_app.workflows.stocktake", "scanner_app.workflows.returns",
    "tracking.catalogue.de", "tracking.catalogue.fr_words", "importlib.resources", "json", "wave", "sync.agent",
)  # fmt: skip
"""What a start can do without: other tasks than the one at hand, other languages, what a first scan or print needs."""
NAMED = (
    "scanner_app.workflows.look_up", "scanner_app.workflows.ranged", "scanner_app.handing.giving",
    "scanner_app.handing.taking", "scanner_app.handing.bundle", "scanner_app.own_numbers",
    "calendar", "hashlib", "hmac", "secrets",
)  # fmt: skip
"""What is loaded when something of it is first used."""

START = """
import sys
import scanner_app.commands.run
from config.loader import load
from scanner_app.workflows import registry
load(cwd=__import__("pathlib").Path("/"))
assert "receiving" in registry.WORKFLOWS and registry.WORKFLOWS["receiving"].name == "receiving"
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
registry.load_all()
print(len([name for name in registry.WORKFLOWS if f"scanner_app.workflows.{name}" in sys.modules]))
"""

PAUSE = """
import sys
import scanner_app.commands.run
from scanner_app.workflows import registry
from tracking import later
assert registry.WORKFLOWS["receiving"]
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
later.load_all()
print(sorted(set(sys.argv[1:]) - set(sys.modules)))
"""


def test_a_start_loads_the_task_at_hand_and_a_pause_the_others() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", START, *LATER], cwd=tree.ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["[]", "14"], ran.stderr


def test_what_is_named_for_later_is_loaded_in_a_pause() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PAUSE, *NAMED], cwd=tree.ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["[]", "[]"], ran.stderr
