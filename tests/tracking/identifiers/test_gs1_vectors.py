from __future__ import annotations

import pytest

from tests.tracking.identifiers import vectors

DISSENT: frozenset[str] = frozenset()
"""Ids on which we disagree; each has its clause in docs/gs1-vectors.md."""


@pytest.mark.parametrize(
    "name", ["gs1", "digital_link", "digital_link_compressed", "epc_urn", "gtin", "oddities"]
)
def test_every_vector_reads_as_it_says(name: str) -> None:
    records = vectors.load(name)
    wrong = {
        record["id"]: (record["raw"], found)
        for record in records
        if (found := vectors.difference(record)) and record["id"] not in DISSENT
    }
    assert records
    assert wrong == {}


def test_the_comparison_sees_a_wrong_reading() -> None:
    record = {"raw": "0109521234543213", "symbology_id": "]C1"}
    assert vectors.difference(record | {"expect": {"ok": True, "gtin": "09521234543213"}}) == ""
    assert vectors.difference(record | {"expect": {"ok": True, "gtin": "09521234543214"}})
    assert vectors.difference(record | {"expect": {"ok": False}})
    bad = {"raw": "0109521234543214", "symbology_id": "]C1", "expect": {"ok": False, "layer": "syntax"}}
    assert vectors.difference(bad) == "layer is content"
