"""Tombstones end some day: who was away for longer begins again, everybody else notices nothing."""

from __future__ import annotations

import pytest

from server import replica
from server.compaction import KEEP_MS, MARK_MS, compact, reaches
from server.replica import Feed
from server.storage import Storage
from tests.server.fleet import Handheld, Office, receiving, site_file
from tracking.events import Event

START_MS = 1_795_000_000_000


def put(storage: Storage, *names: str) -> int:
    """Rows of the feed; where it stands then."""
    with storage.write() as tx:
        feed = Feed(tx)
        for name in names:
            feed.put("party", name, b'{"party":"x"}')
        feed.flush()
        return replica.head(tx)


def delete(storage: Storage, *names: str) -> int:
    with storage.write() as tx:
        feed = Feed(tx)
        for name in names:
            feed.delete("party", name)
        feed.flush()
        return replica.head(tx)


def tombstones(storage: Storage) -> int:
    with storage.read() as reader:
        rows = reader.rows("SELECT key FROM replica WHERE op = 'del'")
    return len(rows)


def test_a_tombstone_stays_for_as_long_as_a_handheld_may_be_away(storage: Storage) -> None:
    put(storage, "A", "B")
    delete(storage, "A")
    assert compact(storage, START_MS) == 0
    assert compact(storage, START_MS + KEEP_MS - 1) == 0
    assert tombstones(storage) == 1
    assert compact(storage, START_MS + KEEP_MS) == 1
    assert tombstones(storage) == 0
    with storage.read() as reader:
        assert replica.get(reader, "party", "B") is not None
        assert replica.floor(reader) == 3


def test_a_younger_one_stays_and_the_floor_goes_no_higher_than_what_is_gone(storage: Storage) -> None:
    put(storage, "A", "B", "C")
    old = delete(storage, "A")
    put(storage, "D")
    compact(storage, START_MS)
    delete(storage, "B")
    compact(storage, START_MS + MARK_MS)
    assert compact(storage, START_MS + KEEP_MS) == 1
    assert tombstones(storage) == 1
    with storage.read() as reader:
        assert replica.floor(reader) == old
    assert compact(storage, START_MS + KEEP_MS + MARK_MS) == 1


def test_nothing_to_let_go_of_raises_no_floor(storage: Storage) -> None:
    put(storage, "A")
    compact(storage, START_MS)
    compact(storage, START_MS + 2 * KEEP_MS)
    with storage.read() as reader:
        assert replica.floor(reader) == 0


def marks(storage: Storage) -> list[tuple[int, int]]:
    with storage.read() as reader:
        return [
            (row[0] - START_MS, row[1]) for row in reader.rows("SELECT ms, seq FROM feed_mark ORDER BY ms")
        ]


def test_a_mark_is_made_once_an_hour_and_goes_when_nothing_needs_it(storage: Storage) -> None:
    put(storage, "A", "B", "C")
    for later_ms in (0, 1, MARK_MS - 1, MARK_MS, MARK_MS + 1, 2 * MARK_MS - 1):
        compact(storage, START_MS + later_ms)
    assert marks(storage) == [(0, 3), (MARK_MS, 3)]
    first, second = delete(storage, "A"), delete(storage, "B")
    compact(storage, START_MS + 2 * MARK_MS)
    compact(storage, START_MS + 3 * MARK_MS)
    assert compact(storage, START_MS + 2 * MARK_MS + KEEP_MS) == 2
    kept = [(2 * MARK_MS, second), (3 * MARK_MS, second), (2 * MARK_MS + KEEP_MS, second)]
    assert (first, marks(storage)) == (second - 1, kept)


def test_a_cursor_on_the_floor_misses_nothing_and_one_below_may(storage: Storage) -> None:
    with storage.write() as tx:
        replica.raise_floor(tx, 7)
    with storage.read() as reader:
        asked = [(since, began) for since in (0, 6, 7, 8) for began in (0, 6, 7)]
        served = [one for one in asked if reaches(reader, *one)]
    assert served == [one for one in asked if one[0] == 0 or max(one) >= 7]
    assert (6, 6) not in served


@pytest.fixture
def aged(office: Office) -> tuple[Office, Handheld, int]:
    """An office, a handheld, and where its cursor stood before something went and its tombstone too."""
    handheld = office.handheld()
    office.load(site_file())
    handheld.write(receiving("A"), receiving("B"))
    handheld.send()
    office.settle()
    before = handheld.feed().next
    handheld.write(
        Event(step="receiving", action="DELETE", item="PUMP", serial="A", cancels=f"{handheld.device}/1/1")
    )
    handheld.send()
    office.settle()
    compact(office.running.central.storage, START_MS)
    assert compact(office.running.central.storage, START_MS + KEEP_MS) == 1
    return office, handheld, before


def test_who_was_away_for_too_long_begins_again(aged: tuple[Office, Handheld, int]) -> None:
    _, handheld, before = aged
    answer = handheld.feed_answer(before)
    assert (answer.status_code, answer.json()["error"]) == (410, "resnapshot")
    assert ("unit", '["PUMP","A"]') not in handheld.replica()
    assert ("unit", '["PUMP","B"]') in handheld.replica()


def test_a_download_that_began_since_goes_on_below_the_floor(aged: tuple[Office, Handheld, int]) -> None:
    _, handheld, _ = aged
    page = handheld.feed(0, limit=2)
    assert handheld.feed_answer(page.next, limit=2).status_code == 410, "without a word of when it began"
    seen, began = [row.key for row in page.rows], page.began
    while page.more:
        page = handheld.feed(page.next, limit=2, began=began)
        seen += [row.key for row in page.rows]
    assert '["PUMP","B"]' in seen


def test_a_snapshot_from_below_the_floor_is_not_offered(
    aged: tuple[Office, Handheld, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _, _ = aged
    monkeypatch.setattr("server.snapshots.ROWS_MIN", 1)
    kept = office.running.central.snapshots
    made = kept.make("HAM")
    assert kept.ask("HAM") == made
    with office.running.central.storage.write() as tx:
        replica.raise_floor(tx, made.cursor + 1)
    assert kept.ask("HAM") is True


def test_a_unit_that_moves_leaves_one_site_and_enters_the_other(office: Office) -> None:
    office.load(site_file())
    office.load({"site": "MUC", "items": []})
    ham, muc = office.handheld(), office.handheld("far", "MUC")
    ham.write(receiving("A", location="HAM-A"))
    ham.send()
    office.settle()
    key = ("unit", '["PUMP","A"]')
    assert ham.replica()[key]["location"] == "HAM-A"
    there = muc.replica()[key]
    assert (there["status"], there["site"]) == ("received", "HAM")
    assert not there.keys() & {"location", "document", "device", "operator", "at", "ref", "step", "evidence"}
    since = ham.feed().next
    muc.write(Event(step="storing", item="PUMP", serial="A", location="MUC-B", hlc=2**62))
    muc.send()
    office.settle()
    assert muc.replica()[key]["location"] == "MUC-B"
    (row,) = [row for row in ham.feed(since).rows if row.table == "unit"]
    assert (b"MUC-B" in bytes(row.row), b'"site":"MUC"' in bytes(row.row)) == (False, True)
    assert muc.device.encode() not in bytes(row.row)
