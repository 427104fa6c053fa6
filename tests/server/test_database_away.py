"""A PostgreSQL that goes away under a running server and comes back: nobody has to touch the server for it."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from server.main import Running, serve
from tests.server.fleet import Office, receiving
from tests.server.postgres import Cluster
from tests.server.test_production import client, server, until


@pytest.fixture
def address(cluster: Cluster) -> str:
    """An empty database."""
    return cluster.new_database()


@pytest.fixture
def office(address: str) -> Iterator[Office]:
    """The office of a server on it."""
    running: Running = serve(address)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        yield Office(running, http)
    running.stop()


@pytest.fixture
def gone(cluster: Cluster, address: str) -> Iterator[Callable[[bool], None]]:
    """``gone(True)`` lets nobody into the database any more, ``gone(False)`` everybody again."""
    name = address.partition("@/")[2].partition("?")[0]

    def shut(away: bool) -> None:
        cluster.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not away}")
        if away:
            end_all(cluster, name)

    yield shut
    shut(False)


def end_all(cluster: Cluster, name: str) -> None:
    """What a restart does to every connection."""
    cluster.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_restart_between_two_requests_is_noticed_by_nobody(
    cluster: Cluster, address: str, office: Office
) -> None:
    handheld = office.handheld()
    handheld.write(*(receiving(f"S{number}") for number in range(20)))
    for first in range(1, 21):
        end_all(cluster, address.partition("@/")[2].partition("?")[0])
        answer = handheld.send(handheld.batch(first, first))
        assert (answer.status_code, answer.json().get("hwm")) == (200, first), answer.text
    assert len(office.ledger()) == 20


def test_a_stranger_is_not_told_where_the_database_is(
    cluster: Cluster,
    office: Office,
    gone: Callable[[bool], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone(True)
    with caplog.at_level(logging.INFO, "server"):
        answers = [office.http.get(path) for path in ("/readyz", "/v1/health")]
        answers.append(office.http.post("/v1/enroll", json={"code": "7KQM-2XWD-R9"}))
        page = office.http.get("/units", params={"serial": "S1"})
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]) == (503, "storage")
        assert int(answer.headers["retry-after"]) > 0
    for text in [page.text, *(answer.text for answer in answers)]:
        assert not any(secret in text for secret in (str(cluster.folder), "keeper", "central_")), text
    why = [record.fields.get("why", "") for record in caplog.records if hasattr(record, "fields")]
    assert sum("PostgreSQL cannot be reached" in one for one in why) >= 3, (
        "whoever keeps it finds it in the log"
    )


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_worker_that_finds_no_database_waits_for_it(
    address: str, gone: Callable[[bool], None], tmp_path: Path, comes_back: bool
) -> None:
    with server(address, tmp_path) as process, client(process) as http:
        (first,) = process.workers()
        gone(True)
        os.kill(first, signal.SIGKILL)
        until(lambda: sum("waiting for the database" in line["what"] for line in process.lines()) >= 2)
        assert process.popen.poll() is None
        if comes_back:
            gone(False)
            until(lambda: http.get("/readyz").status_code == 200)
        assert process.end() == 0, "told to end while it waits, it ends"
