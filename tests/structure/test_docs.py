"""What the pages name is there: files, links, verbs, options, settings, variables, addresses, figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.routing import Mount, Route

from bench.__main__ import BENCHMARKS
from config.keys import ENV_CONFIG, by_env, by_path, sections
from scanner_app.arguments import _parser
from scanner_app.cli import VERBS
from server.app import API, PAGES
from server.figures import Figures, _stand
from server.storage_sqlite import SqliteStorage
from tests.structure import tree

DOCS = tree.ROOT / "docs"
TEXTS = (tree.ROOT / "README.md", *sorted(DOCS.glob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
SHARED = {"--config", "--data", "--json", "--version", "--help"}


@pytest.fixture(params=TEXTS, ids=lambda path: path.name)
def page(request: pytest.FixtureRequest) -> Path:
    """One page after the other."""
    path: Path = request.param
    return path


def pieces(path: Path) -> list[str]:
    """What a page sets as code: the lines of its blocks, and what stands between single ticks."""
    text = path.read_text("utf-8")
    blocks = [line for _, block in FENCE.findall(text) for line in block.splitlines()]
    return blocks + [" ".join(found.split()) for found in CODE.findall(FENCE.sub("", text))]


def anchors(path: Path) -> set[str]:
    """Where one can jump to in a page, as Git forges name its headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = set[Path](), [tree.ROOT / "README.md"]
    while new:
        page = new.pop()
        reached.add(page)
        links = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text("utf-8"))
        new += [found for link in links if (found := (page.parent / link).resolve()) not in reached]
    assert sorted(path.name for path in set(DOCS.glob("*.md")) - reached) == []


@cache
def options(verb: str) -> frozenset[str]:
    """Every option of a verb of the command line."""
    name, text = VERBS[verb]
    _, parsers = _parser({verb: text})
    import_module(name).add(parsers[verb])
    return frozenset(name for action in parsers[verb]._actions for name in action.option_strings)


def calls(page: Path) -> Iterator[tuple[str, str]]:
    """(verb, the rest of the line) of every ``scanner VERB ...`` that a page has as code."""
    for piece in pieces(page):
        for found in re.finditer(r"(?:^|[ /])scanner ([a-z]\w*)([^#|;&`]*)", piece):
            yield found[1], found[2]


def test_every_command_line_has_a_verb_and_options_that_there_are(page: Path) -> None:
    wrong = []
    for verb, rest in calls(page):
        if verb not in VERBS:
            wrong.append(verb)
            continue
        named = set(re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", rest))
        wrong += [f"{verb} {name}" for name in sorted(named - options(verb) - SHARED)]
    assert wrong == []


def test_every_verb_of_run_is_one(page: Path) -> None:
    script = (tree.ROOT / "run").read_text()
    verbs = set(re.findall(r"^  ([a-z]+) ", script, re.MULTILINE))
    assert {"demo", "test", "scanner", "soak"} <= verbs
    named = {found for piece in pieces(page) for found in re.findall(r"\./run ([a-z]+)", piece)}
    assert sorted(named - verbs) == []


def test_every_benchmark_that_is_named_is_one(page: Path) -> None:
    named = {found for piece in pieces(page) for found in re.findall(r"\./run bench ([a-z]+)", piece)}
    assert sorted(named - BENCHMARKS.keys()) == []


def test_every_file_that_is_named_is_there(page: Path) -> None:
    """Names with a folder of ours in front."""
    folders = {path.name for path in tree.ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    found = set()
    for piece in pieces(page):
        found |= set(re.findall(r"(?<![\w/.~…-])([a-z_]+/[\w/.-]*\w)(?![\w/*])", piece))
    ours = {
        name for name in found if name.split("/")[0] in folders and not name.endswith(("/TASK", "/DEVICE"))
    }
    lost = {name for name in ours if not ((tree.ROOT / name).exists() or (tree.ROOT / f"{name}.py").exists())}
    assert sorted(lost) == []


def test_every_setting_that_is_named_is_one(page: Path) -> None:
    known = set(by_path()) | {f"{key}" for key in sections()}
    named = set()
    for piece in pieces(page):
        named |= set(re.findall(r"^(?:policy\.)?([a-z]+\.[a-z_]+)$", piece))
    files = {".toml", ".md", ".py", ".db", ".json", ".html", ".svg", ".png", ".pdf", ".key", ".pem"}
    mine = {one for one in named if one.split(".")[0] in sections() and "." + one.split(".")[1] not in files}
    from tracking.site import Policy

    assert sorted(mine - known - {f"policy.{name}" for name in Policy.__struct_fields__}) == []


def test_every_variable_that_is_named_is_read_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in tree.python())
    named = {
        found for page in TEXTS for found in re.findall(r"\bSCANNER_[A-Z_]*[A-Z]", page.read_text("utf-8"))
    }
    unread = {name for name in named - set(by_env()) - {ENV_CONFIG} if f'"{name}"' not in code}
    assert sorted(unread) == []


def test_the_figures_of_the_page_and_of_the_server_are_the_same(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "central.db")
    try:
        told = Figures().told(storage, 0).decode()
        with storage.read() as reader:
            assert list(_stand(reader, 0, 0))
    finally:
        storage.close()
    families = set(re.findall(r"^# TYPE (\w+?)(?<!_created) ", told, re.MULTILINE)) | {
        "scanner_backup_age_seconds"
    }
    known = families | {f"{name}_total" for name in families}
    page = (DOCS / "operations.md").read_text("utf-8")
    named = set(re.findall(r"`(scanner_[a-z_]+)", page))
    assert named
    assert sorted(named - known) == []
    silent = {name.removesuffix("_total") for name in families} - {
        name.removesuffix("_total") for name in named
    }
    assert sorted(silent) == []


def patterns() -> list[re.Pattern[str]]:
    """What every address of the server looks like."""
    paths = [route.path for route in (*API, *PAGES) if isinstance(route, Route | Mount)]
    return [re.compile(re.sub(r"{\w+:path}", r".+", re.sub(r"{\w+}", "[^/]+", path))) for path in paths]


def test_every_address_of_the_server_that_is_named_is_one(page: Path) -> None:
    known = patterns()
    lost = set()
    for piece in pieces(page):
        for path in re.findall(
            r"(?:^|[ (])(?:GET |POST )?(/(?:v1|metrics|healthz|readyz|openapi)[^\s?`'\"]*)", piece
        ):
            bare = path.rstrip(".,)")
            if not any(one.fullmatch(bare) for one in known):
                lost.add(bare)
    assert sorted(lost) == []
