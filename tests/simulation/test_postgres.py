"""The same fleet and the same misfortunes over PostgreSQL: a few seeds, more with ``SCANNER_TEST_SEEDS``."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.server.postgres import Cluster, programs
from tests.simulation.play import play
from tests.simulation.tally import Seen

SEEDS = int(os.environ.get("SCANNER_TEST_SEEDS", "5"))
STEPS = 500
FIRST = 500_000
FLEET_MAX = 6


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    started = Cluster(folder)
    yield started
    started.close()


def test_nothing_is_lost_or_doubled_on_postgresql(cluster: Cluster) -> None:
    seen = Seen()
    for seed in range(FIRST, FIRST + SEEDS):
        played = play(seed, STEPS, url=cluster.new_database(), handhelds_max=FLEET_MAX)
        assert not played.failure, f"seed {seed}: {played.failure}"
        seen.add(played.seen)
    assert seen.events > 0
    assert seen.answers["stored"] > 0
    assert seen.faults["server crash"] + seen.faults["restore"] + seen.faults["older restore"] > 0


@pytest.mark.parametrize("name", ["no gap check", "cursor out of commit order"])
def test_a_known_bug_is_found_on_postgresql_too(cluster: Cluster, name: str) -> None:
    from tests.simulation.bugs import BUGS
    from tests.simulation.hunt import BROKEN

    for seed in range(40):
        played = play(seed, STEPS, BUGS[name], url=cluster.new_database(), handhelds_max=FLEET_MAX)
        if played.failure.startswith(BROKEN):
            return
    pytest.fail(f"{name} was not found")
