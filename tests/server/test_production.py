"""The server of a site as it is run there: granian in processes of its own, on both databases."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from server.main import Running, ServerError
from server.open_storage import Database, is_postgres, open_storage
from server.production import serve_forever
from tests.free_port import free_port
from tests.server.fleet import Handheld, Office, receiving, site_file

ROOT = Path(__file__).parents[2]
STOP_S_MAX = 30


class Process(NamedTuple):
    """``scanner server`` as it was started."""

    popen: subprocess.Popen[str]
    url: str
    token: str
    log: Path

    def office(self, http: httpx.Client) -> Office:
        """Its office; there is no central to look into."""
        return Office(Running(self.url, 0, self.token, None, lambda: None), http)  # type: ignore[arg-type]

    def workers(self) -> list[int]:
        """Process numbers of its workers."""
        children = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text()
        return [int(one) for one in children.split()]

    def end(self, sig: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.popen.send_signal(sig)
        return self.popen.wait(STOP_S_MAX)

    def lines(self) -> list[dict[str, Any]]:
        """What it logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def server(database: Database, tmp_path: Path, *options: str) -> Iterator[Process]:
    """``scanner server`` on a free port, ended with the block if it has not ended before."""
    port = free_port()
    log = tmp_path / "server.log"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "scanner_app", "server", "--database", str(database), "--port", str(port), *options],
            stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said, log.read_text()
        yield Process(process, said.split()[1], said.split()[-1], log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def client(process: Process) -> httpx.Client:
    return httpx.Client(base_url=process.url, trust_env=False, timeout=60)


def until(true: Any, seconds: float = STOP_S_MAX) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_read(client: socket.socket) -> bool:
    """True once the server, on this machine, has read everything that came on this connection."""
    mine, its = (f":{address[1]:04X}" for address in (client.getsockname(), client.getpeername()))
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if local.endswith(its) and remote.endswith(mine):
            return queues.split(":")[1] == "00000000"
    return False


def test_a_batch_in_hand_is_taken_in_and_answered_before_it_ends(database: Database, tmp_path: Path) -> None:
    with server(database, tmp_path) as process, client(process) as http:
        office = process.office(http)
        one = office.handheld("One")
        one.write(*(receiving(f"S{number}") for number in range(50)))
        body = msgspec.json.encode(one.batch())
        address = urlsplit(process.url)
        with socket.create_connection((str(address.hostname), address.port or 0)) as half:
            half.sendall(
                f"POST /v1/devices/{one.device}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {one.token}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body[:100]
            )
            until(lambda: is_read(half), STOP_S_MAX)  # it is in hand now
            process.popen.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            half.sendall(body[100:])
            said = half.makefile("rb").readline()
        assert b" 200 " in said, said
        assert process.popen.wait(STOP_S_MAX) == 0
    storage = open_storage(database)
    with closing(storage), storage.read() as reader:
        assert reader.rows("SELECT count(*) FROM ledger WHERE device = ?", one.device) == [(50,)]


def test_whoever_waits_for_news_is_told_at_once_that_there_are_none(tmp_path: Path) -> None:
    with server(tmp_path / "central.db", tmp_path) as process, client(process) as http:
        handheld = process.office(http).handheld()
        address = urlsplit(process.url)
        with socket.create_connection((str(address.hostname), address.port or 0)) as line:
            line.sendall(
                f"GET /v1/sites/HAM/feed?since=0&limit=5000&wait=30&device={handheld.device} HTTP/1.1\r\n"
                f"Host: x\r\nAuthorization: Bearer {handheld.token}\r\n\r\n".encode()
            )
            until(lambda: is_read(line))
            assert process.end() == 0
            head, _, body = line.makefile("rb").read().partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], "not cut off"
    assert json.loads(body)["rows"] == []


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_that_it_acknowledged_is_lost_however_it_ends(
    database: Database, tmp_path: Path, sig: signal.Signals
) -> None:
    held: dict[str, int] = {}
    enough = threading.Event()

    def upload(handheld: Handheld) -> None:
        for first in range(1, 2000, 10):
            try:
                answer = handheld.send(handheld.batch(first, first + 9))
            except httpx.HTTPError:
                return
            assert answer.status_code == 200, answer.text
            held[handheld.device] = answer.json()["hwm"]
            if sum(held.values()) > 150:
                enough.set()

    with server(database, tmp_path) as process:
        clients = [client(process) for _ in range(3)]
        fleet = []
        for number, http in enumerate(clients):
            handheld = process.office(http).handheld(f"Dock {number}")
            handheld.write(*(receiving(f"{number}-{seq}") for seq in range(2000)))
            fleet.append(handheld)
        threads = [threading.Thread(target=upload, args=(handheld,)) for handheld in fleet]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        code = process.end(sig)
        for thread in threads:
            thread.join()
        for http in clients:
            http.close()
    assert code == (0 if sig == signal.SIGTERM else -sig)
    storage = open_storage(database)
    with closing(storage), storage.read() as reader:
        for handheld in fleet:
            sql = "SELECT body FROM ledger WHERE device = ? ORDER BY seq"
            stored = [bytes(row[0]) for row in reader.rows(sql, handheld.device)]
            assert len(stored) >= held.get(handheld.device, 0)
            assert stored == handheld.bodies[: len(stored)]


