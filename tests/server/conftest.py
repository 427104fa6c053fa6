"""A server on a free port, and its office: on SQLite and on PostgreSQL, the same tests for both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.main import Running, serve
from server.open_storage import Database, open_storage
from server.storage import Storage
from tests.server import postgres
from tests.server.fleet import Handheld, Office


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server, started for the first test that needs it."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    started = postgres.Cluster(folder)
    yield started
    started.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return tmp_path / "central.db"
    started: postgres.Cluster = request.getfixturevalue("cluster")
    return started.new_database()


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    """A server in a thread, on a database of its own."""
    server = serve(database)
    yield server
    server.stop()


@pytest.fixture
def office(running: Running) -> Iterator[Office]:
    """The office of that server."""
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        yield Office(running, http)


@pytest.fixture
def handheld(office: Office) -> Handheld:
    """One enrolled handheld of site HAM."""
    return office.handheld()


@pytest.fixture
def storage(database: Database) -> Iterator[Storage]:
    """A database without a server."""
    opened = open_storage(database)
    yield opened
    opened.close()
