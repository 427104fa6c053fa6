"""Handheld and server together: a backup is confirmed, old events go, and a loss is told to everybody."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec

from scanner_app.audit import verify
from scanner_app.feeding import mend_fork
from scanner_app.server_marks import refused
from server import backup_note
from server.backup_check import check
from server.main import rebuild_at
from sync.wire import Refused
from tests.durability.goods import serial
from tests.sync.fleet import Dock, Fleet, until
from tests.sync.test_restore import copied, put_back
from tracking.catalogue import say

AT_ONCE = -1
"""Days that an event is kept: what a backup holds goes at once."""


def backup(fleet: Fleet, folder: Path, *, confirmed: bool = True) -> None:
    """A copy of the database; the living one hears that it is kept."""
    copied(fleet, folder)
    if confirmed:
        backup_note.record(fleet.database, check(folder / fleet.database.name), 1_795_000_000_000)
        assert backup_note.take(fleet.server.central.storage)


def held(dock: Dock) -> list[int]:
    return [seq for _, seq, _ in dock.events()]


def shift(dock: Dock, *numbers: int) -> None:
    dock.give(*(serial(number) for number in numbers))
    until(dock.settled, "sent and shown")


def test_what_a_backup_holds_goes_and_everything_else_stays(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    assert held(dock) == [1, 2, 3]
    backup(fleet, tmp_path / "copy")
    shift(dock, 4, 5)
    until(lambda: held(dock) == [4, 5], "what the backup holds did not go")
    assert dock.ask(lambda session: verify(session.journal).findings) == ()
    assert [seq for _, seq, _ in fleet.ledger(dock.device)] == [1, 2, 3, 4, 5]
    assert dock.unit(serial(1)).status == "received"


def test_it_stays_as_long_as_the_setting_says(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    assert dock.settings.sync.keep_days == 90
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    backup(fleet, tmp_path / "copy")
    shift(dock, 4, 5)
    assert dock.ask(lambda session: session.journal.backed_up()) == {1: 3}
    assert held(dock) == [1, 2, 3, 4, 5]


def test_a_copy_that_nobody_confirmed_lets_nothing_go(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    backup(fleet, tmp_path / "copy", confirmed=False)
    shift(dock, 4, 5)
    assert held(dock) == [1, 2, 3, 4, 5]


def test_after_a_restore_from_that_backup_nothing_is_missing(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    backup(fleet, tmp_path / "copy")
    shift(dock, 4, 5)
    until(lambda: held(dock) == [4, 5], "what the backup holds did not go")
    put_back(fleet, tmp_path / "copy", new_generation=True)
    until(lambda: len(fleet.ledger(dock.device)) == 5, "the copy's loss was not made good")
    until(lambda: fleet.tally("PO-HAM") == {1: 5}, "the server's count")
    assert fleet.exceptions() == []


def test_a_restore_from_an_older_one_is_a_loss_that_everybody_sees(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1)
    copied(fleet, tmp_path / "older")
    shift(dock, 2, 3)
    backup(fleet, tmp_path / "newer")
    shift(dock, 4, 5)
    until(lambda: held(dock) == [4, 5], "what the backup holds did not go")
    put_back(fleet, tmp_path / "older", new_generation=True)
    until(lambda: [seq for _, seq, _ in fleet.ledger(dock.device)] == [1, 4, 5], "what is left did not come")
    until(lambda: len(fleet.exceptions()) == 1, "nobody says that something is lost")
    (said,) = fleet.exceptions()
    assert (said.kind, said.first.ref, said.second.ref) == (
        "lost_range", f"{dock.device}/1/2", f"{dock.device}/1/3",
    )  # fmt: skip
    until(
        lambda: [one.kind for one in dock.exceptions()] == ["lost_range"], "the handheld does not hear of it"
    )
    assert "events 2 to 3 of this handheld are lost: tell the office" in dock.view().exceptions
    shift(dock, 6)
    assert [seq for _, seq, _ in fleet.ledger(dock.device)] == [1, 4, 5, 6]
    backup(fleet, tmp_path / "after")  # a backup with the hole in it is a sound one
    fleet.stop_server()
    rebuild_at(fleet.database)
    fleet.start_server()
    assert [one.kind for one in fleet.exceptions()] == ["lost_range"], "a rebuild forgets the loss"
    the_office_is_told_and_answers(fleet, dock.device)
    until(lambda: fleet.exceptions() == [] == dock.exceptions(), "it was answered for")


def the_office_is_told_and_answers(fleet: Fleet, device: str) -> None:
    headers = {"Authorization": f"Bearer {fleet.server.office_token}"}
    with httpx.Client(base_url=fleet.server.url, trust_env=False) as http:
        http.post("/sign-in", data={"token": fleet.server.office_token})
        page = http.get("/exceptions").text
        assert f"{device}/1/2" in page
        assert f"{device}/1/3" in page
        assert "are lost" in page
        assert "was stored" not in page, "it was not"
        (waiting,) = http.get("/v1/exceptions", headers=headers).json()["exceptions"]
        said = {"key": waiting["key"], "reason": "counted the dock"}
        assert http.post("/v1/exceptions/settle", json=said, headers=headers).status_code == 200


def test_nobody_gets_a_hole_without_the_servers_own_word(fleet: Fleet) -> None:
    """A device that only says so is told of the gap, as ever; so is one with a receipt that it made up."""
    from server import ingest
    from sync import wire

    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    storage = fleet.server.central.storage
    rows = dock.ask(lambda session: list(session.journal.rows()))
    real = next(iter(dock.ask(lambda session: session.journal.receipts()).values()))
    for proof in (
        None,
        msgspec.structs.replace(real, hwm=9),
        msgspec.structs.replace(real, device="D-OTHER9"),
    ):
        made = wire.batch_of(
            epoch=1, first=6, prev_chain=rows[-1][3], bodies=[rows[0][2]], lost=2, proof=proof
        )
        answer = ingest.take(storage, dock.device, made, 1_795_000_000_000)
        assert isinstance(answer, wire.Refused), proof
        assert answer.error == "gap"


def test_a_copy_that_let_go_of_old_events_says_from_where_on_it_holds_its_own(
    fleet: Fleet, tmp_path: Path
) -> None:
    """Another one took its numbers after an older restore: what only the newer backup held is on neither."""
    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    life = fleet.server.central.storage.generation
    fork = Refused(error="fork", epoch=1, hwm=3, chain="ab" * 32, server_ms=0, generation=life)
    assert "kept, tell the office" in say(dock.ask(lambda session: refused(session, fork)))
    dock.ask(lambda session: mend_fork(session, 1))
    backup(fleet, tmp_path / "copy")
    shift(dock, 4, 5)
    until(lambda: held(dock) == [4, 5], "what the backup holds did not go")
    assert "kept from 4 on, tell the office" in say(dock.ask(lambda session: refused(session, fork)))


def test_a_copy_lets_nothing_go_once_the_server_has_other_events_of_its_name(
    fleet: Fleet, tmp_path: Path
) -> None:
    dock = fleet.dock(keep_days=AT_ONCE)
    dock.begin("PO-HAM")
    shift(dock, 1, 2, 3)
    dock.ask(lambda session: session.journal.put_meta("forked", "2"))
    backup(fleet, tmp_path / "copy")
    shift(dock, 4, 5)
    assert held(dock) == [1, 2, 3, 4, 5], "what a backup holds under these names may be another's"
