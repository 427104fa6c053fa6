"""The page on serial numbers: every example is true."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "serial-numbers.md"


def test_every_example_of_the_page_is_true() -> None:
    text = PAGE.read_text("utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(examples, out=said.append)
    assert (result.failed, "".join(said)) == (0, "")
    assert result.attempted > 30
