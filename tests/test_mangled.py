"""Damaged copies of all test vectors: with a profile they are read as the originals, without one never read wrong."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests import mangled, vectors

pytestmark = pytest.mark.skipif(
    not vectors.files(), reason="the test vectors do not lie beside this checkout, in ../shared/vectors"
)

LONG = bool(os.environ.get("SCANNER_LONG"))
EVERY = 1 if LONG else 23
"""Which part of the vectors is tried for each damage: all, or every 23rd."""

BY_NAME = {damage.profile: damage for damage in mangled.DAMAGES}
DELIVERIES = pytest.mark.parametrize("inline", [True, False], ids=["in the text", "apart"])


@DELIVERIES
@pytest.mark.parametrize("name", BY_NAME)
def test_with_the_profile_a_damaged_code_is_read_as_the_original(name: str, inline: bool) -> None:
    found: Counter[str] = Counter()
    for case in mangled.cases(BY_NAME[name], inline=inline, every=EVERY):
        outcome = mangled.outcome(case, known=True)
        found[outcome] += 1
        # A broken label may become a sound one where nothing separates its elements any more.
        assert outcome != "wrong" or (name == "gs-lost" and not case.valid), case
    if name != "gs-lost":
        assert found["right"] >= 0.98 * found.total() - (0 if LONG else 1)


@DELIVERIES
@pytest.mark.parametrize("name", BY_NAME)
def test_without_a_profile_damage_that_shows_is_never_read_wrong(name: str, inline: bool) -> None:
    for case in mangled.cases(BY_NAME[name], inline=inline, every=EVERY):
        assert mangled.outcome(case, known=False) != "wrong" or not mangled.shows(case), case


@pytest.mark.skipif(not LONG, reason="the whole table takes a minute: SCANNER_LONG=1")
def test_the_manual_shows_these_counts() -> None:
    page = vectors.PAGE.read_text(encoding="utf-8")
    for name, inline in (("damage", True), ("damage apart", False)):
        assert vectors.section(page, name) == "\n".join(mangled.table(inline=inline)) + "\n"
