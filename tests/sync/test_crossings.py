"""Two people who could not know of each other: what crosses is named on both and at the office, and settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scanner_app.inputs import Command, Typed
from server.open_storage import Database
from tests.durability.goods import serial
from tests.server.conftest import cluster as cluster
from tests.server.conftest import database as database
from tests.sync.fleet import Dock, Fleet, site_file, until

STOCK = [serial(number) for number in range(100, 110)]
LATER_MS = 120_000
"""Longer than clocks may differ, shorter than a handheld waits until it locks."""


@pytest.fixture
def fleet(database: Database, tmp_path: Path) -> Iterator[Fleet]:
    """Two sites on either database; HAM has pumps on a shelf, a sheet to count it, and a place to move to."""
    made = Fleet(tmp_path / "fleet", database)
    here = site_file()
    here["locations"] = [{"location": "SHELF"}, {"location": "OTHER"}]
    here["documents"] += [{"type": "count_sheet", "number": "CS-1", "location": "SHELF"}]
    here["units"] = [{"item": "PUMP", "serial": one, "location": "SHELF"} for one in STOCK]
    made.load(here)
    made.load(site_file(code="MEM"))
    yield made
    made.close()


def pair(fleet: Fleet, other_site: str = "HAM") -> tuple[Dock, Dock]:
    """Two handhelds that know the stock, out of reach of each other from here on."""
    both = fleet.dock(), fleet.dock(other_site)
    for dock in both:
        until(lambda dock=dock: dock.unit(STOCK[-1]).status == "received", "the units never came")  # type: ignore[misc]
        dock.give("OP-7")
        dock.offline()
        # A reply that is under way would tell the time to a clock that is moved on below.
        dock.ask(lambda session: setattr(session.stamper, "heard_server", lambda _: None))
    return both


def does(dock: Dock, workflow: str, *inputs: Any) -> str | None:
    """A task from its beginning; how its last input was answered."""
    return dock.give(Command(name="workflow", argument=workflow), *inputs)[-1].verdict.code


def named(fleet: Fleet, both: tuple[Dock, Dock], bystander: Dock, kind: str, words: str) -> str:
    """The key of the one exception, which both handhelds and the office tell, and nobody else."""
    for dock in both:
        dock.ask(lambda session: delattr(session.stamper, "heard_server"))
        dock.offline(False)
        until(dock.settled, "not sent")
    until(lambda: [one.kind for one in fleet.exceptions()] == [kind], f"the server does not say {kind}")
    (record,) = fleet.exceptions()
    for dock in both:
        until(lambda dock=dock: [one.key for one in dock.exceptions()] == [record.key], "not told")  # type: ignore[misc]
        (told,) = dock.view().exceptions
        assert words in told
    assert bystander.view().exceptions == ()
    return record.key


def page(fleet: Fleet) -> str:
    with httpx.Client(base_url=fleet.server.url, trust_env=False) as http:
        http.post("/sign-in", data={"token": fleet.server.office_token})
        return http.get("/exceptions").text


def settles(fleet: Fleet, both: tuple[Dock, Dock], key: str) -> None:
    """The office answers with a reason: it leaves every list, and stays in the unit's story."""
    headers = {"Authorization": f"Bearer {fleet.server.office_token}"}
    with httpx.Client(base_url=fleet.server.url, trust_env=False, headers=headers) as http:
        for reason, answer in (("", 409), ("went there and looked", 200)):
            said = http.post("/v1/exceptions/settle", json={"key": key, "reason": reason})
            assert said.status_code == answer, said.text
    for dock in both:
        until(lambda dock=dock: dock.exceptions() == [], "still told")  # type: ignore[misc]
        assert dock.view().exceptions == ()
    assert fleet.exceptions() == []


def test_received_at_two_sites(fleet: Fleet) -> None:
    bystander = fleet.dock()
    here, there = pair(fleet, "MEM")
    assert does(here, "receiving", "PO-HAM", serial(1)) == "received"
    assert does(there, "receiving", "PO-MEM", serial(1)) == "received"
    key = named(fleet, (here, there), bystander, "received_twice", "received twice")
    shown = page(fleet)
    assert all(text in shown for text in ("at two sites", "PO-HAM", "PO-MEM", "HAM", "MEM", serial(1)))
    settles(fleet, (here, there), key)


def test_shipped_and_then_counted_by_somebody_who_did_not_know(fleet: Fleet) -> None:
    bystander = fleet.dock()
    counting, shipping = pair(fleet)
    assert does(shipping, "shipping", "SO-HAM", STOCK[0]) == "shipped"
    counting.clock.skip(LATER_MS)
    assert does(counting, "stocktake", "CS-1", STOCK[0]) == "counted"
    key = named(
        fleet, (counting, shipping), bystander, "stock_taking_while_shipped", "stock taking while shipped"
    )
    settles(fleet, (counting, shipping), key)


def test_counted_and_moved_so_near_to_each_other_that_nobody_can_tell(fleet: Fleet) -> None:
    bystander = fleet.dock()
    counting, moving = pair(fleet)
    both = counting, moving
    counting.clock.skip(LATER_MS)
    assert does(counting, "stocktake", "CS-1", STOCK[0]) == "counted"
    # Each of the three inputs below takes two seconds of its clock; the last is at the moment of the count.
    moving.clock.skip(counting.clock.wall_ms() - moving.clock.wall_ms() - 3 * 2000)
    assert does(moving, "move", "OTHER", STOCK[0]) == "moved"
    key = named(fleet, both, bystander, "count_uncertain", "counted and moved at once")
    assert all(text in page(fleet) for text in ("Count uncertain", "CS-1", "OTHER"))
    settles(fleet, both, key)


def test_moved_after_somebody_wrote_it_off(fleet: Fleet) -> None:
    bystander = fleet.dock()
    scrapping, moving = pair(fleet)
    assert does(scrapping, "write_off", STOCK[0], Typed(text="crushed")) == "scrapped"
    moving.clock.skip(LATER_MS)
    assert does(moving, "move", "OTHER", STOCK[0]) == "moved"
    key = named(fleet, (scrapping, moving), bystander, "storing_while_written_off", "while written off")
    settles(fleet, (scrapping, moving), key)
    assert fleet.state(STOCK[0])["status"] == "written_off", "it does not come back to life by a scan"


def test_shipped_twice(fleet: Fleet) -> None:
    bystander = fleet.dock()
    both = pair(fleet)
    for dock in both:
        assert does(dock, "shipping", "SO-HAM", STOCK[0]) == "shipped"
    key = named(fleet, both, bystander, "shipped_twice", "shipped twice")
    assert "on the same document" in page(fleet)
    settles(fleet, both, key)
