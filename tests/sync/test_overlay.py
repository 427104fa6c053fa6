"""What turned green never flickers: not between upload and feed, not in a new download, not in a crash in between."""

from __future__ import annotations

import random

from scanner_app.inputs import Command
from scanner_app.session import Session
from tests.durability.goods import serial
from tests.sync.fault_proxy import Exchange, FaultProxy, swallow, through
from tests.sync.fleet import ITEM, Dock, Fleet, until

SCANS = 24


class Pair:
    """Two handhelds on one order, and what each of them has taken so far."""

    def __init__(self, docks: tuple[Dock, Dock]) -> None:
        self.docks = docks
        self.taken: tuple[set[int], set[int]] = (set(), set())
        self.failed: list[list[str]] = []
        for place in (0, 1):
            self.watch(place)

    def watch(self, place: int) -> None:
        """Looks at a handheld from inside, after everything that it does."""
        own = self.taken[place]

        def look(session: Session) -> None:
            known = {
                number for number in own if session.knows.unit(ITEM, serial(number)).status == "received"
            }
            assert known == own, f"gone: {own - known}"
            done = session.knows.tally("PO-HAM").of(1)
            assert len(own) <= done <= len(own) + len(self.taken[1 - place]) + 1, done

        self.failed.append(self.docks[place].watch(look))

    def take(self, place: int, number: int) -> None:
        """One scan that turns green."""
        (answer,) = self.docks[place].give(serial(number))
        assert answer.verdict.code == "received"
        self.taken[place].add(number)

    def restart(self, place: int) -> None:
        """A battery pulled and put back."""
        self.docks[place].restart()
        self.watch(place)


def test_units_and_counts_stay_through_uploads_pages_lost_answers_and_crashes(
    fleet: Fleet, proxy: FaultProxy
) -> None:
    chance = random.Random(5)

    def now_and_then(exchange: Exchange) -> bool:
        return (swallow if chance.random() < 0.3 else through)(exchange)

    pair = Pair((fleet.dock(url=proxy.url), fleet.dock()))
    for dock in pair.docks:
        dock.begin("PO-HAM")
    proxy.meet(now_and_then)
    for number in range(1, SCANS + 1):
        pair.take(number % 2, number)
        if number % 8 == 0:
            pair.restart(chance.randrange(2))
    proxy.heal()
    for dock in pair.docks:
        until(dock.settled, "not everything is sent")
    for dock in pair.docks:
        until(lambda dock=dock: dock.tally("PO-HAM").done == {1: SCANS}, "the counts differ")  # type: ignore[misc]
    assert [one for failed in pair.failed for one in failed] == []
    assert fleet.tally("PO-HAM") == {1: SCANS}


def test_a_download_from_the_beginning_keeps_own_units_and_counts_in_sight(fleet: Fleet) -> None:
    dock, other = fleet.dock(), fleet.dock()
    pair = Pair((dock, other))
    for one in pair.docks:
        one.begin("PO-HAM")
    for number in range(1, 7):
        pair.take(0, number)
    until(dock.settled, "sent")
    dock.ask(
        lambda session: session.cache.connection.execute(
            "UPDATE meta SET value = 'other' WHERE key = 'generation'"
        )
    )
    cursor = dock.ask(lambda session: session.cache.meta("generation"))
    assert cursor == "other"
    dock.restart()
    pair.watch(0)
    until(lambda: dock.ask(lambda s: s.cache.meta("generation")) not in {"", "other"}, "no new download")
    until(dock.settled, "settled again")
    pair.take(0, 7)
    until(dock.settled, "and on")
    assert [one for failed in pair.failed for one in failed] == []


def test_taking_back_what_the_cache_shows_already_stays_taken_back(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2))
    until(dock.settled, "sent")
    wrong: list[str] = []

    def look(session: Session) -> None:
        now = (session.knows.unit(ITEM, serial(2)).status, session.knows.tally("PO-HAM").done)
        assert now == ("unknown", {1: 1}), now

    dock.give(Command(name="undo"))
    wrong = dock.watch(look)
    until(lambda: fleet.tally("PO-HAM") == {1: 1}, "the server's count")
    until(lambda: dock.pending() == 0 and dock.cached(serial(2)) is None, "the page")
    until(dock.settled, "settled")
    assert wrong == []
