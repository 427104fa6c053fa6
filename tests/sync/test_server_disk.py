"""A server without room: it says so, nobody's scan is lost, and everything goes up when there is room again."""

from __future__ import annotations

from pathlib import Path

from server import replica
from tests.durability.disks import SmallDisk
from tests.durability.goods import serial, site_file
from tests.sync.fleet import Fleet, until
from tests.sync.test_faults import sent_once

SCANS = 40


def reported(fleet: Fleet) -> bool:
    """Whether the server was told who is at work: then nobody writes to its disk any more."""
    with fleet.server.central.storage.read() as reader:
        return bool(replica.listing(reader, "task"))


def test_uploads_wait_while_the_servers_disk_is_full(small_disk: SmallDisk, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path / "fleet", database=small_disk.folder / "server.db")
    try:
        fleet.load(site_file())
        dock = fleet.dock()
        dock.begin("PO-HAM")
        until(dock.settled, "the opening")
        until(lambda: reported(fleet), "that it is being done")
        small_disk.fill(leave_bytes=0)
        dock.give(*(serial(number) for number in range(1, SCANS // 2 + 1)))
        until(lambda: "busy or broken (HTTP 503)" in dock.view().hint, "no sentence")
        assert dock.pending() > 0
        dock.restart()
        dock.give(*(serial(number) for number in range(SCANS // 2 + 1, SCANS + 1)))
        assert fleet.ledger(dock.device) == dock.events()[: len(fleet.ledger(dock.device))]
        assert dock.tally("PO-HAM").done == {1: SCANS}

        small_disk.empty()
        until(dock.settled, "not sent")
        sent_once(fleet, dock, SCANS)
        assert fleet.state(serial(SCANS))["status"] == "received"
    finally:
        fleet.close()


def test_a_server_that_cannot_note_a_sign_of_life_still_feeds(small_disk: SmallDisk, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path / "fleet", database=small_disk.folder / "server.db")
    try:
        fleet.load(site_file())
        small_disk.fill(leave_bytes=2_000_000)
        dock = fleet.dock()
        dock.on.crash()
        with fleet.server.central.storage.write() as tx:
            tx.run("UPDATE device SET seen_ms = 0")
        small_disk.fill(leave_bytes=0)
        dock.on = dock._started()
        until(
            lambda: dock.ask(lambda s: s.knows.document("PO-HAM")) is not None, "no feed from a full server"
        )
        small_disk.empty()
    finally:
        fleet.close()
