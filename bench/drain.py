"""A backlog of fifty handhelds into one server: time, memory, and what a handheld at work notices of it.

``--full`` gives each handheld eight hours of scans, 1.5 million events in all; ``SCANNER_BENCH_DRAIN`` another number.
"""

from __future__ import annotations

import gzip
import http.client
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event as Flag
from threading import Thread
from time import perf_counter, sleep
from typing import NamedTuple

import msgspec

from bench.child import child
from bench.figures import Figure, Result
from bench.room import Room
from bench.workplace import BADGE, ITEM, ORDER, SITE
from sync import wire
from sync.wire import Batch, Stored
from tracking import chain, clock
from tracking.events import Event, encode_body

HANDHELDS, HANDHELDS_QUICK = 50, 4
EVENTS_EACH, EVENTS_EACH_QUICK = 2000, 300
EVENTS_EACH_FULL = 30_000
EVENTS_A_BATCH = 700
"""About what 256 KiB hold."""
BEGIN_MS = 1_795_000_000_000
SCAN_MS_BUDGET, MEMORY_BUDGET = 50.0, 1.2
LOOK_S, ANSWER_S_MAX, FOLD_S_MAX = 0.1, 120.0, 1800.0
ROOT = Path(__file__).parents[1]


class Sample(NamedTuple):
    """The server at one moment."""

    events: int
    """Taken in so far."""
    bytes: int
    """Of memory, as the kernel counts them."""


def run(room: Room) -> Result:
    """All handhelds at once, each a batch after the other, while one more scans."""
    handhelds = room.size(HANDHELDS, HANDHELDS_QUICK)
    each = int(os.environ.get("SCANNER_BENCH_DRAIN", "0")) or (
        EVENTS_EACH_FULL if room.full else room.size(EVENTS_EACH, EVENTS_EACH_QUICK)
    )
    with _serving(room.folder / "drained.db", handhelds + 1) as (pid, url, devices):
        with _at_work(room, url, *devices[-1]) as live:
            backlogs = [Backlog(url, *identity, number, each) for number, identity in enumerate(devices[:-1])]
            samples, took_s = _drained(backlogs, pid, handhelds * each)
            folded_s = took_s + _folded_s(url)
        lived = live()
    events = handhelds * each
    return Result(
        benchmark="drain",
        against="the server's memory after the first tenth, and a handheld at work beside it",
        figures=(
            Figure(
                name="server's memory, most / after a tenth", value=_growth(samples), unit="x", budget=MEMORY_BUDGET,
            ),
            Figure(name="server's memory, most", value=max(one.bytes for one in samples) / 2**20, unit="MiB"),
            Figure(
                name="live scan to verdict meanwhile, p99", value=lived.verdict_ms, unit="ms", budget=SCAN_MS_BUDGET,
            ),
            Figure(name="live scan to receipt meanwhile, median", value=lived.receipt_ms, unit="ms"),
            Figure(name="backlog taken in", value=took_s, unit="s"),
            Figure(name="the same", value=events / took_s, unit="1/s"),
            Figure(name="and shown to everybody", value=folded_s, unit="s"),
        ),
        notes=(
            f"{handhelds} handhelds with {each:,} events each, {events:,} in all, at once",
            f"{lived.scans} live scans; server, senders and the live handheld share this machine's processors",
        ),
    )  # fmt: skip


