"""A new handheld among a million units: from the server to a cache that answers, against the bare transfer."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import NamedTuple

import msgspec

from bench.child import child
from bench.company_units import entropy_bytes, units
from bench.enrolled import enrolled
from bench.figures import Figure, median
from bench.room import Room
from scanner_app.clockwork import SystemClock
from scanner_app.handheld import CACHE_FILE, Handheld
from scanner_app.session import SessionSettings
from scanner_app.snapshot_install import install
from server.replica import Feed
from server.site_import import import_site
from server.snapshots import Snapshots, folder_of
from server.storage_sqlite import SqliteStorage
from sync.line import Line
from sync.snapshot import Download
from sync.wire import Snapshot, pair_key

UNITS, UNITS_QUICK = 1_000_000, 6000
ROUNDS, ROUNDS_QUICK = 5, 2
ROWS_A_FLUSH = 10_000
SITE, ELSEWHERE = "HAM", "MEM"
NOW_MS = 1_795_000_000_000
TIME_BUDGET, ENTROPY_BUDGET, BYTES_BUDGET = 25.0, 1.5, 46.0


class _Stock(NamedTuple):
    database: Path
    snapshot: Snapshot
    packed: Path
    built_s: float
    device: str
    token: str


def figures(room: Room) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Downloads the snapshot over HTTP and puts it in place; then sends the same bytes through a bare socket."""
    count = room.size(UNITS, UNITS_QUICK)
    stock = _stock(room.folder / "company.db", count)
    ours: list[float] = []
    raw: list[float] = []
    with _serving(stock) as url:
        for number in range(room.size(ROUNDS, ROUNDS_QUICK)):
            raw.append(_raw_s(stock.packed, room.folder / "raw"))
            ours.append(_bootstrap_s(room.folder / f"new{number}", url, stock, count))
    entropy, shown = entropy_bytes(count), stock.snapshot
    a_unit = shown.bytes / count
    sizes = f"{shown.bytes / 1e6:.1f} MB packed, {shown.bytes_unpacked / 1e6:.1f} MB as a cache"
    return (
        Figure(name="bootstrap / raw socket and flush", value=median(ours) / median(raw), unit="x", budget=TIME_BUDGET),
        Figure(name="bootstrap", value=median(ours), unit="s"),
        Figure(name="raw socket and flush of the same bytes", value=median(raw), unit="s"),
        Figure(
            name="bytes on the wire / information", value=a_unit / entropy, unit="x", budget=ENTROPY_BUDGET,
        ),
        Figure(name="on the wire, a unit", value=a_unit, unit="bytes"),
        Figure(name="information, a unit", value=entropy, unit="bytes"),
        Figure(name="cache, a unit", value=shown.bytes_unpacked / count, unit="bytes", budget=BYTES_BUDGET),
        Figure(name="the snapshot made in", value=stock.built_s, unit="s"),
    ), (f"bootstrap of {count:,} units: {sizes}",)  # fmt: skip


def _stock(database: Path, count: int) -> _Stock:
    storage = SqliteStorage(database)
    import_site(storage, SITE, msgspec.json.encode({"site": SITE, "items": []}), NOW_MS)
    source = units(count, ELSEWHERE)
    while part := list(islice(source, ROWS_A_FLUSH)):
        with storage.write() as tx:
            feed = Feed(tx)
            for unit in part:
                feed.put("unit", pair_key(unit.item, unit.serial), msgspec.json.encode(unit))
            feed.flush()
    device, token = enrolled(storage)
    kept = Snapshots(storage, folder_of(database), lambda: NOW_MS)
    begin = perf_counter()
    snapshot = kept.make(SITE)
    built_s = perf_counter() - begin
    found = kept.file(SITE, snapshot.snapshot)
    assert found is not None
    storage.close()
    return _Stock(database, snapshot, found[1], built_s, device, token)


@contextmanager
def _serving(stock: _Stock) -> Iterator[str]:
    with child("bench.ingest_server", str(stock.database), "0") as process:
        assert process.stdout is not None
        url: str = msgspec.json.decode(process.stdout.readline())["url"]
        yield f"http://{url}"


def _bootstrap_s(folder: Path, url: str, stock: _Stock, count: int) -> float:
    """Seconds from the first request to the first unit that the new cache knows, everything flushed."""
    handheld = Handheld(folder, SystemClock(), SessionSettings(app="bench"), device=stock.device)
    line = Line(url, stock.token, 60.0)
    try:
        line.ask("GET", "/v1/health")  # the connection, and the modules behind it
        begin = perf_counter()
        found = Download(line, folder, over=lambda: False).fetch(SITE)
        assert found is not None
        install(handheld.session, found[1], found[0])
        (one,) = handheld.cache.connection.execute("SELECT turned FROM unit LIMIT 1")
        assert one
        took_s = perf_counter() - begin
        assert handheld.cache.unit_count() == count
        assert (folder / CACHE_FILE).stat().st_size >= stock.snapshot.bytes_unpacked
    finally:
        line.close()
        handheld.close()
    return took_s


def _raw_s(packed: Path, target: Path) -> float:
    """The same bytes through a socket into a file, flushed: what no program can beat."""
    data = packed.read_bytes()
    listening = socket.create_server(("127.0.0.1", 0))

    def send() -> None:
        client, _ = listening.accept()
        with client:
            client.sendall(data)

    sender = Thread(target=send)
    sender.start()
    begin = perf_counter()
    with socket.create_connection(listening.getsockname()) as source, target.open("wb") as file:
        while part := source.recv(1 << 20):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    took_s = perf_counter() - begin
    sender.join()
    listening.close()
    target.unlink()
    return took_s
