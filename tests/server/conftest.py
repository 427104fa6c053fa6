"""A server on a free port, and its office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.main import Running, serve
from server.storage_sqlite import SqliteStorage
from tests.server.fleet import Handheld, Office


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server in a thread, on a database of its own."""
    server = serve(tmp_path / "central.db")
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
def storage(tmp_path: Path) -> Iterator[SqliteStorage]:
    """A database without a server."""
    opened = SqliteStorage(tmp_path / "central.db")
    yield opened
    opened.close()
