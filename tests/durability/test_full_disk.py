"""A full disk: the scan in hand is refused, nothing before it is lost, and the work goes on when there is room."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from scanner_app import feeding
from scanner_app.audit import verify
from scanner_app.ballast import BALLAST_BYTES
from scanner_app.clockwork import SystemClock
from scanner_app.export import events
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, PageArrived
from scanner_app.journal_reader import JournalReader
from scanner_app.session import SessionSettings
from scanner_app.storage_errors import StoreFull
from sync.wire import FeedPage, FeedRow, pair_key
from tests.durability.disks import SmallDisk
from tests.durability.goods import SETTLED_MS, fill, scan, serial, site_file
from tracking.site import Item
from tracking.units import UnitState

ROOT = Path(__file__).parents[2]


def at_work(folder: Path) -> Handheld:
    """A handheld with the order open."""
    handheld = Handheld(folder, SystemClock(), SessionSettings())
    if not handheld.cache.meta("site"):
        fill(handheld.cache, site_file(pumps=5000))
        handheld.renew_session()
        handheld.session.handle(scan("OP-7"))
        handheld.session.handle(scan("PO-HAM"))
    return handheld


def until_full(handheld: Handheld) -> int:
    """Scans until the disk is full; the number of the unit that was refused."""
    for number in range(1, 5000):
        answer = handheld.session.handle(scan(serial(number)))
        if answer.verdict.code != "received":
            assert answer.verdict.code == "disk_full"
            assert answer.tone == "stop"
            return number
    raise AssertionError("the disk was never full")


def stored(handheld: Handheld) -> list[str]:
    """The serial numbers of the events, read back from the file."""
    reader = JournalReader(handheld.journal.path)
    found = [str(row["serial"]) for row in events(reader) if row["step"] == "receiving"]
    assert verify(reader).findings == ()
    reader.close()
    return found


def test_a_full_disk_refuses_the_scan_and_gives_back_the_ballast(small_disk: SmallDisk) -> None:
    handheld = at_work(small_disk.folder / "data")
    session, ballast = handheld.session, small_disk.folder / "data" / "ballast"
    assert ballast.stat().st_size == BALLAST_BYTES
    small_disk.fill(leave_bytes=400_000)
    refused = until_full(handheld)
    kept = [serial(number) for number in range(1, refused)]
    assert refused > 5
    assert stored(handheld) == kept
    assert not ballast.exists()
    assert session.progress() == (refused - 1, 5000)

    # The ballast's room is for sending, not for scans: acknowledged, the next scan is refused again.
    assert session.handle(Command(name="ack")).verdict.code == "command"
    assert session.state.stopped is None
    assert session.handle(scan(serial(refused))).verdict.code == "disk_full"
    handheld.journal.acknowledge(1, 3)
    assert handheld.journal.pending() == handheld.journal.seq - 3

    small_disk.empty()
    assert session.handle(scan(serial(refused))).tone == "held"
    answer = session.handle(Command(name="ack"))
    assert (answer.verdict.code, answer.verdict.serial) == ("received", serial(refused))
    assert ballast.stat().st_size == BALLAST_BYTES
    assert stored(handheld) == [*kept, serial(refused)]
    handheld.close()


def test_a_handheld_that_starts_on_a_full_disk_shows_everything_and_takes_nothing(
    small_disk: SmallDisk,
) -> None:
    handheld = at_work(small_disk.folder / "data")
    small_disk.fill(leave_bytes=400_000)
    refused = until_full(handheld)
    small_disk.fill(leave_bytes=100_000)
    handheld.crash()

    again = at_work(small_disk.folder / "data")
    assert again.session.progress() == (refused - 1, 5000)
    assert again.session.handle(scan(serial(refused))).verdict.code == "disk_full"
    assert again.journal.pending() == refused - 1
    small_disk.empty()
    again.session.handle(Command(name="ack"))
    assert again.session.handle(scan(serial(refused))).verdict.code == "received"
    assert len(stored(again)) == refused
    again.close()


def page(units: int) -> PageArrived:
    """A page that names a new item and many units of it."""
    states = [UnitState(item="NEW", serial=f"N-{number:08}", status="received") for number in range(units)]
    rows = [FeedRow(seq=1, table="item", key="NEW", row=msgspec.Raw(msgspec.json.encode(Item(item="NEW"))))]
    rows += [
        FeedRow(
            seq=2,
            table="unit",
            key=pair_key("NEW", state.serial),
            row=msgspec.Raw(msgspec.json.encode(state)),
        )
        for state in states
    ]
    return PageArrived(
        page=FeedPage(generation="g", rows=rows, next=7, more=False, applied={}, server_ms=SETTLED_MS)
    )


def test_a_page_that_finds_no_room_is_not_applied_and_comes_again(small_disk: SmallDisk) -> None:
    handheld = at_work(small_disk.folder / "data")
    small_disk.fill(leave_bytes=300_000)
    with pytest.raises(StoreFull):
        feeding.take_page(handheld.session, page(20_000))
    assert handheld.cache.meta("cursor") == ""
    assert handheld.cache.unit_count() == 0
    # What the page had taken of the disk is given back: the scans need it more.
    assert handheld.session.handle(scan(serial(1))).verdict.code == "received"
    small_disk.empty()
    assert feeding.take_page(handheld.session, page(200))
    handheld.close()

    again = at_work(small_disk.folder / "data")
    unit = again.session.knows.unit("NEW", "N-00000003")
    assert (unit.item, unit.status, again.cache.meta("cursor")) == ("NEW", "received", "7")
    assert [found.item for found in again.cache.all_units()][:2] == ["NEW", "NEW"]
    again.close()


def test_a_bounded_file_size_is_a_fault_that_loses_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.durability.bounded_process", str(tmp_path / "data")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    said = [json.loads(line) for line in run.stdout.splitlines()]
    codes = [one["code"] for one in said]
    fault = codes.index("journal_fault")
    assert set(codes[:fault]) == {"received"}
    assert fault > 3
    # The limit was lifted: acknowledged, the very scan that was refused is taken.
    assert codes[fault + 1 :] == ["command", "received", "received"]
    assert said[fault]["serial"] == said[fault + 2]["serial"]

    handheld = Handheld(tmp_path / "data", SystemClock(), SessionSettings())
    assert stored(handheld) == [one["serial"] for one in said if one["code"] == "received"]
    handheld.close()
