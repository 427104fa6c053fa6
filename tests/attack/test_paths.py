"""Names that lead elsewhere: wherever an address takes a name, at the embedded server and the one of a site."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Route

from server.app import PAGES
from server.openapi import CALLS
from tests.attack.conftest import Town
from tests.server.test_production import Process, server

TRICKS = (
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "..%252f..%252fetc%252fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "..%5c..%5cetc%5cpasswd",
    "%00",
    "central.db%00.json",
    "..%c0%af..%c0%afetc/passwd",
    "%ff%fe",
    "%",
    "%zz",
    "file:///etc/passwd",
    "a" * 8000,
    "%0d%0aSet-Cookie:%20office=x",
)
SECRETS = (b"root:", b"SQLite format 3", b"set-cookie: office=x")


@pytest.fixture(params=["embedded", "site"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """(address, office's token, folder of the database) of either server."""
    if request.param == "embedded":
        town: Town = request.getfixturevalue("town")
        yield town.office.running.url, town.office.running.office_token, tmp_path
        return
    folder = tmp_path / "site"
    folder.mkdir()
    process: Process
    with server(folder / "central.db", tmp_path) as process:
        yield process.url, process.token, folder


def patterns() -> list[tuple[str, str]]:
    """(method, address) of everything with a name in it, and of the files beside the pages."""
    found = [(call.method.upper(), call.path) for call in CALLS if "{" in call.path]
    pages = [route.path.replace(":path", "") for route in PAGES if isinstance(route, Route)]
    found += [("GET", path) for path in pages if "{" in path]
    return [*found, ("GET", "/static/{file}"), ("GET", "/{anything}")]


def files(folder: Path) -> set[str]:
    """What is there beside the database's own."""
    return {path.name for path in folder.rglob("*") if not path.name.startswith("central.db")}


def ask(address: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """As it is written: most libraries would tidy the address up first."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
    try:
        connection.request(method, path, b"{}" if method == "POST" else None, headers)
        reply = connection.getresponse()
        return reply.status, str(reply.headers).lower().encode() + reply.read()
    finally:
        connection.close()


def test_no_name_leads_out_of_the_server(door: tuple[str, str, Path]) -> None:
    address, token, folder = door
    before = files(folder)
    with httpx.Client(base_url=address, trust_env=False) as browser:
        browser.post("/sign-in", data={"token": token, "next": "/"})
        cookie = f"office={browser.cookies['office']}"
    headers = {"Authorization": f"Bearer {token}", "Cookie": cookie}
    for method, pattern in patterns():
        for trick in TRICKS:
            path = re.sub(r"{\w+}", lambda _, trick=trick: trick, pattern)  # type: ignore[misc]
            status, said = ask(address, method, path, headers)
            where = f"{method} {path[:80]}: {status}"
            assert status < 500 or status == 503, where
            assert not any(secret in said for secret in SECRETS), where
    assert files(folder) == before
    assert ask(address, "GET", "/healthz", {})[0] == 200


def test_a_name_with_a_slash_is_one_name_at_both(door: tuple[str, str, Path]) -> None:
    address, token, _ = door
    headers = {"Authorization": f"Bearer {token}"}
    site = {"site": "HAM", "items": [{"item": "A/B"}], "units": [{"item": "A/B", "serial": "S/1 %2F"}]}
    with httpx.Client(base_url=address, trust_env=False, headers=headers) as office:
        assert office.post("/v1/sites/HAM/import", json=site).status_code == 200
        while office.get("/v1/health").json()["lag"]:
            time.sleep(0.02)
        found = office.get("/v1/units/A%2FB/S%2F1%20%252F")
        assert found.status_code == 200
        assert found.json()["units"][0]["serial"] == "S/1 %2F"
