"""Two handhelds receive the same serial number offline: both facts stay, one exception names them, no queue waits."""

from __future__ import annotations

import json

from scanner_app.inputs import Command
from tests.durability.goods import serial
from tests.sync.fleet import Dock, Fleet, until
from tracking.exceptions import ExceptionRecord

ONE = serial(1)


def people_places_times(record: ExceptionRecord) -> list[tuple[str, str, str]]:
    """Both sides."""
    return [(one.operator, one.site, one.at) for one in (record.first, record.second)]


def written(dock: Dock, place: int = 0) -> dict[str, str]:
    """An event of a handheld's own journal."""
    event: dict[str, str] = json.loads(dock.events()[place][2])
    return event


def shown(text: str) -> str:
    """A sentence, should midnight have passed since."""
    return text.replace("yesterday ", "")


def received_by_both(fleet: Fleet, first: Dock, second: Dock, orders: tuple[str, str]) -> ExceptionRecord:
    """Offline each takes the same unit and one of its own; then the network is back. The exception."""
    for dock, order, badge in ((first, orders[0], "OP-7"), (second, orders[1], "OP-8")):
        dock.begin(order, badge)
        dock.offline()
    for number, dock in ((2, first), (3, second)):
        assert [one.verdict.code for one in dock.give(ONE, serial(number))] == ["received", "received"]
    for dock in (first, second):
        dock.offline(False)
    until(lambda: first.settled() and second.settled(), "not everything was sent")
    until(lambda: bool(first.exceptions()) and bool(second.exceptions()), "nobody was told")
    for dock in (first, second):
        assert fleet.ledger(dock.device) == dock.events()
        assert len(dock.events()) == 2
    (record,) = fleet.exceptions()
    assert (record.kind, record.item, record.serial) == ("received_twice", "PUMP", ONE)
    assert record.devices == {first.device, second.device}
    assert people_places_times(record) == [
        (written(dock)["operator"], written(dock)["site"], written(dock)["at"]) for dock in (first, second)
    ]
    assert first.exceptions() == second.exceptions() == [record]
    return record


def test_on_one_order_the_line_counts_one_and_everybody_agrees(fleet: Fleet) -> None:
    first, second = fleet.dock(), fleet.dock()
    record = received_by_both(fleet, first, second, ("PO-HAM", "PO-HAM"))
    assert fleet.tally("PO-HAM") == {1: 3}
    until(lambda: first.tally("PO-HAM").done == second.tally("PO-HAM").done == {1: 3}, "the counts differ")
    truth = fleet.state(ONE)
    for dock in (first, second):
        unit = dock.unit(ONE)
        assert unit == dock.cached(ONE)
        assert (unit.status, unit.operator, unit.at) == (truth["status"], "OP-7", record.first.at)


def test_at_two_sites_the_first_stands_and_both_orders_are_told(fleet: Fleet) -> None:
    first, second = fleet.dock("HAM"), fleet.dock("MEM")
    received_by_both(fleet, first, second, ("PO-HAM", "PO-MEM"))
    assert (fleet.tally("PO-HAM"), fleet.tally("PO-MEM")) == ({1: 2}, {1: 1})
    until(lambda: first.tally("PO-HAM").done == {1: 2}, "HAM's own count")
    until(lambda: second.tally("PO-MEM").done == {1: 1}, "MEM's own count")
    for dock in (first, second):
        until(lambda dock=dock: dock.cached(ONE) == dock.unit(ONE), "the overlay went")  # type: ignore[misc]
        assert dock.unit(ONE).site == "HAM"
    assert (first.unit(ONE).operator, second.unit(ONE).operator) == ("OP-7", ""), (
        "its story stays at its site"
    )


def test_both_screens_and_a_look_up_name_serial_people_places_and_times(fleet: Fleet) -> None:
    first, second = fleet.dock(), fleet.dock()
    record = received_by_both(fleet, first, second, ("PO-HAM", "PO-HAM"))
    ends = [side.at[11:16] for side in (record.first, record.second)]
    said = f"{ONE} received twice: Ida HAM {ends[0]}, Bo HAM {ends[1]}"
    for dock in (first, second):
        until(lambda dock=dock: shown(dock.view().hint) == said, f"not on the screen: {said}")  # type: ignore[misc]
        assert [shown(text) for text in dock.view().exceptions] == [said]
        found = dock.give(Command(name="look_up"), ONE)[-1]
        assert said.removeprefix(f"{ONE} ") in shown(found.message)
        dock.give(Command(name="back"))
    # Work goes on, and what the office has to settle is no obstacle.
    assert [one.verdict.code for one in second.give(serial(4))] == ["received"]
    until(lambda: second.pending() == 0, "the queue is blocked")


def test_when_one_of_them_takes_it_back_the_exception_is_gone_everywhere(fleet: Fleet) -> None:
    first, second = fleet.dock(), fleet.dock()
    received_by_both(fleet, first, second, ("PO-HAM", "PO-HAM"))
    second.undo()
    second.undo()
    until(lambda: first.exceptions() == second.exceptions() == [], "it is still named")
    assert fleet.exceptions() == []
    assert first.view().exceptions == ()
    until(lambda: first.tally("PO-HAM").done == second.tally("PO-HAM").done == {1: 2}, "the counts differ")
    assert second.unit(ONE).operator == "OP-7"


def test_a_handheld_that_was_off_meanwhile_is_told_when_it_starts(fleet: Fleet) -> None:
    first, second = fleet.dock(), fleet.dock()
    for dock in (first, second):
        dock.begin("PO-HAM")
        dock.offline()
        dock.give(ONE)
    second.on.crash()
    first.offline(False)
    until(first.settled, "the first one's event")
    second.on = second._started()
    until(second.settled, "the second one's event")
    until(lambda: len(first.exceptions()) == len(second.exceptions()) == 1, "both are told")
    assert second.tally("PO-HAM").done == {1: 1}
