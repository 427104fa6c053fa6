"""A short share of the fuzzer: random and damaged codes are read or refused, bounded and without an exception."""

from __future__ import annotations

import os

from tests import fuzz

INPUTS = int(os.environ.get("SCANNER_FUZZ_INPUTS") or 8000)


def test_no_code_raises_or_breaks_a_bound() -> None:
    found = fuzz.run(INPUTS, seed=2026)
    assert found.broken == []
    assert found.inputs == INPUTS
    assert found.sound > INPUTS / 20
    assert found.growth_mib < fuzz.GROWTH_MIB_MAX


def test_the_same_seed_gives_the_same_codes() -> None:
    assert list(fuzz.inputs(300, seed=5)) == list(fuzz.inputs(300, seed=5))
    assert list(fuzz.inputs(300, seed=5)) != list(fuzz.inputs(300, seed=6))
