"""All test vectors through ``scanner read``, in the process and as a command; and the manual's table of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import vectors

FILES = vectors.files()
ABSENT = "the test vectors do not lie beside this checkout, in ../shared/vectors"

pytestmark = pytest.mark.skipif(not FILES, reason=ABSENT)


@pytest.mark.parametrize("file", FILES)
def test_every_vector_is_answered_as_it_should_be(file: str) -> None:
    disputed = vectors.disputed()
    wrong = {one.id: one.differs for one in vectors.outcomes(file) if one.differs and one.id not in disputed}
    assert wrong == {}


def test_at_most_one_in_a_hundred_is_disputed_and_each_really_differs() -> None:
    outcomes = [one for file in FILES for one in vectors.outcomes(file)]
    different = {one.id for one in outcomes if one.differs}
    assert len(outcomes) > 1000
    assert vectors.disputed() <= different
    assert len(vectors.disputed()) <= len(outcomes) / 100


def test_the_command_answers_as_the_function_does() -> None:
    given = [
        (vectors.given(record, file), record["expect"]) for file in FILES for record in vectors.records(file)
    ]
    done = subprocess.run(
        [sys.executable, "-m", "scanner_app", "read", "--json", "--today", vectors.TODAY.isoformat()],
        input="".join(json.dumps(row) + "\n" for row, _ in given).encode(),
        capture_output=True,
        check=False,
        timeout=120,
        cwd=vectors.ROOT,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row, _ in given]
    wrong = {
        row["id"] for row, (_, expect) in zip(rows, given, strict=True) if vectors.difference(expect, row)
    }
    assert wrong <= vectors.disputed()


def test_the_manual_shows_these_results() -> None:
    page = vectors.PAGE.read_text(encoding="utf-8")
    assert vectors.section(page, "results") == "\n".join(vectors.results()) + "\n"
