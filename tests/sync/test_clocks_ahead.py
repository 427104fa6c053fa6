"""A handheld whose clock is far ahead: after the sync it shows what the server says, and so do all the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner_app.inputs import Command
from server.rebuild import rebuild
from tests.durability.goods import serial, site_file
from tests.server.test_projection import everything
from tests.sync.fault_proxy import FaultProxy, hang_up
from tests.sync.fleet import Dock, Fleet, until
from tests.sync.test_loose_parts import BOX, both, inside, pack
from tests.sync.test_restore import copied, put_back
from tracking import clock
from tracking.units import UnitState

YEAR_2100_MS = 4_102_444_800_000
DAY_MS = 24 * 3600 * 1000


def lies(dock: Dock) -> None:
    """From now on everything that it writes bears the year 2100: its hybrid clock never goes back."""

    def forge(session: object) -> None:
        session.journal.hlc = clock.pack(YEAR_2100_MS)  # type: ignore[attr-defined]

    dock.ask(forge)


def agree(*docks: Dock) -> bool:
    """All sent and shown, and all of them say the same of the first pump."""
    first: UnitState = docks[0].unit(serial(1))
    return all(dock.settled() and dock.cached(serial(1)) == dock.unit(serial(1)) == first for dock in docks)


@pytest.fixture
def liar(fleet: Fleet) -> Dock:
    """It has received the first pump, in the year 2100."""
    dock = fleet.dock()
    dock.begin("PO-HAM")
    lies(dock)
    dock.give(serial(1))
    until(dock.settled, "what the liar received")
    return dock


def test_what_others_do_afterwards_counts_on_every_handheld(fleet: Fleet, liar: Dock) -> None:
    other = fleet.dock()
    other.begin("SO-HAM", "OP-8")
    until(lambda: other.unit(serial(1)).status == "received", "the pump")
    assert other.unit(serial(1)).at < "2100"
    (shipped,) = other.give(serial(1))
    assert shipped.verdict.code == "shipped"
    until(lambda: liar.unit(serial(1)).status == "shipped" and agree(liar, other), "the last word")
    assert [(one.kind, one.second.device) for one in fleet.exceptions()] == [("clock_ahead", liar.device)]
    until(lambda: [one.kind for one in liar.exceptions()] == ["clock_ahead"], "nobody told it")
    (told,) = liar.view().exceptions
    assert told.startswith("the clock of this handheld was ahead")
    assert other.view().exceptions == ()


def test_the_handheld_that_lied_scans_on_and_its_next_scan_counts_too(fleet: Fleet, liar: Dock) -> None:
    other = fleet.dock()
    other.begin("SO-HAM", "OP-8")
    until(lambda: other.unit(serial(1)).status == "received", "the pump")
    other.give(serial(1))
    until(lambda: liar.unit(serial(1)).status == "shipped", "the shipment")
    liar.give(Command(name="workflow", argument="returns"), serial(1))
    liar.give(Command(name="workflow", argument="receiving"), "PO-HAM", serial(2))
    until(lambda: agree(liar, other), "they differ")
    assert other.unit(serial(1)).status == liar.unit(serial(1)).status
    until(lambda: other.unit(serial(2)).status == "received", "what it received later")


def test_after_a_restore_it_is_sent_again_and_counts_from_then(fleet: Fleet, tmp_path: Path) -> None:
    dock, other = fleet.dock(), fleet.dock()
    dock.begin("PO-HAM")
    other.begin("SO-HAM", "OP-8")
    until(lambda: dock.settled() and other.settled(), "the openings")
    copied(fleet, tmp_path / "copy")
    lies(dock)
    dock.give(serial(1))
    until(lambda: other.unit(serial(1)).status == "received", "the pump")
    put_back(fleet, tmp_path / "copy", new_generation=True)
    until(lambda: fleet.ledger(dock.device) == dock.events(), "sent again")
    until(lambda: other.unit(serial(1)).status == "received", "the pump again")
    other.give(serial(1))
    until(lambda: dock.unit(serial(1)).status == "shipped" and agree(dock, other), "the last word")
    storage = fleet.server.central.storage
    followed = everything(storage)
    rebuild(storage)
    assert everything(storage) == followed


def test_switched_on_with_a_clock_that_lost_its_way(fleet: Fleet, proxy: FaultProxy) -> None:
    """Out of reach of the server after another boot, a handheld has nothing to hold its clock against."""
    dock, other = fleet.dock(url=proxy.url), fleet.dock()
    dock.begin("PO-HAM")
    other.begin("SO-HAM", "OP-8")
    until(lambda: dock.settled() and other.settled(), "the openings")
    dock.on.crash()
    dock.clock.skip(20 * DAY_MS)
    dock.clock.boot = "another boot"
    proxy.meet(hang_up)
    dock.on = dock._started()
    dock.give(serial(1))
    event = dock.ask(lambda session: session.journal.event(*max(e[:2] for e in session.journal.rows())))
    assert clock.unix_ms(event.hlc) > fleet.server.central.now_ms() + 19 * DAY_MS, "it believes its clock"
    proxy.heal()
    until(lambda: other.unit(serial(1)).status == "received", "the pump")
    assert other.unit(serial(1)).at < event.at, "not in three weeks"
    other.give(serial(1))
    until(lambda: dock.unit(serial(1)).status == "shipped" and agree(dock, other), "the last word")


def test_a_carton_that_others_shipped_is_empty_where_the_clock_is_ahead(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = site_file()
    line = {"line": 1, "item": "SEAL", "quantity": 5}
    file["documents"] = [{"type": "sales_order", "number": "SO-BOX", "party": "CITY", "lines": [line]}]
    fleet.load(file)
    liar, other = both(fleet)
    other.clock.skip(-2000)
    monkeypatch.setattr(
        other.clock, "skip", lambda ms: None
    )  # as right as the server's, by which the liar counts
    lies(liar)
    pack(liar, "L1", 5)
    until(lambda: inside(other) == {"L1": 5} and liar.settled(), "the five")
    assert inside(liar) == {"L1": 5}
    until(lambda: other.ask(lambda s: s.knows.document("SO-BOX")) is not None, "the order")
    *_, shipped = other.give(Command(name="workflow", argument="shipping"), "SO-BOX", BOX)
    assert shipped.verdict.code == "shipped", shipped.verdict
    until(lambda: inside(other) == {}, "shipped")
    until(lambda: inside(liar) == {}, "its own five are gone with the carton")
    pack(other, "L2", 3)
    until(lambda: inside(liar) == {"L2": 3}, "what others put in since")
    liar.offline()
    pack(liar, "L1", 2)
    assert inside(liar) == {"L1": 2, "L2": 3}
    liar.undo()
    assert inside(liar) == {"L2": 3}
    pack(liar, "L1", 4)
    liar.offline(False)
    until(lambda: inside(other) == {"L1": 4, "L2": 3}, "the four")
    until(liar.settled, "sent")
    assert inside(liar) == {"L1": 4, "L2": 3}
    liar.offline()
    liar.undo()
    assert inside(liar) == {"L2": 3}, "taken back here, which the server has not heard"
    liar.offline(False)
    until(lambda: inside(other) == {"L2": 3}, "the undo")
