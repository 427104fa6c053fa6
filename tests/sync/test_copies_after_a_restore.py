"""Copied handhelds and a server that comes back from an older backup: whose events it has is compared, not counted."""

from __future__ import annotations

from pathlib import Path

import msgspec

from scanner_app import outbox
from scanner_app.audit import verify
from scanner_app.session import Session
from tests.durability.goods import serial
from tests.sync.fleet import Dock, Fleet, until
from tests.sync.test_clone import bodies, copy_of, start, stored
from tests.sync.test_restore import copied, put_back

TOLD = "tell the office"


def acked(dock: Dock) -> dict[int, int]:
    """Epoch -> up to where it takes its events for confirmed."""
    found: dict[int, int] = dock.ask(lambda session: session.journal.acked())
    return found


def in_its_file(dock: Dock) -> list[bytes]:
    """What it would hand to the office as a file."""

    def look(session: Session) -> list[bytes]:
        return [bytes(raw) for batch in outbox.batches(session.journal) for raw in batch.events]

    found: list[bytes] = dock.ask(look)
    return found


def test_events_of_an_earlier_epoch_that_a_copys_have_replaced_are_told(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2))
    until(dock.settled, "before the copies")
    copied(fleet, tmp_path / "server")
    twin = copy_of(fleet, dock, tmp_path / "twin")
    dock.give(serial(3), serial(4))
    until(dock.settled, "the first one's")
    dock.ask(lambda session: session.journal.begin_epoch(2))
    dock.give(serial(5))
    until(dock.settled, "its second epoch")
    dock.on.crash()

    put_back(fleet, tmp_path / "server", new_generation=True)
    start(fleet, twin)
    twin.give(serial(6), serial(7), serial(8))
    until(twin.settled, "the copy's, under the numbers of the first one")

    # The server has five events of epoch 1, and this one has four, all confirmed: as numbers nothing is missing.
    dock.on = dock._started()
    until(lambda: TOLD in dock.view().hint, "nobody is told")
    until(lambda: acked(dock)[1] == 2, "it takes another's events for its own")
    assert [dock.unit(serial(number)).status for number in range(1, 6)] == ["received"] * 5
    facts = bodies(dock)
    assert set(facts) - set(stored(fleet, dock)) <= set(in_its_file(dock))
    assert set(facts[2:4]) <= set(in_its_file(dock)), "its file leaves out what the server does not have"
    assert verify(dock.on.handheld.journal).findings == ()


def test_a_copy_shows_what_was_confirmed_before_the_restore(fleet: Fleet, tmp_path: Path) -> None:
    """Of its current epoch: all six were confirmed, and after the restore the server has only the first three."""
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2), serial(3))
    until(dock.settled, "before the copies")
    copied(fleet, tmp_path / "server")
    twin = copy_of(fleet, dock, tmp_path / "twin")
    dock.give(serial(4), serial(5), serial(6))
    until(dock.settled, "the first one's")
    dock.on.crash()

    put_back(fleet, tmp_path / "server", new_generation=True)
    start(fleet, twin)
    twin.give(serial(7), serial(8))
    until(twin.settled, "the copy's")
    dock.on = dock._started()
    failed = dock.watch(lambda session: _all_known(session, 6))
    until(lambda: TOLD in dock.view().hint, "nobody is told")
    until(lambda: acked(dock) == {1: 3}, "the last event in common was not found")
    until(lambda: dock.cached(serial(8)) is not None, "the feed still comes")
    assert [dock.unit(serial(number)).status for number in range(1, 9)] == ["received"] * 8
    assert failed == []
    assert dock.pending() == 3
    assert in_its_file(dock) == bodies(dock)[3:]


def _all_known(session: Session, count: int) -> None:
    for number in range(1, count + 1):
        assert session.knows.unit("PUMP", serial(number)).status == "received", serial(number)


def test_an_old_image_with_events_that_were_sent_since_is_no_copy(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1))
    until(dock.settled, "the first")
    dock.offline()
    dock.give(serial(2), serial(3))
    image = copy_of(fleet, dock, tmp_path / "image")
    until(dock.settled, "sent after the image was made")
    dock.give(serial(4))
    until(dock.settled, "and one more")
    dock.on.crash()

    start(fleet, image)
    until(image.settled, "what it holds is there already")
    assert acked(image)[1] == 3
    image.give(serial(5))
    until(image.settled, "in an epoch of its own")
    assert TOLD not in image.view().hint
    assert [(epoch, seq) for epoch, seq, _ in image.events()] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    until(lambda: fleet.tally("PO-HAM") == {1: 5}, "each counts once")
    until(lambda: image.tally("PO-HAM").done == {1: 5}, "here too")


def test_a_copy_says_so_without_a_network_too(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1))
    until(dock.settled, "before the copy")
    dock.offline()
    twin = copy_of(fleet, dock, tmp_path / "twin")
    dock.give(serial(2), serial(3))
    until(dock.settled, "the first one's")
    twin.identity = msgspec.structs.replace(dock.identity, url="http://127.0.0.1:9")
    start(fleet, twin)
    twin.give(serial(4))
    twin.on.crash()
    twin.identity = dock.identity
    twin.on = twin._started()
    until(lambda: TOLD in twin.view().hint, "no sentence")

    twin.on.crash()
    twin.identity = msgspec.structs.replace(dock.identity, url="http://127.0.0.1:9")
    twin.on = twin._started()
    assert TOLD in twin.view().hint, "nothing stands there before the first try"
    until(lambda: twin.view().link == "offline", "it tries")
    assert TOLD in twin.view().hint, "that nobody answered hides it"
