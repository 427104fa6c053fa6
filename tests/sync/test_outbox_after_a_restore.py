"""The file of a handheld without a network, and a server that was put back from a backup after it was written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from scanner_app import outbox
from scanner_app.identity import Identity, keep
from scanner_app.session import Session
from sync.credentials import Credentials, Proof, new_key
from tests.durability.goods import serial
from tests.scanner_app.scanner_process import Ended, scanner
from tests.sync.fleet import Dock, Fleet, until
from tests.sync.test_clone import copy_of, start
from tests.sync.test_restore import copied, put_back

NOW_MS = 1_795_000_000_000


def sealed(dock: Dock, *, everything: bool = False) -> bytes:
    """The file, as the command line writes it."""

    def ask(session: Session) -> bytes:
        return outbox.sealed(session.journal, dock.identity.token, NOW_MS, None, everything=everything)[0]

    return bytes(dock.ask(ask))


def handed_in(fleet: Fleet, data: bytes) -> Ended:
    path = fleet.folder / "away.scanner"
    path.write_bytes(data)
    return scanner(
        "import", str(path), "--server", fleet.server.url, "--token", fleet.server.office_token, "--json"
    )


@pytest.fixture
def put_back_fleet(fleet: Fleet, tmp_path: Path) -> tuple[Fleet, Dock, Path]:
    """Three scans that the copy has, three that the server confirmed later, two that nobody was sent."""
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(*(serial(number) for number in range(1, 4)))
    until(dock.settled, "the first")
    copied(fleet, tmp_path / "copy")
    dock.give(*(serial(number) for number in range(4, 7)))
    until(dock.settled, "what the copy lacks")
    dock.offline()
    dock.give(*(serial(number) for number in range(7, 9)))
    return fleet, dock, tmp_path / "copy"


def test_what_no_backup_holds_is_in_the_file_too_so_a_restored_server_takes_it(
    put_back_fleet: tuple[Fleet, Dock, Path],
) -> None:
    fleet, dock, copy = put_back_fleet
    dock.ask(lambda session: session.journal.note_backed_up({1: 3}))
    data = sealed(dock)
    put_back(fleet, copy, new_generation=True)
    ended = handed_in(fleet, data)
    assert (ended.code, ended.rows[0]["stored"]) == (0, 5), ended.err
    assert fleet.ledger(dock.device) == dock.events()


def test_where_no_backup_was_spoken_of_the_office_is_told_what_to_do_and_that_helps(
    put_back_fleet: tuple[Fleet, Dock, Path],
) -> None:
    fleet, dock, copy = put_back_fleet
    data, everything = sealed(dock), sealed(dock, everything=True)
    put_back(fleet, copy, new_generation=True)
    refused = handed_in(fleet, data)
    assert refused.code == 1
    assert "lacks events 4 to 6 of epoch 1" in refused.err
    assert f"write the file again on {dock.device} with 'scanner export outbox FILE --all'" in refused.err
    ended = handed_in(fleet, everything)
    assert (ended.code, ended.rows[0]["stored"], ended.rows[0]["known"]) == (0, 5, 3), ended.err
    assert fleet.ledger(dock.device) == dock.events()


def test_what_neither_side_holds_any_more_is_bridged_and_named(
    put_back_fleet: tuple[Fleet, Dock, Path],
) -> None:
    """The handheld let go of what a backup held, and an older copy was put back: the file goes on behind the hole."""
    fleet, dock, copy = put_back_fleet

    def forget(session: Session) -> int:
        session.journal.note_backed_up({1: 5})
        return session.journal.prune(2 * NOW_MS)

    assert dock.ask(forget) == 5
    data = sealed(dock)
    put_back(fleet, copy, new_generation=True)
    ended = handed_in(fleet, data)
    assert (ended.code, ended.rows[0]["stored"]) == (0, 3), ended.err
    fleet.server.central.folder.catch_up()
    (lost,) = [one for one in fleet.exceptions() if one.kind == "lost_range"]
    assert (lost.first.ref, lost.second.ref) == (f"{dock.device}/1/4", f"{dock.device}/1/5")
    dock.offline(False)
    until(dock.settled, "the network comes back")


def forgetful(fleet: Fleet, tmp_path: Path) -> tuple[Dock, Dock]:
    """A handheld that let go of five of its eight events and is out of reach; and its copy from when it had three.

    The server is put back to those three, so that it takes what the copy scans next under the number four.
    """
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(*(serial(number) for number in range(1, 4)))
    until(dock.settled, "the first")
    copied(fleet, tmp_path / "copy")
    twin = copy_of(fleet, dock, tmp_path / "twin")
    dock.give(*(serial(number) for number in range(4, 7)))
    until(dock.settled, "what the copy lacks")
    dock.offline()
    dock.give(*(serial(number) for number in range(7, 9)))

    def forget(session: Session) -> int:
        session.journal.note_backed_up({1: 5})
        return session.journal.prune(2 * NOW_MS)

    assert dock.ask(forget) == 5
    put_back(fleet, tmp_path / "copy", new_generation=True)
    return dock, twin


def test_a_loss_is_not_believed_where_the_server_took_a_copys_events_meanwhile(
    fleet: Fleet, tmp_path: Path
) -> None:
    dock, twin = forgetful(fleet, tmp_path)
    start(fleet, twin)
    twin.give(serial(20))
    until(twin.settled, "the copy's, under the number of the first one's")
    before = fleet.ledger(dock.device)
    assert len(before) == 4
    for data in (sealed(dock), sealed(dock, everything=True)):
        refused = handed_in(fleet, data)
        assert refused.code == 1
        assert "holds other events under this name (fork)" in refused.err
    assert fleet.ledger(dock.device) == before, "nothing goes on behind what is another's"


def test_a_file_that_does_not_tell_what_was_let_go_of_is_believed(fleet: Fleet, tmp_path: Path) -> None:
    """One of an earlier version, or of a journal that let go of them before it kept their links."""
    dock, _ = forgetful(fleet, tmp_path)
    dock.ask(lambda session: session.journal.connection.execute("DELETE FROM gone"))
    ended = handed_in(fleet, sealed(dock))
    assert (ended.code, ended.rows[0]["stored"]) == (0, 3), ended.err


def test_nothing_is_written_that_the_server_has_where_nothing_waits(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1))
    until(dock.settled, "sent")
    assert dock.ask(lambda session: outbox.batches(session.journal)) == []
    assert [batch.first for batch in dock.ask(lambda s: outbox.batches(s.journal, everything=True))] == [1]


def test_the_command_line_signs_with_the_key_of_the_handheld(fleet: Fleet, tmp_path: Path) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.offline()
    dock.give(serial(1))
    dock.on.crash()
    key = new_key()
    with sqlite3.connect(fleet.database) as database:
        from sync.credentials import public_key

        database.execute("UPDATE device SET public_key = ? WHERE id = ?", (public_key(key), dock.device))
    database.close()
    token = dock.identity.token
    keep(dock.folder, Identity(device=dock.device, token=token, site="HAM", url="http://x", key=key))
    file = tmp_path / "out.scanner"
    assert scanner("export", "outbox", str(file), "--data", str(dock.folder)).code == 0
    assert file.read_bytes().startswith(f"scanner-outbox/2 {dock.device} ".encode())
    brought = handed_in(fleet, file.read_bytes())
    assert (brought.code, json.loads(brought.out)["stored"]) == (0, 1), brought.err
    assert Credentials(Proof(token=token), lambda _: None, lambda: 0).signs is False
    dock.on = dock._started()
