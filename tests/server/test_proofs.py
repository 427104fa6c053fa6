"""What a server takes for proof that it once held what is missing now; and that a repetition is a sign of life."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from server.backup import back_up
from server.open_storage import Database
from sync.wire import Receipt, Stored
from tests.server.fleet import Handheld, Office, receiving


def receipt_of(handheld: Handheld) -> Receipt:
    """The server's word for everything that this handheld has written."""
    stored = msgspec.json.decode(handheld.send().content, type=Stored)
    assert stored.receipt is not None
    return stored.receipt


@pytest.fixture
def pruned(office: Office, handheld: Handheld) -> tuple[Handheld, Receipt]:
    """Six events, of which the server was told five and holds none any more; its receipt for five."""
    handheld.write(*(receiving(f"S{number}") for number in range(5)))
    receipt = receipt_of(handheld)
    handheld.write(receiving("S5"))
    with office.running.central.storage.write() as tx:
        for trigger in ("ledger_keeps", "ledger_stands"):
            tx.run(f"DROP TRIGGER IF EXISTS {trigger}" + ("" if is_sqlite(office) else " ON ledger"))
        for table in ("ledger", "device_epoch"):
            tx.run(f"DELETE FROM {table} WHERE device = ?", handheld.device)
    return handheld, receipt


def is_sqlite(office: Office) -> bool:
    return "sqlite" in type(office.running.central.storage).__module__


def test_the_servers_own_word_bridges_what_nobody_holds(pruned: tuple[Handheld, Receipt]) -> None:
    handheld, receipt = pruned
    answer = handheld.send(handheld.batch(6, lost=5, proof=receipt)).json()
    assert (answer["status"], answer["hwm"]) == ("stored", 6)


def test_without_it_or_with_a_word_for_less_it_stays_a_gap(pruned: tuple[Handheld, Receipt]) -> None:
    handheld, receipt = pruned
    handheld.write(receiving("S6"))
    for batch in (
        handheld.batch(6),
        handheld.batch(6, lost=5),
        handheld.batch(7, lost=6, proof=receipt),
        handheld.batch(6, lost=5, proof=msgspec.structs.replace(receipt, hwm=99)),
        handheld.batch(6, lost=4, proof=receipt),
    ):
        assert handheld.send(batch).json()["error"] == "gap"


def test_a_loss_in_the_middle_is_bridged_and_known_in_every_backup(
    office: Office, pruned: tuple[Handheld, Receipt], database: Database, tmp_path: Path
) -> None:
    handheld, receipt = pruned
    assert handheld.send(handheld.batch(1, 2)).json()["hwm"] == 2, "an old backup had two of the five"
    short = handheld.send(handheld.batch(6, lost=2, proof=receipt)).json()
    assert (short["error"], short["hwm"]) == ("gap", 2)
    assert handheld.send(handheld.batch(6, lost=3, proof=receipt)).json()["hwm"] == 6
    handheld.write(receiving("S6"))
    assert handheld.send(handheld.batch(7)).json()["hwm"] == 7, "it goes on as ever"
    with office.running.central.storage.read() as reader:
        holes = [(*row[:4], bytes(row[4])) for row in reader.rows("SELECT * FROM hole")]
    assert holes == [(handheld.device, 1, 3, 5, handheld.link(5))]
    written = back_up(database, tmp_path / "copy.db", 1)
    assert (written.checked.marks[handheld.device], written.checked.events) == ({1: 7}, 4)


def test_a_word_for_another_device_or_epoch_proves_nothing(
    office: Office, pruned: tuple[Handheld, Receipt]
) -> None:
    handheld, _ = pruned
    other = office.handheld("other")
    other.write(*(receiving(f"T{number}") for number in range(9)))
    foreign = receipt_of(other)
    assert handheld.send(handheld.batch(6, lost=5, proof=foreign)).json()["error"] == "gap"
    later = Handheld(handheld.http, handheld.device, handheld.token, handheld.site, epoch=2, nonce="later")
    later.write(*(receiving(f"U{number}") for number in range(7)))
    own = receipt_of(later)
    assert handheld.send(handheld.batch(6, lost=5, orphan=True, proof=own)).json()["error"] == "gap"


def test_a_repetition_is_a_sign_of_life_and_says_what_is_still_to_come(
    office: Office, handheld: Handheld
) -> None:
    handheld.write(receiving("A"))
    assert handheld.send().json()["status"] == "stored"
    with office.running.central.storage.write() as tx:
        tx.run("UPDATE device SET seen_ms = 1, pending = 0 WHERE id = ?", handheld.device)
    assert handheld.send(handheld.batch(pending=7)).json()["status"] == "duplicate"
    with office.running.central.storage.read() as reader:
        row = reader.row("SELECT seen_ms, pending FROM device WHERE id = ?", handheld.device)
    assert row is not None
    assert (row[0] > 1, row[1]) == (True, 7)
