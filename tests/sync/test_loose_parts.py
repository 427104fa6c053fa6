"""Lots packed and built in by quantity on one handheld are known on the others, and count once on both."""

from __future__ import annotations

from scanner_app.inputs import Command
from server import rebuild
from tests.sync.fleet import Dock, Fleet, until

BOX = "BOX-1"


def both(fleet: Fleet) -> tuple[Dock, Dock]:
    docks = fleet.dock(), fleet.dock()
    for dock, badge in zip(docks, ("OP-7", "OP-8"), strict=True):
        until(lambda dock=dock: dock.ask(lambda s: s.knows.item("SEAL")) is not None, "the items")  # type: ignore[misc]
        dock.give(badge)
    return docks


def inside(dock: Dock) -> dict[str, int]:
    found: dict[str, int] = dock.ask(
        lambda s: {one.lot: one.quantity for one in s.knows.quantities_in("", BOX)}
    )
    return found


def pack(dock: Dock, lot: str, quantity: int) -> None:
    dock.give(Command(name="workflow", argument="pack"), BOX, "SEAL", lot)
    (answer,) = dock.give(Command(name="quantity", argument=str(quantity)))
    assert answer.verdict.code in {"packed", "quantity_recorded"}, answer.message


def test_both_know_what_either_packed(fleet: Fleet) -> None:
    first, second = both(fleet)
    pack(first, "L1", 5)
    until(lambda: inside(second) == {"L1": 5}, "the first's five")
    assert inside(first) == {"L1": 5}
    second.offline()
    pack(second, "L1", 3)
    assert inside(second) == {"L1": 8}
    second.offline(False)
    until(lambda: inside(first) == {"L1": 8}, "the second's three")
    assert inside(second) == {"L1": 8}
    # The cache is lost, or the battery: the journal and the server say the same.
    second.restart()
    assert inside(second) == {"L1": 8}
    second.undo()
    assert inside(second) == {"L1": 5}
    until(lambda: inside(first) == {"L1": 5}, "the undo")


def test_a_rebuild_says_the_same(fleet: Fleet) -> None:
    first, second = both(fleet)
    pack(first, "L1", 5)
    until(lambda: inside(second) == {"L1": 5}, "the first's five")
    rebuild.rebuild(fleet.server.central.storage)
    pack(second, "L2", 1)
    until(lambda: inside(first) == {"L1": 5, "L2": 1}, "the second's one")
