"""A start that names no more than its folders is read without the parser, and to the same result."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scanner_app import arguments, cli
from scanner_app.commands.call import Refusal
from tests.structure import tree

PLAIN: tuple[list[str], ...] = (
    [],
    ["--data", "here"],
    ["--config", "a.toml"],
    ["--data", "here", "--config", "a.toml"],
    ["--data", "here", "--data", "there"],
    ["--data", "run"],
    ["--data", ""],
    ["--data", "with blanks"],
)
NOT_PLAIN = (
    ["run"],
    ["--data=here"],
    ["--dat", "here"],
    ["--data", "here", "--json"],
    ["--data", "here", "run"],
    ["run", "--site", "site.json"],
    ["--data", "-"],
)


def read_by_parser(given: list[str]) -> dict[str, object]:
    found = arguments.parsed(given, {"run": "start"}, "", None)
    return {"config": None, "data": None, "json": False, **found, "verb": found["verb"] or ""}


@pytest.mark.parametrize("given", PLAIN, ids=" ".join)
def test_it_says_what_the_parser_says(given: list[str]) -> None:
    assert cli._plain(given) is not None
    assert vars(cli._with_options(given)) == read_by_parser(given)


@pytest.mark.parametrize("given", NOT_PLAIN, ids=" ".join)
def test_anything_else_is_the_parsers(given: list[str]) -> None:
    assert cli._plain(given) is None
    assert cli._with_options(given).data in {None, "here", "-"}


@pytest.mark.parametrize(
    "given", [["--data"], ["--data", "--config", "a.toml"], ["--data", "-x"], ["--colour", "red"]]
)
def test_what_the_parser_refuses_is_refused(given: list[str]) -> None:
    with pytest.raises(Refusal, match="--help"):
        cli._with_options(given)


def test_a_plain_start_loads_no_parser() -> None:
    code = "import sys; from scanner_app import cli; cli._with_options(['--data', 'x'])"
    code = f"{code}; print('argparse' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tree.ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
