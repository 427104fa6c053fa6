"""A handheld that begins with a snapshot: resumed after a cut, verified, put in place whole, own work on top."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scanner_app.handheld import CACHE_FILE
from server import projection, snapshots
from sync import snapshot as download
from sync.wire import Snapshot
from tests.durability.goods import serial, site_file
from tests.sync.fault_proxy import Exchange, Fault, FaultProxy, Request, cut_down, hang_up, through
from tests.sync.fleet import ITEM, Dock, Fleet, until

UNITS = 3000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site of this size is worth a snapshot, and takes many pieces."""
    monkeypatch.setattr(snapshots, "ROWS_MIN", 100)
    monkeypatch.setattr(download, "PIECE_BYTES", 2048)
    monkeypatch.setattr(download, "PIECE_BYTES_MIN", 256)


@pytest.fixture
def stocked(fleet: Fleet) -> Snapshot:
    """Some thousand units of another site, and the snapshot of them."""
    units = [
        {"item": ITEM, "serial": f"M{n * 7919 % 1_000_003:07}", "status": "shipped", "lot": f"L-{n % 7}"}
        for n in range(UNITS)
    ]
    fleet.load(site_file(code="MEM") | {"units": units})
    until(lambda: shown(fleet), "the units were not folded")
    return fleet.server.central.snapshots.make("HAM")


def shown(fleet: Fleet) -> bool:
    """The server's projections show everything."""
    with fleet.server.central.storage.read() as reader:
        return projection.lag(reader) == 0


def fed(dock: Dock) -> bool:
    """It is at the head of the feed, with everything."""
    return bool(
        dock.ask(lambda session: session.cache.unit_count() >= UNITS and session.cache.meta("confirmed_ms"))
    )


class Watched:
    """What was asked for through the proxy, and which of it meets a fault."""

    def __init__(self, proxy: FaultProxy, fault: Fault = through) -> None:
        self.requests: list[Request] = []
        self.pieces = 0
        self.strikes: Callable[[int], bool] = lambda count: False
        """Whether this piece of the snapshot, counted from 1, meets the fault."""
        proxy.meet(fault, self._concerns)

    def _concerns(self, request: Request) -> bool:
        self.requests.append(request)
        piece = "/snapshots/" in request.path
        self.pieces += piece
        return piece and self.strikes(self.pieces)

    def paths(self, what: str) -> list[str]:
        return [request.path for request in self.requests if what in request.path]

    def ranges(self) -> list[tuple[int, int]]:
        """Of the snapshot's file, from and up to."""
        heads = [request.head.decode().lower() for request in self.requests if "/snapshots/" in request.path]
        texts = [head.split("range: bytes=")[1].split("\r\n")[0].split("-") for head in heads]
        return [(int(start), int(last) + 1) for start, last in texts]


