"""A task handed over between two handhelds of a site, without a network and with it: nothing counts twice."""

from __future__ import annotations

from scanner_app.handing.state import Showing
from scanner_app.inputs import Command
from tests.sync.fleet import Dock, Fleet, until

ORDER = "PO-HAM"


def shown(dock: Dock) -> tuple[str, ...]:
    """The codes on its screen."""
    showing: Showing = dock.ask(lambda session: session.state.handing.showing)
    return showing.texts


def hand_over(giver: Dock, taker: Dock) -> None:
    (answer,) = giver.give(Command(name="hand_over"))
    assert answer.verdict.code == "handed_over"
    *_, asked = taker.give(*shown(giver))
    assert asked.verdict.code == "confirm_required"
    (taken,) = taker.give(Command(name="confirm"))
    assert taken.verdict.code == "taken_over"


def both(fleet: Fleet) -> tuple[Dock, Dock]:
    """Two handhelds that know the order; the first has it open."""
    giver, taker = fleet.dock(), fleet.dock()
    giver.begin(ORDER)
    until(lambda: taker.ask(lambda s: s.knows.document(ORDER)) is not None, "the order never came")
    taker.give("OP-7")
    until(lambda: giver.settled() and taker.settled(), "the beginning")
    return giver, taker


def receive(dock: Dock, *numbers: int) -> None:
    for number in numbers:
        (answer,) = dock.give(f"SN-{number:06d}")
        assert answer.verdict.code == "received", (number, answer.message)


def total(dock: Dock) -> int:
    return dock.tally(ORDER).total


def test_without_a_network_and_synced_in_either_order(fleet: Fleet) -> None:
    giver, taker = both(fleet)
    giver.offline()
    taker.offline()
    receive(giver, 1, 2, 3)
    hand_over(giver, taker)
    assert total(taker) == 3
    (again,) = taker.give("SN-000002")
    assert again.verdict.code == "already_received"
    taker.give(Command(name="ack"))
    receive(taker, 4, 5)
    # The taker is online first: the server has two, the taker still knows of five.
    taker.offline(False)
    until(taker.settled, "the taker's events")
    assert fleet.tally(ORDER) == {1: 2}
    assert total(taker) == 5
    assert taker.unit("SN-000002").status == "received"
    assert taker.cached("SN-000002") is None or taker.cached("SN-000002").status != "received"  # type: ignore[union-attr]
    giver.offline(False)
    until(giver.settled, "the giver's events")
    until(lambda: total(taker) == 5 and taker.cached("SN-000002") is not None, "the giver's units")
    until(lambda: fleet.tally(ORDER) == {1: 5}, "the server's count")
    until(lambda: total(giver) == 5, "the giver's count")
    assert total(taker) == 5
    assert fleet.exceptions() == []


def test_the_giver_first(fleet: Fleet) -> None:
    giver, taker = both(fleet)
    giver.offline()
    taker.offline()
    receive(giver, 1, 2)
    hand_over(giver, taker)
    giver.offline(False)
    until(lambda: fleet.tally(ORDER) == {1: 2}, "the giver's events")
    receive(taker, 3)
    assert total(taker) == 3
    taker.offline(False)
    until(lambda: fleet.tally(ORDER) == {1: 3}, "the taker's events")
    until(taker.settled, "the taker's cache")
    assert total(taker) == 3
    until(lambda: total(giver) == 3, "the giver's count")


def test_the_giver_learns_who_has_it(fleet: Fleet) -> None:
    giver, taker = both(fleet)
    receive(giver, 1)
    hand_over(giver, taker)
    giver.give(Command(name="done"))
    name = giver.ask(lambda session: session.state.handing.given[-1].id)
    until(lambda: giver.ask(lambda s: s.knows.hand_over(name).to) == taker.device, "who has it")
    (asked,) = giver.give(ORDER)
    assert asked.verdict.code == "confirm_required"
    assert taker.device in asked.message


def test_a_taker_whose_cache_is_older_counts_what_the_giver_knew(fleet: Fleet) -> None:
    """The giver's first scans are on the server and in its cache; the taker has not heard of them."""
    giver, taker = both(fleet)
    taker.offline()
    receive(giver, 1, 2, 3)
    until(giver.settled, "the first three")
    giver.offline()
    receive(giver, 4)
    hand_over(giver, taker)
    assert total(taker) == 4
    receive(taker, 5)
    assert total(taker) == 5
    taker.offline(False)
    until(lambda: taker.cached("SN-000001") is not None and taker.settled(), "the taker's cache")
    assert total(taker) == 5
    giver.offline(False)
    until(lambda: fleet.tally(ORDER) == {1: 5}, "all of it")
    until(lambda: total(giver) == 5, "the giver's count")
    until(lambda: taker.cached("SN-000004") is not None, "the last of the giver's")
    assert total(taker) == 5


def test_own_scans_that_the_giver_knew_from_the_server_are_not_counted_twice(fleet: Fleet) -> None:
    """The taker sent one, the giver's cache shows it, the taker has not been told that it does."""
    giver, taker = both(fleet)
    taker.give(ORDER)
    taker.offline()
    receive(taker, 9)
    giver.offline()
    taker.offline(False)
    until(lambda: fleet.tally(ORDER) == {1: 1}, "the taker's own")
    taker.offline()
    giver.offline(False)
    until(lambda: total(giver) == 1, "the giver knows it")
    giver.offline()
    receive(giver, 1)
    hand_over(giver, taker)
    assert total(taker) == 2


def test_rebuilding_the_servers_tables_keeps_who_has_what(fleet: Fleet) -> None:
    from server import rebuild, replica

    giver, taker = both(fleet)
    receive(giver, 1)
    hand_over(giver, taker)
    until(lambda: giver.settled() and taker.settled(), "the hand-over")

    def rows() -> list[tuple[str, str, bytes]]:
        with fleet.server.central.storage.read() as reader:
            return replica.listing(reader, "handover")

    until(lambda: any(taker.device.encode() in body for _, _, body in rows()), "the row")
    before = rows()
    assert len(before) == 1
    rebuild.rebuild(fleet.server.central.storage)
    assert rows() == before
