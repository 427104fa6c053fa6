"""A server, or whatever answers in its place, that makes no sense: one sentence on the screen, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest

from sync.line import Line, Unreachable
from sync.wire import COUNT_MAX
from tests.durability.goods import serial
from tests.sync.fault_proxy import Exchange, Fault, FaultProxy, Request, answering, dripping, flooding
from tests.sync.fleet import Dock, Fleet, until
from tests.sync.test_faults import sent_once
from tests.sync.test_upward import batch_in, uploads

HTML = b"<!doctype html><title>Welcome to the guest network</title><p>Please accept our terms."
JSON = ("Content-Type: application/json",)


def said(value: Any, status: str = "200 OK") -> Fault:
    """An answer in JSON."""
    return answering(status, json.dumps(value).encode(), *JSON)


def another_protocol(exchange: Exchange) -> bool:
    """Somebody else listens at this port."""
    exchange.say(b"SSH-2.0-OpenSSH_9.6\r\n")
    return False


STORED = {"status": "stored", "generation": "g", "epoch": 1, "hwm": 0, "chain": "", "server_ms": 1}
GAP = {"error": "gap", "generation": "g", "epoch": 1, "hwm": 0, "chain": "", "server_ms": 1}
HIGH = {"generation": "g", "epoch": 1, "hwm": 0, "chain": "", "server_ms": 1}
PAGE = {"generation": "g", "rows": [], "next": 1, "more": False, "applied": {}, "server_ms": 1}
ROW = {"seq": 1, "table": "item", "key": "PUMP", "row": 5}
UNIT = {"seq": 1, "table": "unit", "key": '["PUMP","SN-000001"]'}
BIG = 10**30

EVERYTHING: dict[str, Fault] = {
    "a guest network's page": answering("200 OK", HTML, "Content-Type: text/html"),
    "another JSON": said({"hello": "world"}),
    "a list": said([[[[]]]]),
    "deep JSON": answering("200 OK", b"[" * 60_000, *JSON),
    "garbage": answering("200 OK", bytes(range(256)) * 4),
    "nothing": answering("200 OK"),
    "no HTTP at all": another_protocol,
    "broken gzip": answering("200 OK", b"\x1f\x8b broken", "Content-Encoding: gzip"),
    "a redirect": answering("302 Found", HTML, "Location: http://127.0.0.1:9/terms"),
    "a redirect in a circle": answering("308 Permanent Redirect", b"", "Location: /v1/x"),
    "400": said({"error": "malformed"}, "400 Bad Request"),
    "401": said({"error": "unauthorized"}, "401 Unauthorized"),
    "403": said({"error": "revoked"}, "403 Forbidden"),
    "404": answering("404 Not Found", HTML),
    "413": answering("413 Content Too Large"),
    "429": answering("429 Too Many Requests", b"", "Retry-After: 1"),
    "500": answering("500 Internal Server Error", HTML),
    "503": answering("503 Service Unavailable", b"", "Retry-After: soon"),
    "a page turned in a circle": said(PAGE | {"more": True, "next": 0}),
    "always from the beginning": answering("410 Gone"),
    "numbers beyond every machine": said(
        STORED
        | GAP
        | HIGH
        | PAGE
        | {"epoch": BIG, "hwm": BIG, "next": BIG, "applied_epochs": {"1": BIG}, "server_ms": BIG}
    ),
    "numbers below nothing": said(STORED | PAGE | {"epoch": -1, "hwm": -1, "next": -1, "server_ms": -1}),
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_answers_in_the_servers_place_costs_a_sentence_and_no_scan(
    fleet: Fleet, proxy: FaultProxy, dock: Dock, name: str
) -> None:
    began_s = time.monotonic()
    proxy.meet(EVERYTHING[name])
    assert {answer.verdict.code for answer in dock.give(serial(1), serial(2))} == {"received"}
    until(lambda: proxy.hits >= 4, "it does not ask again")
    until(lambda: dock.view().link == "offline", "the screen does not say so")
    until(lambda: dock.view().hint not in {"", "F1 help"}, "no sentence")
    assert "Traceback" not in dock.view().hint
    # It asks again, but not without a pause.
    assert proxy.hits < 60 * (time.monotonic() - began_s + 1)
    dock.restart()
    assert dock.tally("PO-HAM").done == {1: 2}
    dock.give(serial(3))
    proxy.heal()
    until(dock.settled, f"not sent after {name}")
    until(lambda: dock.view().link == "online", "the screen does not say so")
    sent_once(fleet, dock, 3)


def feeds(request: Request) -> bool:
    """The way down."""
    return "/feed?" in request.path


def questions(request: Request) -> bool:
    """Where the server stands."""
    return request.path.endswith("/hwm")


DOWN: dict[str, Fault] = {
    "a row that is none": said(PAGE | {"rows": [ROW]}),
    "a unit that is none": said(PAGE | {"rows": [UNIT | {"row": {"item": 1}}]}),
    "a unit in an unknown state": said(
        PAGE | {"rows": [UNIT | {"row": {"item": "PUMP", "serial": serial(1), "status": "beamed up"}}]}
    ),
    "a tombstone of nothing": said(PAGE | {"rows": [{"seq": 1, "table": "unit", "key": "x", "op": "del"}]}),
    "a good row and a bad one": said(
        PAGE | {"rows": [{"seq": 1, "table": "item", "key": "NEW", "row": {"item": "NEW"}}, ROW]}
    ),
}


@pytest.mark.parametrize("name", DOWN)
def test_a_page_that_makes_no_sense_is_not_applied_in_part(
    fleet: Fleet, proxy: FaultProxy, dock: Dock, name: str
) -> None:
    proxy.meet(DOWN[name], feeds)
    dock.give(serial(1))
    until(lambda: proxy.hits >= 3, "it does not ask again")
    until(lambda: "cannot read" in dock.view().hint, "no sentence")
    assert dock.ask(lambda session: session.knows.item("NEW")) is None
    assert dock.unit(serial(1)).status == "received"
    dock.restart()
    assert dock.unit(serial(1)).status == "received"
    proxy.heal()
    until(dock.settled, "the feed goes on")
    sent_once(fleet, dock, 1)


def test_a_table_or_field_of_a_newer_server_is_passed_over(
    fleet: Fleet, proxy: FaultProxy, dock: Dock
) -> None:
    rows = [
        {"seq": 1, "table": "tally coming", "key": "PO-HAM", "row": {"of": "a later version"}},
        {"seq": 2, "table": "item", "key": "NEW", "row": {"item": "NEW", "colour": "red"}},
    ]
    generation = fleet.server.central.storage.generation
    cursor = dock.ask(lambda session: int(session.cache.meta("cursor")))
    proxy.meet(said(PAGE | {"generation": generation, "rows": rows, "next": cursor}), feeds)
    until(lambda: dock.ask(lambda session: session.knows.item("NEW")) is not None, "the item")
    dock.restart()
    assert dock.ask(lambda session: session.knows.item("NEW")) is not None
    proxy.heal()


UP: dict[str, Fault] = {
    "stored, but nothing": said(STORED),
    "stored, of another epoch": said(STORED | {"epoch": 7, "hwm": 3}),
    "a gap for ever": said(GAP, "409 Conflict"),
    "fenced into eternity": said(GAP | {"error": "fenced", "epoch": COUNT_MAX}, "409 Conflict"),
    "fenced by its own epoch": said(GAP | {"error": "fenced", "epoch": 1}, "409 Conflict"),
    "a refusal of no kind": said(GAP | {"error": "whatever"}, "409 Conflict"),
    "somebody else's chain": said(STORED | {"hwm": 1, "chain": "00" * 32}),
}


@pytest.mark.parametrize("name", UP)
def test_an_answer_to_an_upload_that_makes_no_sense_stops_nothing_for_good(
    fleet: Fleet, proxy: FaultProxy, dock: Dock, name: str
) -> None:
    proxy.meet(UP[name], uploads)
    dock.give(serial(1), serial(2))
    until(lambda: proxy.hits >= 1, "never asked")
    until(lambda: dock.view().hint not in {"", "F1 help"}, "no sentence")
    began, hits = time.monotonic(), proxy.hits
    dock.give(serial(3))
    assert dock.view().unsynced == 3
    until(lambda: time.monotonic() > began + 0.5, "half a second")
    assert proxy.hits - hits < 80, "it asks without a pause"
    assert dock.ask(lambda session: session.journal.epoch) == 1
    proxy.heal()
    until(dock.settled, f"not sent after {name}")
    sent_once(fleet, dock, 3)


@pytest.mark.parametrize("epoch", [COUNT_MAX, 999_999_999])
def test_a_mark_of_an_impossible_epoch_begins_no_such_epoch(
    fleet: Fleet, proxy: FaultProxy, dock: Dock, epoch: int
) -> None:
    proxy.meet(said(HIGH | {"epoch": epoch, "hwm": 5}), questions)
    dock.restart()
    until(lambda: proxy.hits >= 1 and "makes no sense" in dock.view().hint, "no sentence")
    assert dock.ask(lambda session: session.journal.epoch) == 1
    dock.give(serial(1))
    proxy.heal()
    until(dock.settled, "not sent")
    sent_once(fleet, dock, 1)


def test_a_batch_that_is_too_large_is_halved_until_it_passes(
    fleet: Fleet, proxy: FaultProxy, dock: Dock
) -> None:
    def narrow(exchange: Exchange) -> bool:
        too_many = len(batch_in(exchange.request)["events"]) > 3
        exchange.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n" if too_many else exchange.asked())
        return True

    dock.offline()
    dock.give(*(serial(number) for number in range(1, 21)))
    proxy.meet(narrow, uploads)
    dock.offline(False)
    until(dock.settled, "not sent in small pieces")
    sent_once(fleet, dock, 20)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (dripping(HEAD, 0.01), "too slowly|no connection"),
        (dripping(HEAD + b"\r\n[", 0.0005), "too slowly|more than"),
        (flooding(HEAD + b"\r\n["), "more than"),
        (answering("200 OK", gzip.compress(b" " * 80_000_000, 1), "Content-Encoding: gzip"), "more than"),
    ],
    ids=["headers without end", "byte by byte", "a flood", "a bomb"],
)
def test_an_answer_without_end_is_given_up(
    proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch, fault: Fault, why: str
) -> None:
    monkeypatch.setattr("sync.line.REPLY_BYTES_PER_S_MIN", 100_000)
    proxy.meet(fault)
    line = Line(proxy.url, "token", 0.4)
    with pytest.raises(Unreachable, match=why):
        line.ask("GET", "/v1/x")
    # The next request begins on a line of its own.
    proxy.heal()
    assert line.ask("GET", "/v1/health")[0] == 200
    line.close()


def test_closing_gives_up_a_request_under_way(proxy: FaultProxy, dock: Dock) -> None:
    began_s = time.monotonic()
    dock.on.agent.close(timeout_s=10)  # type: ignore[union-attr]
    assert time.monotonic() - began_s < 5, "it sat out the long poll of 30 s"
