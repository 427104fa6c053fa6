"""The last characters of a serial number are found by the key alone: exactly, and without a walk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner_app.cache import Cache
from tracking.units import UnitState

FEW_SIGNS = "AB0Ä\U0001f600"
"""So few that numbers share their ends, at either length of a character in UTF-8."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("tails") / "cache.db")


def filled(cache: Cache, serials: list[str]) -> Cache:
    with cache.transaction():
        cache.empty()
        cache.put_units(UnitState(item="PUMP-100", serial=serial) for serial in serials)
    return cache


@given(
    serials=st.lists(st.text(FEW_SIGNS, min_size=1, max_size=9), unique=True, max_size=40),
    tail=st.text(FEW_SIGNS, min_size=1, max_size=8),
)
@settings(max_examples=300)
def test_what_ends_so_is_found_once_and_nothing_else(cache: Cache, serials: list[str], tail: str) -> None:
    found = [serial for _, serial in filled(cache, serials).units_ending(tail, 99)]
    assert sorted(found) == sorted(serial for serial in serials if serial.endswith(tail))
    assert cache.units_ending(tail, 2) == [("PUMP-100", serial) for serial in found[:2]]


def steps(cache: Cache, tail: str) -> int:
    """Hundreds of steps that SQLite's machine takes to answer."""
    taken = 0

    def counted() -> int:
        nonlocal taken
        taken += 1
        return 0

    cache.connection.set_progress_handler(counted, 100)
    assert cache.units_ending(tail, 20) == []
    cache.connection.set_progress_handler(None, 0)
    return taken


def test_what_nobody_knows_costs_no_more_among_ten_times_as_many(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    took: list[list[int]] = []
    for count in (2000, 20_000):
        filled(cache, [f"SN-{number * 7919 % 1_000_003:06}" for number in range(count)])
        took.append([steps(cache, tail) for tail in ("XXXX", "XXXXX", "XXXXXX", "SN-0XXXXXX")])
    cache.close()
    assert all(many <= few * 1.5 + 2 for few, many in zip(*took, strict=True)), took
