"""A server with goods in it, and everybody who may knock at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from server.main import Running, serve
from server.open_storage import Database
from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.server.postgres import Cluster, programs


class Town(NamedTuple):
    """A server, its office, its handhelds."""

    office: Office
    device: Handheld
    """In good standing."""
    other: Handheld
    """Another of the same site."""
    far: Handheld
    """One of another site."""
    gone: Handheld
    """Revoked."""
    staff: dict[str, str]
    """Role -> token."""

    def headers(self, role: str) -> dict[str, str]:
        """What this caller shows."""
        match role:
            case "office":
                return self.office.auth
            case "device":
                return self.device.auth
            case "other device":
                return self.other.auth
            case "device of another site":
                return self.far.auth
            case "revoked device":
                return self.gone.auth
            case "made-up token":
                return {"Authorization": "Bearer 0123456789abcdef0123456789abcdef0123456789a"}
        if role in self.staff:
            return {"Authorization": f"Bearer {self.staff[role]}"}
        return {}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """With one unit received."""
    with standing(tmp_path / "central.db") as town:
        yield town


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started for the first test that needs it."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    started = Cluster(folder)
    yield started
    started.close()


@pytest.fixture
def town_on_postgres(cluster: Cluster) -> Iterator[Town]:
    """The same on PostgreSQL."""
    with standing(cluster.new_database()) as town:
        yield town


@contextmanager
def standing(database: Database) -> Iterator[Town]:
    """A town on a database."""
    running: Running = serve(database)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        office = Office(running, http)
        office.load(site_file())
        device, other, gone = (office.handheld(name) for name in ("one", "two", "gone"))
        far = office.handheld("far", site="MEM")
        device.write(receiving("A"))
        assert device.send().status_code == 200
        assert http.post(f"/v1/devices/{gone.device}/revoke", headers=office.auth).status_code == 200
        office.settle()
        staff = {}
        for role in ("supervisor", "operator", "auditor"):
            given = http.post("/v1/staff", json={"name": f"a {role}", "role": role}, headers=office.auth)
            staff[role] = str(given.json()["token"])
        yield Town(office, device, other, far, gone, staff)
    running.stop()
