"""What a person reads on the handheld is in the catalogue: no sentence in a task, a screen or the session."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure import tree
from tracking.catalogue import en, en_words

SESSION_FILES = (
    *("presenter", "session", "sign_in", "stops", "switching", "taking_back"),
    *("faults", "feeding", "answer", "conflicts", "repeats"),
)
SPEAKING = [
    *sorted((tree.ROOT / "scanner_app" / "workflows").rglob("*.py")),
    *sorted((tree.ROOT / "scanner_app" / "tui").rglob("*.py")),
    *(tree.ROOT / "scanner_app" / f"{name}.py" for name in SESSION_FILES),
    tree.ROOT / "tracking" / "rules.py",
]
"""Modules whose words reach the screen."""

NO_WORDS = re.compile(
    r"workflow (?:[a-z_]+|%)|:?(?:key|choose|type) %|witness %"
    r"|known value|known GTIN|prefix rule|item's serial pattern|what the label lacks"
)
"""Commands as a soft key gives them, what a fact keeps, and the steps by which a meaning is decided."""

SILENT_FILES = {"tui/start.py", "tui/settings.py", "tui/canvas.py", "tui/app.py", "tui/terminal_driver.py"}
"""They speak to who starts the program, in a terminal's own words, or hold styles."""

SENTENCE = re.compile(r"[A-Za-z%]{2,} [a-z]{2,}|% [a-z]{2,}|[A-Z]{2,} [A-Z]{2,}|[a-z]{2,} (?:[A-Z]{2,}|%)")
SAYING = {"phrase", "word", "_word", "phrased"}
"""Calls whose first argument is a name of ``WORDS``."""


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SPEAKING:
        if not any(str(path).endswith(silent) for silent in SILENT_FILES):
            yield path, ast.parse(path.read_text("utf-8"))


def _silent(module: ast.Module) -> set[int]:
    """Docstrings, the notes under a field, what a programmer's exception says, and the reason that a fact keeps."""
    found: set[int] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        if isinstance(node, ast.Raise | ast.Assert) or (
            isinstance(node, ast.keyword) and node.arg == "reason"
        ):
            found |= {id(child) for child in ast.walk(node)}
    return found


def test_no_sentence_is_written_outside_the_catalogue() -> None:
    told = {}
    for path, module in _trees():
        silent = _silent(module)
        for node in ast.walk(module):
            text = "" if id(node) in silent else _text(node)
            if SENTENCE.search(text) and not NO_WORDS.fullmatch(text):
                told[f"{tree.name(path)}:{getattr(node, 'lineno', 0)}"] = text
    assert told == {}, "put these into tracking/catalogue and name them with phrase()"


def _text(node: ast.AST) -> str:
    """A text in the source; what a formatted one is filled with shows as ``%``."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "%" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _named() -> tuple[dict[str, str], set[str]]:
    """Names that the program says: whole ones with their place, and the beginnings of those it puts together."""
    whole: dict[str, str] = {}
    begun: set[str] = set()
    for path in tree.python():
        if "tests" in path.parts or "server" in path.relative_to(tree.ROOT).parts[:1]:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in SAYING:
                continue
            for said in ast.walk(node.args[0]):
                if isinstance(said, ast.JoinedStr) and isinstance(said.values[0], ast.Constant):
                    begun.add(str(said.values[0].value))
            for one in _alternatives(node.args[0]):
                whole[one] = f"{tree.name(path)}:{node.lineno}"
    return whole, begun


def _alternatives(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _alternatives(node.body)
        yield from _alternatives(node.orelse)


def test_every_name_that_is_said_is_in_the_catalogue() -> None:
    whole, begun = _named()
    assert len(whole) > 50, "the walk found what the program says"
    assert {name: place for name, place in whole.items() if name not in en_words.WORDS} == {}
    assert {start for start in begun if not any(name.startswith(start) for name in en_words.WORDS)} == set()


def test_no_word_of_the_catalogue_is_for_nothing() -> None:
    source = "\n".join(
        path.read_text("utf-8")
        for path in tree.python()
        if "tests" not in path.parts and "catalogue" not in path.parts
    )
    _, begun = _named()
    unsaid = {
        name
        for name in en_words.WORDS
        if not _quoted(name, source)
        and not any(name.startswith(start) for start in begun)
        and name[:7] != "reason_"
    }
    assert unsaid == set()
    put_together = {name for name in en.PROMPTS if f'f"{name.rpartition("_")[0]}_{{' in source}
    assert {name for name in en.PROMPTS if not _quoted(name, source)} - put_together == set()


def _quoted(name: str, source: str) -> bool:
    return f'"{name}"' in source or f"'{name}'" in source
