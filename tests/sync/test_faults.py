"""A bad network: whatever is cut, swallowed, doubled or silent, every scan reaches the server once, by itself."""

from __future__ import annotations

import random

import pytest

from tests.durability.goods import serial
from tests.sync.fault_proxy import (
    Fault,
    FaultProxy,
    Request,
    cut_down,
    cut_up,
    hang_up,
    silence,
    swallow,
    twice,
)
from tests.sync.fleet import Dock, Fleet, until
from tracking.events import Event, decode_body

NUMBERS = range(1, 6)
CHANCE = random.Random(11)

FAULTS: dict[str, Fault] = {
    "silence": silence,
    "hang up": hang_up,
    "swallowed": swallow,
    "twice": twice,
    **{f"request cut at {count}": cut_up(count) for count in (1, 60, CHANCE.randint(200, 400))},
    **{f"answer cut at {count}": cut_down(count) for count in (1, 30, CHANCE.randint(120, 400))},
}


def uploads(request: Request) -> bool:
    """What a handheld sends."""
    return request.method == "POST"


def sent_once(fleet: Fleet, dock: Dock, count: int) -> None:
    """The server holds the journal, byte for byte, and no event twice."""
    assert fleet.ledger(dock.device) == dock.events()
    events = [
        decode_body(body, device=dock.device, epoch=epoch, seq=seq) for epoch, seq, body in dock.events()
    ]
    assert len([event for event in events if received(event)]) == count
    assert dock.tally("PO-HAM").done == fleet.tally("PO-HAM") == {1: count}


def received(event: Event) -> bool:
    """A unit was taken in."""
    return event.step == "receiving"


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("only", ["everything", "uploads"])
def test_nothing_is_lost_or_doubled_and_sending_goes_on_by_itself(
    fleet: Fleet, proxy: FaultProxy, dock: Dock, name: str, only: str
) -> None:
    proxy.meet(FAULTS[name], uploads if only == "uploads" else lambda request: True)
    codes = {answer.verdict.code for answer in dock.give(*map(serial, NUMBERS))}
    assert codes == {"received"}
    until(lambda: proxy.hits >= 2, "the fault was never met")
    assert dock.tally("PO-HAM").done == {1: len(NUMBERS)}
    proxy.heal()
    # No further scan, no key: it finds out for itself.
    until(dock.settled, f"not sent after {name}")
    until(lambda: dock.view().link == "online", "the screen does not say so")
    sent_once(fleet, dock, len(NUMBERS))


def test_a_handheld_without_network_says_so_and_works_on(fleet: Fleet, proxy: FaultProxy, dock: Dock) -> None:
    until(lambda: dock.view().link == "online", "online")
    proxy.meet(hang_up)
    until(lambda: dock.view().link == "offline", "the screen does not say so")
    assert "no connection" in dock.view().hint
    # It asks again and again, and as long as nobody answers nothing pretends that there is a network.
    seen = len(dock.views)
    until(lambda: proxy.hits > 5, "it does not try")
    dock.give(*map(serial, NUMBERS))
    assert {view.link for view in dock.views[seen:]} == {"offline"}
    assert dock.view().unsynced == len(NUMBERS)
    dock.restart()
    dock.give(serial(6))
    proxy.heal()
    until(dock.settled, "after the restart")
    sent_once(fleet, dock, 6)


def test_a_server_that_was_down_is_found_again(fleet: Fleet, dock: Dock) -> None:
    fleet.stop_server()
    dock.give(*map(serial, NUMBERS))
    until(lambda: dock.view().link == "offline", "the screen does not say so")
    fleet.start_server()
    until(dock.settled, "it is up again")
    sent_once(fleet, dock, len(NUMBERS))
