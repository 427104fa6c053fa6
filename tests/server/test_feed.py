"""The feed: pages, scopes, waiting, tombstones, and what a device may drop from its overlay."""

from __future__ import annotations

import gzip
import threading
import time
from typing import Any

import httpx
import pytest

from sync.wire import FEED_ROWS_MAX
from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.sync.fleet import until
from tracking.events import Event


def tables(handheld: Handheld) -> set[str]:
    return {table for table, _ in handheld.replica()}


def test_paging_gives_every_row_once_and_in_order(office: Office, handheld: Handheld) -> None:
    units = [{"item": "PUMP", "serial": f"S{number:03}"} for number in range(100)]
    office.load(site_file(units=units))
    office.settle()
    since, seen, pages = 0, [], 0
    while True:
        page = handheld.feed(since, limit=7)
        assert len(page.rows) <= 7
        seen += [(row.seq, row.table, row.key) for row in page.rows]
        since, pages = page.next, pages + 1
        if not page.more:
            break
    assert [row[0] for row in seen] == sorted({row[0] for row in seen})
    assert sum(row[1] == "unit" for row in seen) == 100
    assert pages > 14
    assert handheld.feed(since).rows == []


def test_a_row_that_changed_again_comes_once_in_its_latest_form(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    since = handheld.feed().next
    for description in ("one", "two", "three"):
        office.load(site_file(items=[{"item": "PUMP", "description": description}]))
    rows = handheld.feed(since).rows
    assert [(row.table, row.key) for row in rows] == [("item", "PUMP")]
    assert b"three" in bytes(rows[0].row)


def test_a_site_gets_its_own_and_what_the_company_shares(office: Office) -> None:
    office.load(site_file(units=[{"item": "PUMP", "serial": "H1"}]))
    muc: dict[str, Any] = {"site": "MUC", "items": [], "locations": [{"location": "MUC-B"}]}
    office.load({**muc, "operators": [{"badge": "OP-9"}], "units": [{"item": "PUMP", "serial": "M1"}]})
    ham, elsewhere = office.handheld("Dock 1", "HAM"), office.handheld("Dock M", "MUC")
    ham.write(receiving("X"), receiving("X"))
    ham.send()
    office.settle()
    here, there = ham.replica(), elsewhere.replica()
    shared = {("item", "PUMP"), ("party", "ACME"), ("unit", '["PUMP","H1"]'), ("unit", '["PUMP","M1"]')}
    assert shared <= here.keys()
    assert shared <= there.keys()
    own = {
        ("document", "PO-1"),
        ("tally", "PO-1"),
        ("location", "HAM-A"),
        ("operator", "OP-7"),
        ("policy", "HAM"),
    }
    assert own <= here.keys()
    assert not own & there.keys()
    assert {("location", "MUC-B"), ("operator", "OP-9"), ("site", "MUC")} <= there.keys()
    assert "exception" in {table for table, _ in here}
    assert "exception" not in {table for table, _ in there}


def test_a_document_that_moves_leaves_one_site_and_reaches_the_other(office: Office) -> None:
    ham, muc = office.handheld("Dock 1", "HAM"), office.handheld("Dock M", "MUC")
    ham.write(receiving("A"))
    ham.send()
    office.settle()
    assert ("tally", "PO-1") in muc.replica(), "a document that no site knows concerns everybody"
    office.load(site_file())
    assert ("tally", "PO-1") in ham.replica()
    assert ("tally", "PO-1") not in muc.replica()
    office.load({"site": "MUC", "documents": site_file()["documents"]})
    assert not {("document", "PO-1"), ("tally", "PO-1")} & ham.replica().keys()
    assert muc.replica()["tally", "PO-1"]["done"] == {"1": 1}


def test_the_overlay_may_go_only_with_the_last_page(office: Office, handheld: Handheld) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(20)))
    handheld.send()
    office.settle()
    first = handheld.feed(limit=5)
    assert first.more
    assert first.applied == {}
    assert first.applied_epochs == {}
    last = handheld.feed(first.next)
    assert not last.more
    assert last.applied == {handheld.device: (1, 20)}
    assert last.applied_epochs == {1: 20}


def test_only_the_asking_device_is_told_about_itself(office: Office, handheld: Handheld) -> None:
    other = office.handheld("Dock 2")
    other.write(receiving("A"))
    other.send()
    office.settle()
    assert handheld.feed().applied == {}
    assert other.feed().applied == {other.device: (1, 1)}


