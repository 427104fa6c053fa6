"""A server that comes back from an older copy of its database gets everything again, and no screen flickers."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from scanner_app.session import Session
from tests.durability.goods import serial
from tests.sync.fleet import ITEM, Dock, Fleet, until


def copied(fleet: Fleet, folder: Path) -> None:
    """The server's database, copied while it stands still."""
    folder.mkdir()
    fleet.stop_server()
    for file in fleet.database.parent.glob(fleet.database.name + "*"):
        shutil.copy(file, folder)
    fleet.start_server()


def put_back(fleet: Fleet, folder: Path, *, new_generation: bool) -> None:
    """The copy is the database again."""
    fleet.stop_server()
    for file in fleet.database.parent.glob(fleet.database.name + "*"):
        file.unlink()
    for file in folder.iterdir():
        shutil.copy(file, fleet.database.parent)
    if new_generation:
        with sqlite3.connect(fleet.database) as database:
            database.execute("DELETE FROM meta WHERE name = 'generation'")
        database.close()
    fleet.start_server()


def steady(dock: Dock, count: int) -> list[str]:
    """Watches: no unit received here is ever unknown again, and the order's count stays what it is."""

    def look(session: Session) -> None:
        for number in range(1, count + 1):
            assert session.knows.unit(ITEM, serial(number)).status == "received", serial(number)
        done = session.knows.tally("PO-HAM").done
        assert done == {1: count}, done

    return dock.watch(look)


@pytest.mark.parametrize("new_generation", [True, False])
def test_what_the_copy_lacks_is_sent_again(fleet: Fleet, tmp_path: Path, new_generation: bool) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1), serial(2), serial(3))
    until(dock.settled, "the first three")
    copied(fleet, tmp_path / "copy")
    dock.give(*(serial(number) for number in range(4, 9)))
    until(dock.settled, "all eight")
    failed = steady(dock, 8)

    put_back(fleet, tmp_path / "copy", new_generation=new_generation)
    until(lambda: fleet.ledger(dock.device) == dock.events(), "the copy's loss was not made good")
    until(lambda: fleet.tally("PO-HAM") == {1: 8}, "the server's count")
    until(dock.settled, "settled")
    assert failed == []
    assert dock.cached(serial(8)) == dock.unit(serial(8))
    assert len(dock.events()) == 8


def test_a_handheld_that_was_off_during_the_restore_finds_out(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    copied(fleet, tmp_path / "copy")
    dock.give(*(serial(number) for number in range(1, 6)))
    until(dock.settled, "all five")
    dock.on.crash()
    put_back(fleet, tmp_path / "copy", new_generation=True)
    dock.on = dock._started()
    failed = steady(dock, 5)
    until(lambda: fleet.ledger(dock.device) == dock.events(), "the copy's loss was not made good")
    until(dock.settled, "settled")
    assert failed == []


def test_events_of_an_earlier_epoch_are_sent_again_too(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    copied(fleet, tmp_path / "copy")
    dock.give(serial(1), serial(2))
    until(dock.settled, "the first epoch")
    dock.ask(lambda session: session.journal.begin_epoch(2))
    dock.give(serial(3))
    until(dock.settled, "the second epoch")
    assert [(epoch, seq) for epoch, seq, _ in dock.events()] == [(1, 1), (1, 2), (2, 1)]

    put_back(fleet, tmp_path / "copy", new_generation=True)
    until(lambda: fleet.ledger(dock.device) == dock.events(), "the copy's loss was not made good")
    until(lambda: fleet.tally("PO-HAM") == {1: 3}, "the server's count")


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_copy_between_two_epochs_loses_neither(fleet: Fleet, tmp_path: Path, kept: int) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(*(serial(number) for number in range(1, kept + 1)))
    until(dock.settled, "before the copy")
    copied(fleet, tmp_path / "copy")
    dock.give(*(serial(number) for number in range(kept + 1, 4)))
    until(dock.settled, "the first epoch")
    dock.ask(lambda session: session.journal.begin_epoch(2))
    dock.give(serial(4))
    until(dock.settled, "the second epoch")
    put_back(fleet, tmp_path / "copy", new_generation=True)
    until(lambda: fleet.ledger(dock.device) == dock.events(), "the copy's loss was not made good")
    assert len(dock.events()) == 4
