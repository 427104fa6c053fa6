"""The snapshot: equal to the whole feed, resumable, and never in the way of what goes on meanwhile."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import zstandard

from server import snapshot_build, snapshots
from server.storage_sqlite import SqliteStorage
from sync import cache_file
from sync.wire import Snapshot
from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.sync.fleet import until
from tracking.units import UnitState

NOW_MS = 1_795_000_000_000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of rows is enough for a snapshot."""
    monkeypatch.setattr(snapshots, "ROWS_MIN", 10)
    monkeypatch.setattr(snapshots, "STALE_ROWS", 10)


@pytest.fixture
def stocked(office: Office) -> Office:
    """A company of two sites with some hundred units, and one that a handheld took in."""
    lots = [
        {"item": "PUMP", "serial": f"S{n:03}", "lot": f"L{n // 50}", "status": "shipped"} for n in range(300)
    ]
    office.load(site_file(units=lots))
    far = [
        {"item": "PUMP", "serial": f"M{n:03}", "customer": "CITY", "status": "shipped"} for n in range(100)
    ]
    office.load({"site": "MUC", "items": [], "units": far})
    return office


def ask(office: Office, handheld: Handheld, path: str = "snapshot", **headers: str) -> httpx.Response:
    return office.http.get(f"/v1/sites/{handheld.site}/{path}", headers={**handheld.auth, **headers})


def made(office: Office, handheld: Handheld) -> Snapshot:
    """The newest snapshot, made now."""
    return office.running.central.snapshots.make(handheld.site)


def fetched(office: Office, handheld: Handheld, snapshot: Snapshot) -> bytes:
    answer = ask(office, handheld, f"snapshots/{snapshot.snapshot}")
    assert answer.status_code == 200, answer.text
    return answer.content


def opened(packed: bytes, folder: Path) -> sqlite3.Connection:
    path = folder / "snapshot.db"
    path.write_bytes(zstandard.ZstdDecompressor().decompress(packed))
    return sqlite3.connect(path)


def held(file: sqlite3.Connection) -> dict[tuple[str, str], Any]:
    """(table, key) -> row, as a feed would have said it."""
    rows = {(kind, key): json.loads(body) for kind, key, body in file.execute("SELECT * FROM record")}
    items = dict(file.execute("SELECT id, item FROM item_number"))
    shapes = dict(file.execute("SELECT id, body FROM shape"))
    for key, item_id, state, _, _, more in file.execute("SELECT * FROM unit"):
        shape = shapes.get(cache_file.shape_of(state), b"")
        unit = cache_file.unit_of(items[item_id], cache_file.straight(key), state, more, shape)
        rows["unit", json.dumps([unit.item, unit.serial], separators=(",", ":"))] = json.loads(
            msgspec.json.encode(unit)
        )
    return rows


def test_it_is_what_the_whole_feed_says(stocked: Office, tmp_path: Path) -> None:
    handheld = stocked.handheld()
    handheld.write(receiving("NEW"))
    handheld.send()
    stocked.settle()
    snapshot = made(stocked, handheld)
    packed = fetched(stocked, handheld, snapshot)
    assert (len(packed), hashlib.sha256(packed).hexdigest()) == (snapshot.bytes, snapshot.sha256)
    with closing(opened(packed, tmp_path)) as file:
        assert held(file) == handheld.replica()
        assert snapshot.units == 401
        meta = dict(file.execute("SELECT key, value FROM meta"))
        assert (int(meta["cursor"]), meta["generation"]) == (snapshot.cursor, snapshot.generation)
        assert handheld.feed(snapshot.cursor, generation=snapshot.generation).rows == []
        keys = [row[0] for row in file.execute("SELECT turned FROM unit")]
        assert keys == sorted(keys)
        shown = file.execute(
            "SELECT epoch, seq, chain FROM shown WHERE device = ?", (handheld.device,)
        ).fetchone()
        assert shown == (1, 1, handheld.link(1).hex())


def test_a_site_gets_the_story_of_its_own_units_only(stocked: Office, tmp_path: Path) -> None:
    here, there = stocked.handheld(), stocked.handheld("far", "MUC")
    here.write(receiving("A", location="HAM-A"))
    here.send()
    stocked.settle()
    with closing(opened(fetched(stocked, here, made(stocked, here)), tmp_path)) as file:
        own = held(file)["unit", '["PUMP","A"]']
    with closing(opened(fetched(stocked, there, made(stocked, there)), tmp_path)) as file:
        foreign = held(file)["unit", '["PUMP","A"]']
    assert (own["location"], own["device"]) == ("HAM-A", here.device)
    assert foreign == {"item": "PUMP", "serial": "A", "status": "received", "site": "HAM"} | {
        name: own[name] for name in ("supplier", "lot") if name in own
    }


def test_it_is_made_when_somebody_asks_and_is_worth_it(stocked: Office) -> None:
    handheld = stocked.handheld()
    stocked.settle()
    first = ask(stocked, handheld)
    assert (first.status_code, first.headers["Retry-After"]) == (202, "2")
    until(lambda: ask(stocked, handheld).status_code == 200, "none was made")
    answer = ask(stocked, handheld)
    snapshot = msgspec.json.decode(answer.content, type=Snapshot)
    assert ask(stocked, handheld, f"snapshots/{snapshot.snapshot}").status_code == 200


def test_a_small_site_is_downloaded_by_its_feed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "ROWS_MIN", 1000)
    answer = ask(office, office.handheld())
    assert (answer.status_code, answer.json()["error"]) == (404, "no_snapshot")