class Backlog:
    """A handheld that was away: its batches, made as they are sent."""

    def __init__(self, url: str, device: str, token: str, number: int, events: int) -> None:
        self._connection = http.client.HTTPConnection(url, timeout=ANSWER_S_MAX)
        self._device, self._token, self._number, self._events = device, token, number, events
        self._random = Random(number)
        self.sent = 0
        self.failure: Exception | None = None

    def send(self) -> None:
        """All of it."""
        try:
            link = chain.first_link(self._device, 1, "bench")
            while self.sent < self._events:
                bodies = [self._body() for _ in range(min(EVENTS_A_BATCH, self._events - self.sent))]
                batch = wire.batch_of(epoch=1, first=self.sent + 1, prev_chain=link, bodies=bodies)
                link = bytes.fromhex(batch.last_chain)
                self._post(batch)
                self.sent += len(bodies)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            self.failure = error
        finally:
            self._connection.close()

    def _body(self) -> bytes:
        at_ms = BEGIN_MS + 1000 * self.sent + self._random.randrange(1000)
        raw = f"B{self._number:02d}{self._random.randrange(10**7):07d}"
        return encode_body(
            Event(
                step="receiving", item=ITEM, serial=raw, raw=raw, document=ORDER, line=1, operator=BADGE, site=SITE,
                party="ACME", evidence="scanned", source="serial", at="2026-11-23T09:14:02.117+01:00",
                hlc=clock.pack(at_ms), mono_ms=at_ms - BEGIN_MS, boot="5f2c11ab", clock="synced", app="bench",
            )
        )  # fmt: skip

    def _post(self, batch: Batch) -> None:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        }
        body = gzip.compress(msgspec.json.encode(batch), 1)
        self._connection.request("POST", f"/v1/devices/{self._device}/events", body, headers)
        reply = self._connection.getresponse()
        data = reply.read()
        if reply.status != 200 or msgspec.json.decode(data, type=Stored).hwm != batch.last:
            raise RuntimeError(f"the server answered {reply.status}: {data[:200]!r}")


def _drained(backlogs: list[Backlog], pid: int, events: int) -> tuple[list[Sample], float]:
    """Samples of the server's memory, and the seconds until all is taken in."""
    samples: list[Sample] = []
    over = Flag()

    def look() -> None:
        while not over.wait(LOOK_S):
            samples.append(Sample(sum(one.sent for one in backlogs), memory_bytes(pid)))

    looking = Thread(target=look)
    threads = [Thread(target=one.send) for one in backlogs]
    begin = perf_counter()
    for thread in (looking, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    took_s = perf_counter() - begin
    over.set()
    looking.join()
    samples.append(Sample(events, memory_bytes(pid)))
    for failure in (one.failure for one in backlogs if one.failure):
        raise failure
    return samples, took_s


def _growth(samples: list[Sample]) -> float:
    """The most memory after the first tenth of the events, as a ratio to what it was then."""
    tenth = next(one for one in samples if one.events >= samples[-1].events / 10)
    return max(one.bytes for one in samples if one.events >= tenth.events) / tenth.bytes


def memory_bytes(pid: int) -> int:
    """Resident memory of a process; 0 where it is gone."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class _Health(msgspec.Struct):
    lag: int


def _folded_s(url: str) -> float:
    """Seconds until the projections show everything."""
    begin = perf_counter()
    while perf_counter() - begin < FOLD_S_MAX:
        connection = http.client.HTTPConnection(url, timeout=ANSWER_S_MAX)
        connection.request("GET", "/v1/health")
        health = msgspec.json.decode(connection.getresponse().read(), type=_Health)
        connection.close()
        if not health.lag:
            break
        sleep(LOOK_S)
    return perf_counter() - begin


class _Served(msgspec.Struct):
    url: str
    devices: list[tuple[str, str]]


@contextmanager
def _serving(database: Path, devices: int) -> Iterator[tuple[int, str, list[tuple[str, str]]]]:
    with child("bench.ingest_server", str(database), str(devices), "fold") as process:
        assert process.stdout is not None
        told = msgspec.json.decode(process.stdout.readline(), type=_Served)
        yield process.pid, told.url, told.devices


class Lived(msgspec.Struct):
    """What the handheld at work noticed."""

    scans: int
    verdict_ms: float
    receipt_ms: float


@contextmanager
def _at_work(room: Room, url: str, device: str, token: str) -> Iterator[Callable[[], Lived]]:
    """A handheld in a process of its own that scans until the block is left; then it can be asked."""
    found: list[Lived] = []
    with child("bench.drain_live", str(room.folder / "live"), f"http://{url}", device, token) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        yield found.pop
        process.stdin.close()
        found.append(msgspec.json.decode(process.stdout.readline(), type=Lived))
