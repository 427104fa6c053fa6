"""pyproject.toml, the lock and the version agree."""

from __future__ import annotations

import re
import tomllib

from config.version import VERSION
from tests.structure import tree

PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())
LOCK = (tree.ROOT / "requirements.lock").read_text()

CUSTOMERS_PACKAGES = {
    "textual", "pyserial", "evdev", "python-barcode", "pyzbar", "opencv-python", "sqlite-utils", "requests", "pytest",
}  # fmt: skip


def parts() -> dict[str, dict[str, str]]:
    """The lock: versions by package by part."""
    found: dict[str, dict[str, str]] = {}
    for line in LOCK.splitlines():
        if header := re.match(r"# == (\w+) == ", line):
            part = found.setdefault(header[1], {})
        elif not line.startswith("#") and line:
            name, version = line.split("==")
            part[name] = version
    return found


def declared() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by part of the lock."""
    return {
        "base": PROJECT["project"]["dependencies"],
        "dev": PROJECT["dependency-groups"]["dev"],
        "hardware": PROJECT["project"]["optional-dependencies"]["hardware"],
    }


def test_the_lock_pins_everything_that_is_declared_in_its_part() -> None:
    locked = parts()
    assert list(locked) == ["base", "dev", "hardware"]
    for part, wanted in declared().items():
        names = {re.split(r"[\[<>=!~ ]", want)[0] for want in wanted}
        assert names - set(locked[part]) == set()
    everywhere = [name for part in locked.values() for name in part]
    assert len(everywhere) == len(set(everywhere))


def test_the_lock_names_packages_and_no_place_to_get_them_from() -> None:
    assert [
        line for line in LOCK.splitlines() if not re.fullmatch(r"#.*||[a-z0-9-]+==[A-Za-z0-9.+!]+", line)
    ] == []
    assert "://" not in LOCK


def test_the_customers_packages_are_declared() -> None:
    names = {re.split(r"[\[<>=!~ ]", want)[0] for wanted in declared().values() for want in wanted}
    assert names >= CUSTOMERS_PACKAGES


def test_the_version_is_written_once() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "config.version.VERSION"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_every_folder_with_code_is_packaged() -> None:
    wanted = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert wanted == [f"{package}*" for package in tree.PACKAGES]
    assert PROJECT["tool"]["importlinter"]["root_packages"] == list(tree.PACKAGES)
    assert set(tree.PACKAGES) <= set(PROJECT["tool"]["mypy"]["files"])


def test_every_data_file_beside_code_is_packaged() -> None:
    patterns = {pattern.removeprefix("*") for pattern in PROJECT["tool"]["setuptools"]["package-data"]["*"]}
    left = [
        tree.name(path)
        for path in tree.files()
        if path.relative_to(tree.ROOT).parts[0] in tree.PACKAGES
        and path.suffix != ".py"
        and not any(path.name.endswith(pattern) for pattern in patterns)
    ]
    assert left == []
