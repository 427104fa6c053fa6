"""Starting and stopping: plain sentences, the office's token, and a server that is killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from server.main import Running, ServerError, listen, serve
from server.open_storage import Database
from tests.server.fleet import Handheld, Office, receiving

ROOT = Path(__file__).parents[2]
FOREGROUND = """
import sys
from server.production import serve_forever
serve_forever(sys.argv[1], "127.0.0.1", 0, started=lambda url, token: print(url, token, flush=True))
"""


def start(database: Database) -> tuple[subprocess.Popen[str], str, str]:
    """A server in a process of its own: (process, address, office's token)."""
    process = subprocess.Popen(
        [sys.executable, "-c", FOREGROUND, str(database)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    url, token = process.stdout.readline().split()
    return process, url, token


def finish(process: subprocess.Popen[str], sig: int) -> int:
    process.send_signal(sig)
    code = process.wait(30)
    assert process.stdout is not None
    process.stdout.close()
    return code


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"cannot listen on 127.0.0.1:{port}"):
            serve(tmp_path / "central.db", port=port)
    for host, bad in (("127.0.0.1", 99999), ("not an address", 0)):
        with pytest.raises(ServerError):
            serve(tmp_path / "central.db", host, bad)


def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "central.db").write_bytes(b"nonsense " * 1000)
    with pytest.raises(ServerError, match="cannot be used"):
        serve(tmp_path / "central.db")


def test_the_offices_token_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        running = serve(tmp_path / "central.db")
        tokens.append(running.office_token)
        running.stop()
    assert tokens[0] == tokens[1]
    assert len(tokens[0]) >= 43
    path = tmp_path / "central.db.office-token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    with pytest.raises(ServerError, match="too short"):
        serve(tmp_path / "central.db")
    running = serve(tmp_path / "central.db", office_token="given by the settings")
    assert running.office_token == "given by the settings"
    running.stop()


def test_stopping_twice_is_stopping_once(running: Running) -> None:
    running.stop()
    running.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.url, trust_env=False)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_politely(tmp_path: Path, sig: int) -> None:
    process, url, _ = start(tmp_path / "central.db")
    assert httpx.get(f"{url}/v1/health", trust_env=False).json()["status"] == "ok"
    assert finish(process, sig) in {0, -sig}
    assert not (tmp_path / "central.db-wal").exists(), "the database was closed"


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_server_has_everything_that_it_acknowledged(database: Database, seed: int) -> None:
    """kill -9 in the middle of uploads; what was answered is there, and the rest can be sent again."""
    process, url, token = start(database)
    fleet: list[Handheld] = []
    clients = [httpx.Client(base_url=url, trust_env=False, timeout=10) for _ in range(3)]
    office = Office(Running(url, 0, token, None, lambda: None), clients[0])  # type: ignore[arg-type]
    for number, client in enumerate(clients):
        one = office.handheld(f"Dock {number}")
        one.http = client
        one.write(*(receiving(f"{number}-{seq}") for seq in range(2000)))
        fleet.append(one)
    acknowledged = [0] * len(fleet)
    enough = threading.Event()

    def upload(number: int) -> None:
        each = fleet[number]
        for first in range(1, 2000, 20):
            try:
                answer = each.send(each.batch(first, first + 19))
            except httpx.HTTPError:
                return
            assert answer.status_code == 200, answer.text
            acknowledged[number] = answer.json()["hwm"]
            if sum(acknowledged) > 200 + 300 * seed:
                enough.set()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(len(fleet))]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    finish(process, signal.SIGKILL)
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    running = serve(database)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        office = Office(running, http)
        for each, count in zip(fleet, acknowledged, strict=True):
            each.http = http
            where = each.hwm()
            assert where.hwm >= count
            assert where.chain == each.link(where.hwm).hex()
            for first in range(where.hwm + 1, len(each.bodies) + 1, 1000):
                assert each.send(each.batch(first, first + 999)).status_code == 200
        office.settle()
        held = {each.device: [row[3] for row in office.ledger() if row[0] == each.device] for each in fleet}
        assert held == {each.device: each.bodies for each in fleet}
    running.stop()


def test_answers_do_not_wait_for_the_acknowledgement_of_their_headers() -> None:
    listening = listen("127.0.0.1", 0)
    with listening, socket.create_connection(listening.getsockname()) as client:
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    ("host", "asked"), [("::1", "[::1]"), ("::", "[::1]"), ("::", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")]
)
def test_it_listens_where_it_is_told_to(tmp_path: Path, host: str, asked: str) -> None:
    """With ``::`` over both."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("there is no IPv6 here")
    running = serve(tmp_path / "central.db", host)
    try:
        assert running.url == f"http://{f'[{host}]' if ':' in host else host}:{running.port}"
        assert httpx.get(f"http://{asked}:{running.port}/healthz", trust_env=False).status_code == 200
    finally:
        running.stop()