def test_a_new_one_is_made_after_many_changes_and_the_old_one_serves_meanwhile(stocked: Office) -> None:
    handheld = stocked.handheld()
    stocked.settle()
    first = made(stocked, handheld)
    central = stocked.running.central.snapshots
    assert central.ask("HAM") == first
    assert central.make_wanted() == 0, "nothing changed"
    handheld.write(*(receiving(f"N{number}") for number in range(20)))
    handheld.send()
    stocked.settle()
    assert central.ask("HAM") == first
    until(lambda: central.newest("HAM") != first, "none was made")
    second = central.newest("HAM")
    assert second is not None
    assert second.cursor > first.cursor
    assert ask(stocked, handheld, f"snapshots/{first.snapshot}").status_code == 200, "somebody may be at it"
    third = made(stocked, handheld)
    assert third.cursor >= second.cursor


def test_the_newest_and_the_one_before_it_are_kept_and_no_more(stocked: Office) -> None:
    handheld = stocked.handheld()
    kept = stocked.running.central.snapshots
    made_ones = []
    for number in range(4):
        handheld.write(receiving(f"N{number}"))
        handheld.send(handheld.batch(number + 1))
        stocked.settle()
        made_ones.append(made(stocked, handheld))
    assert len({one.snapshot for one in made_ones}) == 4
    assert [kept.file("HAM", one.snapshot) is not None for one in made_ones] == [False, False, True, True]
    files = sorted(path.suffix for path in kept._folder.iterdir())
    assert files == [".json", ".json", ".zst", ".zst"]


def test_one_of_another_layout_is_none(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "one.db")
    kept = snapshots.Snapshots(storage, tmp_path / "kept", lambda: NOW_MS)
    first = kept.make("HAM")
    (note,) = (tmp_path / "kept").glob("*.json")
    other = msgspec.structs.replace(first, layout=first.layout + 1)
    note.write_bytes(msgspec.json.encode(other))
    assert kept.newest("HAM") is None
    assert kept.file("HAM", first.snapshot) is None
    note.write_bytes(b"{")
    assert kept.newest("HAM") is None
    storage.close()


def test_parts_make_up_the_whole(stocked: Office) -> None:
    handheld = stocked.handheld()
    snapshot = made(stocked, handheld)
    path = f"snapshots/{snapshot.snapshot}"
    etag = f'"{snapshot.sha256}"'
    parts, at = b"", 0
    while at < snapshot.bytes:
        answer = ask(stocked, handheld, path, Range=f"bytes={at}-{at + 999}", **{"If-Range": etag})
        assert answer.status_code == 206
        last = at + len(answer.content) - 1
        assert answer.headers["Content-Range"] == f"bytes {at}-{last}/{snapshot.bytes}"
        assert answer.headers["ETag"] == etag
        parts, at = parts + answer.content, at + len(answer.content)
    assert hashlib.sha256(parts).hexdigest() == snapshot.sha256
    rest = ask(stocked, handheld, path, Range="bytes=100-")
    assert (rest.status_code, rest.content) == (206, parts[100:])
    other = ask(stocked, handheld, path, Range="bytes=100-200", **{"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, parts)
    beyond = ask(stocked, handheld, path, Range=f"bytes={snapshot.bytes}-")
    assert beyond.status_code == 416
    assert ask(stocked, handheld, path, **{"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fcentral.db", "1-0123456789abcdef"])
def test_no_other_file_is_given(stocked: Office, name: str) -> None:
    handheld = stocked.handheld()
    made(stocked, handheld)
    assert ask(stocked, handheld, f"snapshots/{name}").status_code == 404


def test_it_is_of_one_life_of_the_database(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "one.db")
    kept = snapshots.Snapshots(storage, tmp_path / "kept", lambda: NOW_MS)
    first = kept.make("HAM")
    assert kept.newest("HAM") == first
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    other = SqliteStorage(tmp_path / "two.db")
    assert snapshots.Snapshots(other, tmp_path / "kept", lambda: NOW_MS).newest("HAM") is None
    for one in (storage, other):
        one.close()


def test_uploads_go_on_while_one_is_made(stocked: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload in the middle of the making is answered, and is behind the snapshot's cursor."""
    handheld = stocked.handheld()
    walked, real = [], snapshot_build._units

    def units(*args: Any) -> int:
        handheld.write(receiving("MEANWHILE"))
        walked.append(handheld.send().status_code)
        stocked.settle()
        return int(real(*args))

    monkeypatch.setattr(snapshot_build, "_units", units)
    snapshot = made(stocked, handheld)
    assert walked == [200]
    keys = {row.key for row in handheld.feed(snapshot.cursor, generation=snapshot.generation).rows}
    assert '["PUMP","MEANWHILE"]' in keys


def test_a_unit_row_is_read_back_as_it_was() -> None:
    plain = UnitState(item="PUMP", serial="A", status="received", flags=("held",))
    shapes: list[bytes] = []

    def shape(_: cache_file.Common, unit: UnitState) -> int:
        shapes.append(cache_file.shape_body(unit))
        return len(shapes)

    common = UnitState(item="PUMP", serial="B", status="shipped", site="MEM", lot="L1")
    own = UnitState(item="PUMP", serial="C", status="shipped", ref="d/1/1", at="2026-11-23")
    for unit in (plain, common, own):
        ((key, _, state, _, _, more),) = cache_file.unit_rows([unit], lambda _: 1, shape)
        body = shapes[cache_file.shape_of(state) - 1] if cache_file.shape_of(state) else b""
        assert cache_file.unit_of("PUMP", cache_file.straight(key), state, more, body) == unit
    assert len(shapes) == 1
