"""Codes of our own, each with the clause that says how it must be read, through ``scanner read``."""

from __future__ import annotations

from datetime import date

import pytest

from scanner_app.commands.read import answer
from tests.tracking.identifiers.cases import CASES, Case

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_code_is_read_as_its_standard_says(case: Case) -> None:
    given = {"id": case.id, "raw": case.raw, "symbology_id": case.symbology_id, "want": case.want}
    row = answer(given, TODAY)
    assert row["ok"] is case.expect["ok"], (case.clause, row["error"])
    if row["ok"] or "layer" in case.expect:
        found = {name: row.get(name) for name in case.expect}
        assert found == case.expect, case.clause


def test_every_standard_has_sound_and_unsound_ones() -> None:
    assert len(CASES) >= 200
    assert len({case.id for case in CASES}) == len(CASES)
    families = {case.id.rpartition("-")[0] for case in CASES}
    assert len(families) >= 10
    for family in families:
        assert {case.expect["ok"] for case in CASES if case.id.startswith(f"{family}-")} == {True, False}
    assert all(case.clause for case in CASES)
