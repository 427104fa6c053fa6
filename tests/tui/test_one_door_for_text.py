"""Text reaches a terminal through one door: printable rows, painted by one widget. Nothing of ours goes around it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TUI = Path(__file__).parents[2] / "scanner_app" / "tui"
FILES = sorted(TUI.rglob("*.py"))

FORBIDDEN_NAMES = {
    "Static",
    "Label",
    "Content",
    "RichLog",
    "Log",
    "DataTable",
    "ListView",
    "Input",
    "Markdown",
    "Text",
    "notify",
    "border_title",
    "border_subtitle",
    "from_markup",
    "tooltip",
    "sub_title",
    "call_from_thread",
}
"""Ways to show text, or to wait for the screen, that are not used here. ``Input`` is ours where the port defines it."""


def names(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("textual", "rich"):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def calls(tree: ast.AST, name: str) -> int:
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_other_way_to_show_text(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not names(tree) & FORBIDDEN_NAMES
    assert calls(tree, "Segment") == (1 if path.name in {"canvas.py", "finder.py"} else 0)
    if path.name != "picture.py":
        assert calls(tree, "Span") == 0


def test_every_span_is_made_printable() -> None:
    """Whoever makes a span does it from ``fit`` or ``cut``, which call ``printable``, or from another span."""
    tree = ast.parse((TUI / "picture.py").read_text())
    allowed = {"fit", "cut", "change", "min", "max", "cells"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Span":
            text = node.args[0]
            inner = {
                call.func.id
                for call in ast.walk(text)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            }
            assert inner <= allowed
            loose = {name.id for name in ast.walk(text) if isinstance(name, ast.Name)}
            assert inner or loose <= {"span", "right"}


def test_the_finder_paints_half_blocks_and_no_text() -> None:
    """What the camera sees is painted as coloured half blocks: no text gets in there."""
    tree = ast.parse((TUI / "finder.py").read_text())
    painted = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Segment"
    ]
    texts = [node.value for one in painted for node in ast.walk(one) if isinstance(node, ast.Constant)]
    assert texts == ["▀"]


def test_widgets_are_the_picture_and_the_finder() -> None:
    bases = [
        base.id
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    ]
    assert bases.count("Widget") == len(("Canvas", "Finder"))
