"""One server process against two over one PostgreSQL database: what a second process brings on this machine."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench.figures import Figure, Result, median
from bench.ingest import Handheld, Load, loads_of, sent_s
from bench.room import Room
from tests.server import postgres

DEVICES = 4
TWO_BUDGET = 0.8
"""A second process may cost little, where it has no core of its own to bring anything."""
ROUNDS, ROUNDS_QUICK = 4, 1
BATCHES_A_ROUND, BATCHES_A_ROUND_QUICK = 2, 1
START_S_MAX = 60.0
SETTLE_S_MAX = 600.0


class _Speeds(NamedTuple):
    """Events a second of every turn."""

    taken: list[float]
    """Until they were acknowledged."""
    shown: list[float]
    """Until units and feed showed them."""


class _Served(NamedTuple):
    """A server under test."""

    address: str
    token: str
    handhelds: list[Handheld]


def run(room: Room) -> Result:
    """The same batches by turns into both."""
    rounds = room.size(ROUNDS, ROUNDS_QUICK)
    each = room.size(BATCHES_A_ROUND, BATCHES_A_ROUND_QUICK)
    loads = loads_of(room, rounds * each)
    folder = postgres.programs()
    if folder is None:
        raise OSError("PostgreSQL is not installed: apt-get install postgresql")
    cluster = postgres.Cluster(folder)
    try:
        with _serving(cluster.new_database(), 1) as one, _serving(cluster.new_database(), 2) as two:
            single, double = _by_turns(loads, each, one, two)
    finally:
        cluster.close()
    return Result(
        benchmark="scale",
        against="one server process over the same PostgreSQL",
        figures=(
            Figure(
                name="two processes / one, events a second",
                value=median(double.taken) / median(single.taken), unit="x", budget=TWO_BUDGET, bound="at least",
            ),
            Figure(name="one process, taken in", value=median(single.taken), unit="1/s"),
            Figure(name="two processes, taken in", value=median(double.taken), unit="1/s"),
            Figure(name="one process, until shown everywhere", value=median(single.shown), unit="1/s"),
            Figure(name="two processes, until shown everywhere", value=median(double.shown), unit="1/s"),
        ),
        notes=(
            f"{DEVICES} handhelds send {DEVICES * sum(len(load.batch.events) for load in loads)} events in all",
            f"{os.cpu_count()} cores for server, PostgreSQL and handhelds together",
        ),
    )  # fmt: skip


def _by_turns(loads: list[Load], each: int, one: _Served, two: _Served) -> tuple[_Speeds, _Speeds]:
    """Each has the machine to itself: the next turn begins when everything before it is folded."""
    single, double = _Speeds([], []), _Speeds([], [])
    for start in range(0, len(loads), each):
        part = loads[start : start + each]
        events = DEVICES * sum(len(load.batch.events) for load in part)
        for served, found in ((one, single), (two, double)):
            took_s = sent_s(served.handhelds, part)
            for handheld in served.handhelds:
                handheld.close()  # the server hangs up by itself before the next turn; that one dials again
            found.taken.append(events / took_s)
            found.shown.append(events / (took_s + _settled_s(served)))
    return single, double


@contextmanager
def _serving(database: str, workers: int) -> Iterator[_Served]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "scanner_app", "server", "--database", database, "--port", str(port),
         "--workers", str(workers)],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        token = process.stdout.readline().split()[-1]
        address = f"127.0.0.1:{port}"
        handhelds = [_enrolled(address, token) for _ in range(DEVICES)]
        yield _Served(address, token, handhelds)
        for handheld in handhelds:
            handheld.close()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _enrolled(address: str, office: str) -> Handheld:
    code = _ask(address, "POST", "/v1/enrollment-codes", office, b'{"site": "HAM"}')["code"]
    given = _ask(address, "POST", "/v1/enroll", "", msgspec.json.encode({"code": code}))
    return Handheld(address, given["device"], given["token"])


def _ask(address: str, method: str, path: str, token: str, body: bytes = b"") -> dict[str, Any]:
    connection = http.client.HTTPConnection(address, timeout=START_S_MAX)
    with closing(connection):
        connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
        found: dict[str, Any] = msgspec.json.decode(connection.getresponse().read())
        return found


def _settled_s(served: _Served) -> float:
    """Seconds until the projections show everything."""
    began_s = time.perf_counter()
    while (
        _ask(served.address, "GET", "/v1/health", "")["lag"] and time.perf_counter() - began_s < SETTLE_S_MAX
    ):
        time.sleep(0.1)
    return time.perf_counter() - began_s