def test_a_waiting_request_hears_the_news(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    office.settle()
    since = handheld.feed().next
    heard: list[Any] = []
    waiting = threading.Thread(target=lambda: heard.append(handheld.feed(since, wait=30)))
    waiting.start()
    with httpx.Client(base_url=office.running.url, trust_env=False) as http:
        other = Handheld(http, handheld.device, handheld.token, "HAM")
        other.write(receiving("NEWS"))
        time.sleep(0.2)
        assert heard == []
        other.send()
        waiting.join(20)
        assert heard
        assert ("unit", '["PUMP","NEWS"]') in {(row.table, row.key) for row in heard[0].rows}
        assert heard[0].applied == {handheld.device: (1, 1)}


def test_waiting_ends_when_its_own_events_are_in_even_if_no_row_changed(
    office: Office, handheld: Handheld
) -> None:
    since = handheld.feed().next
    heard: list[Any] = []
    waiting = threading.Thread(target=lambda: heard.append(handheld.feed(since, wait=30)))
    waiting.start()
    with httpx.Client(base_url=office.running.url, trust_env=False) as http:
        other = Handheld(http, handheld.device, handheld.token, "HAM")
        other.write(Event(step="sighting", raw="nothing known"))
        time.sleep(0.2)
        other.send()
        waiting.join(20)
    assert heard
    assert heard[0].rows == []
    assert heard[0].applied == {handheld.device: (1, 1)}


def test_waiting_has_an_end(handheld: Handheld) -> None:
    page = handheld.feed(handheld.feed().next, wait=1)
    assert page.rows == []
    assert not page.more


def test_a_stopping_server_lets_the_waiting_go(office: Office, handheld: Handheld) -> None:
    heard: list[Any] = []
    since = handheld.feed().next
    waiting = threading.Thread(target=lambda: heard.append(handheld.feed(since, wait=30)))
    waiting.start()
    until(lambda: office.running.central.news.listeners == 1, "it never waited")
    office.running.stop()
    waiting.join(20)
    assert heard
    assert heard[0].rows == []


def test_a_cursor_of_another_life_is_told_to_begin_again(handheld: Handheld) -> None:
    page = handheld.feed()
    assert handheld.feed(page.next, generation=page.generation).rows == []
    ahead = handheld.feed_answer(page.next + 1)
    restored = handheld.feed_answer(0, generation="of before the restore")
    for answer in (ahead, restored):
        assert (answer.status_code, answer.json()["error"]) == (410, "resnapshot")


def test_nonsense_in_the_query_is_refused_or_bounded(office: Office, handheld: Handheld) -> None:
    for name in ("since", "limit", "wait"):
        for value in ("-1", "x", "1.5", "٣", "9" * 30):
            answer = handheld.http.get("/v1/sites/HAM/feed", headers=handheld.auth, params={name: value})
            assert answer.status_code == 400, (name, value)
    office.load(site_file())
    assert handheld.feed(limit=10**9).rows
    assert len(handheld.feed(limit=0).rows) == 1
    assert FEED_ROWS_MAX == 5000


def test_a_large_page_is_compressed_where_that_is_read(office: Office, handheld: Handheld) -> None:
    office.load(site_file(units=[{"item": "PUMP", "serial": f"S{number}"} for number in range(500)]))
    office.settle()
    plain = handheld.http.get("/v1/sites/HAM/feed", headers={**handheld.auth, "Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with handheld.http.stream("GET", "/v1/sites/HAM/feed", headers=handheld.auth) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        raw = b"".join(packed.iter_raw())
    assert len(raw) < len(plain.content) / 5
    assert len(gzip.decompress(raw)) == len(plain.content)


def test_heavy_rows_are_spread_over_pages(office: Office, handheld: Handheld) -> None:
    serials = [f"{number:0150}" for number in range(20_000)]
    documents = [
        {"type": "asn", "number": f"ASN-{number}", "lines": [{"item": "PUMP", "serials": serials}]}
        for number in range(4)
    ]
    office.load(site_file(documents=documents))
    page = handheld.feed()
    assert page.more
    assert sum(len(bytes(row.row)) for row in page.rows) <= 8 * 1024 * 1024
    assert sum(table == "document" for table, _ in handheld.replica()) == 4


def test_a_page_ends_before_it_weighs_too_much_and_a_heavier_row_comes_alone(
    office: Office, handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.load(site_file())
    office.settle()
    whole = handheld.feed()
    rows = [(row.key, bytes(row.row)) for row in whole.rows]
    weights = [len(key) + len(body) for key, body in rows]
    monkeypatch.setattr("server.feed.PAGE_BYTES_MAX", sum(weights[:3]))
    first = handheld.feed()
    assert ([row.key for row in first.rows], first.more) == ([key for key, _ in rows[:3]], True)
    monkeypatch.setattr("server.feed.PAGE_BYTES_MAX", sum(weights[:3]) - 1)
    assert len(handheld.feed().rows) == 2
    monkeypatch.setattr("server.feed.PAGE_BYTES_MAX", 1)
    since, seen = 0, []
    for _ in rows:
        page = handheld.feed(since)
        seen += [row.key for row in page.rows]
        since = page.next
    assert (seen, page.more, since) == ([key for key, _ in rows], False, whole.next)


def test_the_office_may_read_any_feed(office: Office) -> None:
    office.load(site_file())
    answer = office.http.get("/v1/sites/HAM/feed", headers=office.auth)
    assert answer.status_code == 200
    assert answer.json()["applied"] == {}
    assert office.http.get("/v1/sites/HAM/feed").status_code == 401
