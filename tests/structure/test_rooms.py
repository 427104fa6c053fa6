"""Small rooms: files and functions that fit in a head, and names that say what is inside."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

from tests.structure import tree

FILE_LINES_MAX = 500
FILE_LINES_MEDIAN_MAX = 200
FUNCTION_LINES_MAX = 60
NAMES_THAT_SAY_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "misc",
    "stuff",
}

MACHINE_FOLDERS = "home|root|Users|work|workspace|builds|private"
MACHINE_PATH = re.compile(rf"(?<![\w.~}}-])/(?:{MACHINE_FOLDERS})/[\w.-]|\b[A-Z]:\\\\?Users\b")


def test_no_file_is_too_long() -> None:
    long = {tree.name(path): lines for path in tree.python() if (lines := _lines(path)) > FILE_LINES_MAX}
    assert long == {}


def test_most_files_are_short() -> None:
    assert statistics.median(_lines(path) for path in tree.python()) < FILE_LINES_MEDIAN_MAX


def test_every_function_fits_a_screen() -> None:
    long = {}
    for path in tree.python():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long[f"{tree.name(path)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_every_file_is_named_after_what_it_does() -> None:
    vague = [
        tree.name(path)
        for path in tree.python()
        for part in path.relative_to(tree.ROOT).with_suffix("").parts
        if NAMES_THAT_SAY_NOTHING & set(part.lower().split("_"))
    ]
    assert vague == []


def test_every_package_says_what_it_is() -> None:
    silent = [
        tree.name(path)
        for path in tree.python()
        if path.name == "__init__.py"
        and path.relative_to(tree.ROOT).parts[0] in tree.PACKAGES
        and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = []
    for path in tree.files():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{tree.name(path)}: {hit[0]}" for hit in MACHINE_PATH.finditer(text)]
    assert found == []


def test_the_folders_are_looked_at_and_not_missed() -> None:
    listed = {tree.name(path) for path in tree.python()}
    assert {f"{package}/__init__.py" for package in tree.PACKAGES} <= listed
    assert MACHINE_PATH.search("see /" + "home/somebody/x")
    assert not MACHINE_PATH.search("~/.local/state, /v1/work" + "/orders and https://x/work" + "/1")


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")
