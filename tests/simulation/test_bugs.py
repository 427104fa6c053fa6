"""Known bugs put in on purpose: a simulation that does not find them proves nothing about those that are not known."""

from __future__ import annotations

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.hunt import hunt


@pytest.mark.parametrize("name", BUGS)
def test_a_known_bug_is_found(name: str) -> None:
    found = hunt(name)
    assert found is not None, f"{name} was not found"
    assert found.failure