def test_a_worker_that_dies_is_replaced_and_none_outlives_its_server(tmp_path: Path) -> None:
    with server(tmp_path / "central.db", tmp_path) as process:
        until(process.workers)
        (first,) = process.workers()
        os.kill(first, signal.SIGKILL)
        until(lambda: process.workers() not in ([], [first]))
        (second,) = process.workers()
        with client(process) as http:
            until(lambda: http.get("/readyz").status_code == 200)
        process.end(signal.SIGKILL)
        until(lambda: not Path(f"/proc/{second}").exists() or "Z" in Path(f"/proc/{second}/stat").read_text())


def test_several_workers_over_one_database_are_one_server(database: Database, tmp_path: Path) -> None:
    if not is_postgres(database):
        with pytest.raises(ServerError, match="one server process"):
            serve_forever(database, "127.0.0.1", 0, workers=2)
        return
    with server(database, tmp_path, "--workers", "2") as process, client(process) as http:
        office = process.office(http)
        office.load(site_file())
        until(lambda: len(process.workers()) == 2)
        fleet = [office.handheld(f"Dock {number}") for number in range(6)]
        clients = [client(process) for _ in fleet]  # each a connection of its own, so both workers get some

        def work(handheld: Handheld, mine: httpx.Client) -> None:
            handheld.http = mine
            handheld.write(*(receiving(f"{handheld.device}-{seq}") for seq in range(40)))
            for first in range(1, 41, 10):
                assert handheld.send(handheld.batch(first, first + 9)).status_code == 200

        threads = [threading.Thread(target=work, args=pair) for pair in zip(fleet, clients, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: http.get("/v1/health").json()["lag"] == 0)
        replicas = [handheld.replica() for handheld in fleet]
        assert all(one == replicas[0] for one in replicas)
        assert sum(table == "unit" for table, _ in replicas[0]) == 240
        for mine in clients:
            mine.close()
        figures = http.get("/metrics", headers=office.auth).text
        assert 'scanner_batches_total{answer="stored"} 24.0' in figures, "any worker answers for all"

        def both_took_part() -> bool:
            httpx.get(f"{process.url}/v1/units", trust_env=False)  # another connection, whoever takes it
            return len({line["process"] for line in process.lines() if line["what"] == "request"}) == 2

        until(both_took_part)
        assert process.end() == 0


def test_its_log_is_json_without_a_secret(database: Database, tmp_path: Path) -> None:
    pin, wrong_token, wrong_code = "83610274", "guessed-token-0123456789abcdef", "WRNG-C0DE-77"
    people = [{"badge": "OP-7", "name": "Ada", "roles": ["operator"], "pin": pin}]
    with server(database, tmp_path) as process, client(process) as http:
        office = process.office(http)
        office.load(site_file(operators=people))
        code = office.code(site="HAM")
        given = http.post("/v1/enroll", json={"code": code, "name": "Dock"}).json()
        handheld = Handheld(http, given["device"], given["token"], given["site"])
        handheld.write(receiving("A"))
        handheld.send()
        handheld.replica()
        assert http.post("/v1/enroll", json={"code": wrong_code}).status_code == 403
        for token in (wrong_token, process.token):
            http.get(f"/v1/health?token={token}", headers={"Authorization": f"Bearer {wrong_token}"})
            http.post("/sign-in", data={"token": token, "next": f"/units?serial={token}"})
        cookie = http.cookies["office"]
        assert handheld.post(b"{" + wrong_token.encode()).status_code == 400
        assert (
            http.get(
                f"/v1/devices/{wrong_token}/hwm", headers={"Authorization": f"Bearer {wrong_token}"}
            ).status_code
            == 401
        )
        assert http.get(f"/{process.token}").status_code == 404
        process.end()
    written = process.log.read_text()
    secrets = [
        pin,
        wrong_token,
        wrong_code,
        process.token,
        handheld.token,
        code,
        code.replace("-", ""),
        cookie,
    ]
    assert [secret for secret in secrets if secret in written] == []
    lines = process.lines()
    uploads = [line for line in lines if line.get("call") == "/v1/devices/{device}/events"]
    assert [(line["status"], line["who"]) for line in uploads] == [
        (200, handheld.device),
        (400, handheld.device),
    ]
    assert {"enrollment", "unauthorized", "malformed"} <= {line.get("refused") for line in lines}
