"""What the office says reaches every handheld at once: in the answer to a request that was waiting already."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import pytest

from scanner_app import server_calls
from scanner_app.running import Server
from tests.durability.goods import serial, site_file
from tests.processes.town import PUMPS, TOKEN, Town
from tests.sync.fault_proxy import Exchange
from tests.sync.fleet import ITEM, Dock, patient, until

HANDHELDS = 5
FLAGS = ("stolen", "recalled")


class Waiting:
    """Feed requests in the order in which they came, and which of them brought what."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.begun = 0
        self.open: set[int] = set()
        self.brought: dict[str, list[int]] = {flag: [] for flag in FLAGS}

    def watch(self, exchange: Exchange) -> bool:
        feed = "/feed?" in exchange.request.path
        with self._lock:
            self.begun += feed
            number = self.begun if feed else 0
            if feed and "wait=30" in exchange.request.path:
                self.open.add(number)
        data = exchange.asked()
        with self._lock:
            self.open.discard(number)
            for flag in FLAGS:
                if feed and b'"flags":["%s"]' % flag.encode() in data:
                    self.brought[flag].append(number)
        exchange.say(data)
        return True


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", 0)
    yield made
    made.close()


def flagged(dock: Dock, number: int, flag: str) -> bool:
    found = dock.cached(serial(number))
    return found is not None and found.flags == (flag,)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_set_at_the_office_comes_in_the_answer_that_was_waiting_for_it(town: Town, flag: str) -> None:
    watched = Waiting()
    town.proxy.meet(watched.watch)
    docks = []
    for number in range(HANDHELDS):
        code = server_calls.new_code(town.url, TOKEN, "HAM")
        given = server_calls.enroll(town.url, code, f"dock {number}", "HAM")
        identity = Server(url=town.proxy.url, token=given.token, site="HAM")
        docks.append(Dock(town.folder / given.device, identity, given.device, patient()))
    try:
        until(lambda: len(watched.open) == HANDHELDS, "not everybody waits for news")
        last = watched.begun
        file = site_file(PUMPS) | {
            "units": [{"item": ITEM, "serial": serial(7), "status": "received", "flags": [flag]}]
        }
        server_calls.import_site(town.url, TOKEN, "HAM", json.dumps(file).encode())
        until(lambda: all(flagged(dock, 7, flag) for dock in docks), f"{flag} never came")
        # None of these asked after the office had spoken: it was told, not found.
        assert len(watched.brought[flag]) == HANDHELDS
        assert max(watched.brought[flag]) <= last
        docks[0].begin("PO-HAM")
        (answer,) = docks[0].give(serial(7))
        assert (answer.verdict.level, answer.verdict.code) == ("stop", flag)
    finally:
        for dock in docks:
            dock.close()
