"""Events into the central server: over HTTP from two handhelds at once, against the same storage without HTTP."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Thread
from time import perf_counter
from typing import NamedTuple

import msgspec

from bench.enrolled import enrolled
from bench.figures import Figure, Result, median
from bench.room import Room
from bench.workplace import Workplace, serial
from server import ingest
from server.central import clock_ms
from server.open_storage import Database, open_storage
from sync import wire
from sync.packing import Packing
from sync.wire import Batch, Stored

DEVICES = 2
ROUNDS, ROUNDS_QUICK = 8, 2
BATCHES_A_ROUND, BATCHES_A_ROUND_QUICK = 4, 1
PACKING = Packing()
"""As the handheld packs."""
SEED = 2
BETWEEN_SCANS_MS = (700, 4000)
"""A person's pace: times that follow each other by the millisecond would pack better than real ones."""
HTTP_BUDGET, BYTES_BUDGET = 0.6, 30.0
ANSWER_S_MAX = 60.0


class Load(NamedTuple):
    """One batch, as a value and as a handheld sends it."""

    batch: Batch
    packed: bytes


def run(room: Room) -> Result:
    """The same batches by turns into a server over HTTP and into a storage of this process."""
    rounds = room.size(ROUNDS, ROUNDS_QUICK)
    each = room.size(BATCHES_A_ROUND, BATCHES_A_ROUND_QUICK)
    loads = loads_of(room, rounds * each)
    events = sum(len(load.batch.events) for load in loads)
    over_http, direct = by_turns(room.folder / "served.db", room.folder / "direct.db", loads, each)
    folding = _folding(room, loads)
    packed = sum(len(load.packed) for load in loads)
    plain = sum(len(msgspec.json.encode(load.batch)) for load in loads)
    return Result(
        benchmark="ingest",
        against="the same batches into the same kind of storage without HTTP",
        figures=(
            Figure(
                name="HTTP / storage alone, events a second",
                value=median(over_http) / median(direct), unit="x", budget=HTTP_BUDGET, bound="at least",
            ),
            Figure(name="over HTTP", value=median(over_http), unit="1/s"),
            Figure(name="storage alone", value=median(direct), unit="1/s"),
            Figure(name="over HTTP while the projections follow", value=folding, unit="1/s"),
            Figure(name="upload, packed", value=packed / events, unit="bytes", budget=BYTES_BUDGET, note="an event"),
            Figure(name="upload, plain", value=plain / events, unit="bytes", note="an event"),
        ),
        notes=(
            f"{events / len(loads):.0f} events a batch, the most that {wire.BATCH_BYTES_MAX // 1024} KiB hold",
            f"{DEVICES} handhelds send at once, each waits for its answer",
        ),
    )  # fmt: skip


def loads_of(room: Room, batches: int) -> list[Load]:
    """Consecutive batches of real events, with serial numbers that nothing could guess."""
    random = Random(SEED)
    numbers = iter(random.sample(range(10**9), (batches + 1) * wire.BATCH_EVENTS_MAX))
    place = Workplace(room.folder / "source")
    journal = place.handheld.journal
    journal.connection.execute("PRAGMA synchronous=OFF")
    loads: list[Load] = []
    first = 1
    while len(loads) < batches:
        while journal.seq < first + wire.BATCH_EVENTS_MAX:
            place.clock.skip(random.randrange(*BETWEEN_SCANS_MS))
            answer = place.session.handle(place.scan(serial(next(numbers))))
            assert answer.verdict.code == "received", answer
        bodies = journal.bodies(journal.epoch, first, wire.BATCH_EVENTS_MAX)
        bodies = bodies[: wire.fits(bodies)]
        before = journal.link_before(journal.epoch, first)
        assert before is not None
        batch = wire.batch_of(epoch=1, first=first, prev_chain=before, bodies=bodies)
        loads.append(Load(batch, PACKING.pack(msgspec.json.encode(batch))[0]))
        first += len(bodies)
    place.close()
    return loads


def by_turns(
    served: Database, alone: Database, loads: list[Load], each: int
) -> tuple[list[float], list[float]]:
    """Events a second of every round, over HTTP into the one database and without it into the other."""
    over_http: list[float] = []
    direct: list[float] = []
    storage = open_storage(alone)
    names = [enrolled(storage)[0] for _ in range(DEVICES)]
    with _serving(served) as handhelds:
        for start in range(0, len(loads), each):
            part = loads[start : start + each]
            events = DEVICES * sum(len(load.batch.events) for load in part)
            over_http.append(events / sent_s(handhelds, part))
            begin = perf_counter()
            for name in names:
                for load in part:
                    answer = ingest.take(storage, name, load.batch, clock_ms())
                    assert isinstance(answer, Stored)
            direct.append(events / (perf_counter() - begin))
    storage.close()
    return over_http, direct


def _folding(room: Room, loads: list[Load]) -> float:
    """Events a second over HTTP while units, documents and the feed are worked out beside."""
    with _serving(room.folder / "folded.db", "fold") as handhelds:
        took_s = sent_s(handhelds, loads)
    return DEVICES * sum(len(load.batch.events) for load in loads) / took_s


class Handheld:
    """One device's connection to the server."""

    def __init__(self, url: str, device: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(url, timeout=ANSWER_S_MAX)
        self._path = f"/v1/devices/{device}/events"
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Content-Encoding": "zstd",
        }

    def send(self, loads: list[Load]) -> None:
        """One batch after the other, each after the answer to the one before."""
        for load in loads:
            self._connection.request("POST", self._path, load.packed, self._headers)
            reply = self._connection.getresponse()
            data = reply.read()
            if reply.status != 200 or msgspec.json.decode(data, type=Stored).status != "stored":
                raise RuntimeError(f"the server answered {reply.status}: {data[:200]!r}")

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()


def sent_s(handhelds: list[Handheld], loads: list[Load]) -> float:
    """Seconds until every handheld has handed in all of it."""
    failures: list[BaseException] = []

    def send(handheld: Handheld) -> None:
        try:
            handheld.send(loads)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            failures.append(error)

    threads = [Thread(target=send, args=(handheld,)) for handheld in handhelds]
    begin = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = perf_counter() - begin
    if failures:
        raise failures[0]
    return took_s


class _Served(msgspec.Struct):
    """What the server's process says when it answers."""

    url: str
    devices: list[tuple[str, str]]


@contextmanager
def _serving(database: Database, *options: str) -> Iterator[list[Handheld]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.ingest_server", str(database), str(DEVICES), *options],
        cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = msgspec.json.decode(process.stdout.readline(), type=_Served)
        handhelds = [Handheld(told.url, device, token) for device, token in told.devices]
        yield handhelds
        for handheld in handhelds:
            handheld.close()
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(ANSWER_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