def test_a_new_handheld_begins_with_it_and_goes_on_by_the_feed(
    fleet: Fleet, proxy: FaultProxy, stocked: Snapshot
) -> None:
    watched = Watched(proxy)
    dock = fleet.dock(url=proxy.url)
    dock.begin("PO-HAM")
    assert fed(dock)
    until(lambda: bool(watched.paths("/feed?")), "the feed was never asked for")
    feeds = watched.paths("/feed?")
    assert not [path for path in feeds if "since=0" in path]
    dock.give(serial(1))
    until(dock.settled, "its own scan")
    assert dock.cached(serial(1)) == dock.unit(serial(1))
    of_lot = dock.ask(lambda session: session.knows.together.units("lot", "L-6"))
    assert (len(of_lot.units), of_lot.whole) == (UNITS // 7, True)
    assert not list(dock.folder.glob("snapshot.*")), "nothing is left of the download"


def test_a_download_goes_on_where_it_was_cut(fleet: Fleet, proxy: FaultProxy, stocked: Snapshot) -> None:
    watched = Watched(proxy, cut_down(700))
    watched.strikes = lambda count: count % 3 == 0
    dock = fleet.dock(url=proxy.url)
    until(lambda: fed(dock), "the snapshot never came whole")
    asked = watched.ranges()
    assert len(asked) > 6
    assert len({start for start, _ in asked}) > len(asked) / 2, "what was there was asked for again"
    assert [start for start, _ in asked] == sorted(start for start, _ in asked)


def test_a_battery_pulled_in_the_middle_costs_nothing_that_had_come(
    fleet: Fleet, proxy: FaultProxy, stocked: Snapshot
) -> None:
    watched = Watched(proxy, hang_up)
    watched.strikes = lambda count: count > 4
    dock = fleet.dock(url=proxy.url)
    until(lambda: watched.pieces > 5, "the download was not cut")
    dock.on.crash()
    begun = (dock.folder / download.PART).stat().st_size
    assert begun > 0
    again = Watched(proxy)
    dock.on = dock._started()
    until(lambda: fed(dock), "the download did not go on")
    assert again.ranges()[0][0] == begun


def test_a_damaged_one_is_never_used(fleet: Fleet, proxy: FaultProxy, stocked: Snapshot) -> None:
    spoiled = 0

    def spoil(exchange: Exchange) -> bool:
        nonlocal spoiled
        data = bytearray(exchange.asked())
        data[-100] ^= 1
        spoiled += 1
        exchange.say(bytes(data))
        return False

    watched = Watched(proxy, spoil)
    watched.strikes = lambda count: spoiled < 2
    dock = fleet.dock(url=proxy.url)
    until(lambda: fed(dock), "nothing came")
    assert spoiled == 2
    assert dock.ask(lambda session: session.cache.sound())
    dock.begin("PO-HAM")


def test_without_room_for_it_the_feed_does(
    fleet: Fleet, proxy: FaultProxy, stocked: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def no_room(folder: Path) -> int:
        asked.append(folder)
        return stocked.bytes + stocked.bytes_unpacked

    monkeypatch.setattr(download.Download.__init__, "__kwdefaults__", {"free": no_room})
    watched = Watched(proxy)
    dock = fleet.dock(url=proxy.url)
    until(lambda: fed(dock), "the feed never brought it")
    assert asked
    assert not watched.paths("/snapshots/"), "a download was begun that does not fit"
    assert not list(dock.folder.glob("snapshot.*"))


def test_after_410_it_takes_a_new_one_by_itself_and_nothing_flickers(fleet: Fleet, stocked: Snapshot) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2))
    until(dock.settled, "settled")
    dock.offline()
    dock.give(serial(3))

    def look(session: Any) -> None:
        for number in (1, 2, 3):
            assert session.knows.unit(ITEM, serial(number)).status == "received", serial(number)

    dock.on.crash()
    with closing(sqlite3.connect(dock.folder / CACHE_FILE)) as cache, cache:
        cache.execute("UPDATE meta SET value = 'another life' WHERE key = 'generation'")
    before = (dock.folder / CACHE_FILE).stat().st_ino
    dock.on = dock._started()
    failed = dock.watch(look)
    until(dock.settled, "settled after 410")
    until(lambda: (dock.folder / CACHE_FILE).stat().st_ino != before, "no new file")
    until(lambda: fleet.tally("PO-HAM") == {1: 3}, "the server's count")
    assert failed == []
    assert dock.tally("PO-HAM").done == {1: 3}


def test_events_that_the_snapshot_does_not_show_stay_on_top(fleet: Fleet, stocked: Snapshot) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1))
    until(dock.settled, "the first")
    until(lambda: shown(fleet), "the first was not folded")
    between = fleet.server.central.snapshots.make("HAM")
    dock.give(serial(2), serial(3))
    until(dock.settled, "all three")
    seen: list[dict[int, int]] = []

    def replaced(session: Any) -> None:
        from scanner_app.cache_feed import applied
        from scanner_app.snapshot_install import install

        found = fleet.server.central.snapshots.file("HAM", between.snapshot)
        assert found is not None
        packed = dock.folder / "again.zst"
        shutil.copy(found[1], packed)
        import zstandard

        whole = dock.folder / "again.db"
        whole.write_bytes(zstandard.ZstdDecompressor().decompress(packed.read_bytes()))
        install(session, whole, between)
        seen.append(applied(session.cache))
        for number in (1, 2, 3):
            assert session.knows.unit(ITEM, serial(number)).status == "received"
        assert session.knows.tally("PO-HAM").done == {1: 3}

    dock.offline()
    dock.ask(replaced)
    assert seen == [{1: 1}], "the snapshot shows the first of the three"
    dock.restart()
    until(dock.settled, "settled")
    assert [dock.cached(serial(number)) == dock.unit(serial(number)) for number in (1, 2, 3)] == [True] * 3


def test_a_file_of_another_layout_is_left_to_the_feed(
    fleet: Fleet, proxy: FaultProxy, stocked: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LAYOUT", 3)
    watched = Watched(proxy)
    dock = fleet.dock(url=proxy.url)
    until(lambda: fed(dock), "the feed never brought it")
    assert not watched.paths("/snapshots/")


def test_a_whole_file_that_is_not_the_promised_one_is_never_used(
    fleet: Fleet, proxy: FaultProxy, stocked: Snapshot
) -> None:
    """It unpacks, it is a cache, and it is still not what the server said: the feed has to do."""
    asked: list[str] = []

    def promise_another(exchange: Exchange) -> bool:
        asked.append(exchange.request.path)
        exchange.say(exchange.asked().replace(stocked.sha256_unpacked.encode(), b"f" * 64))
        return True

    proxy.meet(promise_another)
    dock = fleet.dock(url=proxy.url)
    until(lambda: fed(dock), "the feed never brought it")
    assert any("/snapshots/" in path for path in asked)
    assert any("/feed?" in path and "since=0&" in path for path in asked), "the file was taken all the same"
