"""A fleet for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.disks import small_disk as small_disk
from tests.durability.goods import site_file
from tests.sync.agent_bench import Bench
from tests.sync.fault_proxy import FaultProxy
from tests.sync.fleet import Dock, Fleet, until


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A server with two sites, and no handheld yet."""
    made = Fleet(tmp_path / "fleet")
    for code in ("HAM", "MEM"):
        made.load(site_file(code=code))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def proxy(fleet: Fleet) -> Iterator[FaultProxy]:
    """A bad network in front of the fleet's server."""
    made = FaultProxy(fleet.server.port)
    yield made
    made.close()


@pytest.fixture
def dock(fleet: Fleet, proxy: FaultProxy) -> Dock:
    """A handheld behind the bad network, with its order open and everything downloaded."""
    made = fleet.dock(url=proxy.url)
    made.begin("PO-HAM")
    until(made.settled, "the opening")
    return made


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An agent on virtual time."""
    made = Bench(tmp_path)
    yield made
    made.close()
