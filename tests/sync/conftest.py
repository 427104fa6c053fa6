"""A fleet for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.goods import site_file
from tests.sync.fleet import Fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A server with two sites, and no handheld yet."""
    made = Fleet(tmp_path)
    for code in ("HAM", "MEM"):
        made.load(site_file(code=code))
    try:
        yield made
    finally:
        made.close()
