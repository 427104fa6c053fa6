"""Uploads: packed as tightly as the server reads, and smaller where a batch does not get through."""

from __future__ import annotations

import gzip
import json
from typing import Any

import zstandard

from tests.durability.goods import serial
from tests.sync.fault_proxy import Exchange, FaultProxy, Request
from tests.sync.fleet import Dock, Fleet, until

REFUSED = b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n"


def encoding(request: Request) -> str:
    head = request.head.decode().lower()
    return head.split("content-encoding: ")[1].split("\r\n")[0] if "content-encoding: " in head else ""


def batch_in(request: Request) -> dict[str, Any]:
    """What an upload holds."""
    body = request.body
    if encoding(request) == "zstd":
        body = zstandard.ZstdDecompressor().decompress(body)
    elif encoding(request) == "gzip":
        body = gzip.decompress(body)
    batch: dict[str, Any] = json.loads(body)
    return batch


def uploads(request: Request) -> bool:
    return request.method == "POST" and "/events" in request.path


def backlog(dock: Dock, count: int) -> None:
    dock.offline()
    dock.give(*(serial(number) for number in range(1, count + 1)))


def test_a_batch_is_packed_with_zstd(proxy: FaultProxy, dock: Dock) -> None:
    seen: list[tuple[str, int]] = []

    def look(exchange: Exchange) -> bool:
        seen.append((encoding(exchange.request), len(exchange.request.body)))
        exchange.say(exchange.asked())
        return True

    backlog(dock, 30)
    proxy.meet(look, uploads)
    dock.offline(False)
    until(dock.settled, "not sent")
    assert [packing for packing, _ in seen] == ["zstd"]
    assert seen[0][1] < 30 * 60


def test_a_server_that_does_not_read_zstd_gets_gzip_from_then_on(
    fleet: Fleet, proxy: FaultProxy, dock: Dock
) -> None:
    seen: list[str] = []

    def old(exchange: Exchange) -> bool:
        seen.append(encoding(exchange.request))
        known = seen[-1] != "zstd"
        exchange.say(exchange.asked() if known else REFUSED % b"415 Unsupported Media Type")
        return True

    proxy.meet(old, uploads)
    for first in (1, 11):
        dock.offline()
        dock.give(*(serial(number) for number in range(first, first + 10)))
        dock.offline(False)
        until(dock.settled, "not sent")
    assert seen.count("zstd") == 1
    assert seen[0] == "zstd"
    assert set(seen[1:]) == {"gzip"}
    assert fleet.ledger(dock.device) == dock.events()


def test_what_no_server_can_read_stops_nothing_that_stands_before_it(
    fleet: Fleet, proxy: FaultProxy, dock: Dock
) -> None:
    def choke(exchange: Exchange) -> bool:
        poisoned = any(event.get("serial") == serial(9) for event in batch_in(exchange.request)["events"])
        exchange.say(REFUSED % b"400 Bad Request" if poisoned else exchange.asked())
        return True

    backlog(dock, 12)
    proxy.meet(choke, uploads)
    dock.offline(False)
    until(lambda: len(fleet.ledger(dock.device)) == 8, "what stands before it was not sent")
    assert len(dock.events()) == 12, "everything is kept"
    until(lambda: "HTTP 400" in dock.view().hint, "no sentence")
    proxy.heal()
    until(dock.settled, "not sent once the server could read it")
    assert fleet.ledger(dock.device) == dock.events()


def test_a_line_that_breaks_under_a_large_batch_gets_smaller_ones(
    fleet: Fleet, proxy: FaultProxy, dock: Dock
) -> None:
    sizes: list[int] = []

    def weak(exchange: Exchange) -> bool:
        sizes.append(len(batch_in(exchange.request)["events"]))
        if sizes[-1] > 6:
            return False
        exchange.say(exchange.asked())
        return True

    backlog(dock, 20)
    proxy.meet(weak, uploads)
    dock.offline(False)
    until(dock.settled, "never got through")
    assert sizes[0] == 20
    assert min(sizes) <= 6
    assert fleet.ledger(dock.device) == dock.events()
