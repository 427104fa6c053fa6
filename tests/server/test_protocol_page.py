"""The protocol page, the description and the server say the same: every address, every field, every refusal."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import msgspec

from server.openapi import CALLS, Call, document
from sync.wire import Refused
from tests.structure import tree

DOCS = tree.ROOT / "docs"
PAGE = DOCS / "protocol.md"
BEGIN, END = "<!-- addresses -->\n", "<!-- end of addresses -->"


def text() -> str:
    return PAGE.read_text("utf-8")


def row(call: Call) -> str:
    """A line of the page's table."""
    who = ", ".join(call.who) or "anybody"
    query = "?" + "&".join(f"{name}=" for name in call.query) if call.query else ""
    return f"| `{call.method.upper()} {call.path}{query}` | {who} | {call.summary} |"


def addresses() -> str:
    """The page's table of all addresses, as the server would write it."""
    head = "| address | who | what for |\n|---|---|---|\n"
    return head + "".join(f"{row(call)}\n" for call in sorted(CALLS, key=lambda call: call.path))


def test_the_table_of_addresses_is_the_servers() -> None:
    shown = text().partition(BEGIN)[2].partition(END)[0]
    assert shown == addresses()


def test_every_field_that_is_spoken_is_on_a_page() -> None:
    """As a word of its own between ticks or quotes, in whichever page tells of it."""
    pages = "\n".join(path.read_text("utf-8") for path in DOCS.glob("*.md"))
    spoken = json.loads(document())["components"]["schemas"].items()
    fields = [(name, field) for name, schema in spoken for field in schema.get("properties", {})]
    missing = [
        f"{name}.{field}" for name, field in fields if not re.search(rf'[`"]{re.escape(field)}[`":]', pages)
    ]
    assert sorted(missing) == []


def refusals() -> set[tuple[int, str]]:
    """Every status and word that a refusal in the server's code has."""
    found: set[tuple[int, str]] = set()
    for path in (tree.ROOT / "server").rglob("*.py"):
        found |= _refusals(path)
    words = msgspec.inspect.type_info(Refused)
    assert isinstance(words, msgspec.inspect.StructType)
    error = next(field.type for field in words.fields if field.name == "error")
    assert isinstance(error, msgspec.inspect.LiteralType)
    found |= {(409, str(word)) for word in error.values}
    return found


def _refusals(path: Path) -> set[tuple[int, str]]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            status, word = node.args[0], node.args[1]
            if isinstance(status, ast.Constant) and isinstance(word, ast.Constant):
                found.add((int(str(status.value)), str(word.value)))
        named = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if named and node.targets[0].id == "HTTP_WORDS":  # type: ignore[attr-defined]
            found |= set(ast.literal_eval(node.value).items())  # type: ignore[attr-defined]
    return found


def test_every_refusal_of_the_server_is_on_the_page_and_the_other_way_round() -> None:
    section = text().partition("## Every refusal")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| `(\d{3})` \| ([^|]+) \|", section, re.MULTILINE)
    told = {(int(status), word) for status, words in cells for word in re.findall(r"`(\w+)`", words)}
    assert told == refusals()


def test_numbers_are_described_as_numbers() -> None:
    paths = json.loads(document())["paths"]
    kinds = {
        one["name"]: one["schema"]["type"]
        for path in paths.values()
        for call in path.values()
        for one in call["parameters"]
        if one["in"] == "query"
    }
    whole = {"since", "limit", "wait", "epoch", "seq", "began", "before"}
    assert {name for name, kind in kinds.items() if kind == "integer"} == whole


def test_no_field_is_described_that_is_refused() -> None:
    schemas = json.loads(document())["components"]["schemas"]
    assert "stated_policy" not in schemas["Site"]["properties"]
    assert "at" in {one["name"] for one in json.loads(document())["paths"]["/v1/units"]["get"]["parameters"]}
