"""A copied data directory: two handhelds under one name. The facts of both are kept, and a sentence says so."""

from __future__ import annotations

import shutil
from pathlib import Path

from scanner_app.audit import verify
from tests.durability.goods import serial
from tests.sync.fleet import Dock, Fleet, until


def copy_of(fleet: Fleet, dock: Dock, folder: Path) -> Dock:
    """A second handheld from the files of the first, which stands still meanwhile."""
    dock.on.crash()
    shutil.copytree(dock.folder, folder)
    dock.on = dock._started()
    twin = Dock.__new__(Dock)
    twin.__dict__.update(dock.__dict__ | {"folder": folder, "views": []})
    return twin


def start(fleet: Fleet, twin: Dock) -> None:
    """Switches the copy on."""
    twin.on = twin._started()
    fleet.join(twin)


def bodies(dock: Dock) -> list[bytes]:
    """Its facts, whatever their names."""
    return [body for _, _, body in dock.events()]


def stored(fleet: Fleet, dock: Dock) -> list[bytes]:
    """The server's facts under that name."""
    return [body for _, _, body in fleet.ledger(dock.device)]


def test_two_that_scan_under_one_name_fork_and_nothing_is_lost(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2))
    until(dock.settled, "before the copy")
    twin = copy_of(fleet, dock, tmp_path / "twin")
    dock.give(serial(3), serial(4))
    until(dock.settled, "the first one's")

    twin.identity = twin.identity.__class__(url="http://127.0.0.1:9", token="x", site="HAM")
    start(fleet, twin)
    twin.give(serial(5), serial(6))
    twin.on.crash()
    twin.identity = dock.identity
    twin.on = twin._started()
    until(lambda: "tell the office" in twin.view().hint, "no sentence")
    until(lambda: twin.cached(serial(4)) is not None, "the feed still comes")
    until(lambda: twin.view().link == "offline", "it sends nothing")

    # The facts of both are somewhere: two on the server, two on the copy, which counts and shows them.
    facts = set(stored(fleet, dock)) | set(bodies(twin))
    assert facts == set(bodies(dock)) | set(bodies(twin))
    assert len(facts) == 6
    assert twin.view().unsynced == twin.pending() == 2
    assert [twin.unit(serial(number)).status for number in range(1, 7)] == ["received"] * 6
    assert verify(twin.on.handheld.journal).findings == ()

    # Both go on working; the first one is not concerned, and the copy says so after a restart as well.
    twin.give(serial(7))
    dock.give(serial(8))
    until(lambda: dock.pending() == 0, "the first one is blocked")
    twin.restart()
    until(lambda: "tell the office" in twin.view().hint, "no sentence after the restart")
    assert twin.unit(serial(7)).status == twin.unit(serial(5)).status == "received"
    assert twin.pending() == 3


def test_an_old_copy_that_is_switched_on_begins_an_epoch_and_all_is_stored(
    fleet: Fleet, tmp_path: Path
) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2))
    until(dock.settled, "before the copy")
    twin = copy_of(fleet, dock, tmp_path / "twin")
    dock.give(serial(3))
    until(dock.settled, "the first one's")

    # The copy hears at once that the server has more of it than it has itself: it may not number as before.
    start(fleet, twin)
    until(lambda: bool(twin.ask(lambda session: session.journal.epoch == 2)), "no new epoch")
    twin.give(serial(4))
    until(twin.settled, "the copy's")

    # The first one is fenced off by that, with a scan on its way; it begins an epoch of its own.
    dock.give(serial(5))
    until(dock.settled, "the fenced one's")
    dock.give(serial(6))
    until(dock.settled, "and on")
    twin.give(serial(7))
    until(twin.settled, "the copy, fenced in its turn")

    assert sorted(stored(fleet, dock)) == sorted(set(bodies(dock)) | set(bodies(twin)))
    until(lambda: fleet.tally("PO-HAM") == {1: 7}, "every unit counts once")
    for one in (dock, twin):
        until(lambda one=one: one.tally("PO-HAM").done == {1: 7}, "the counts differ")  # type: ignore[misc]
        assert verify(one.on.handheld.journal).findings == ()
