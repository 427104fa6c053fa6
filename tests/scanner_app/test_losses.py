"""What a handheld says of events that neither side holds any more: how many, and the server's word that it had them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from scanner_app.journal import Effect, Journal
from scanner_app.losses import lost_before, proof_before, took_loss
from sync.wire import Receipt
from tracking import clock
from tracking.events import Event

START_MS = 1_795_000_000_000


def write(journal: Journal, count: int) -> None:
    for number in range(count):
        event = Event(
            step="receiving", item="PUMP", serial=f"S{number}", hlc=clock.pack(START_MS + number * 1000)
        )
        journal.append([(event, Effect())], session=b"")


def confirm(journal: Journal, epoch: int, hwm: int) -> Receipt:
    link = journal.link_before(epoch, hwm + 1)
    assert link is not None
    word = Receipt(
        device="D-1", epoch=epoch, hwm=hwm, chain=link.hex(), received_ms=START_MS, signature=f"{epoch}/{hwm}"
    )
    journal.acknowledge(epoch, hwm, msgspec.json.encode(word))
    return word


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Twenty events, of which the first twelve are gone: a backup had them."""
    made = Journal(tmp_path / "journal.db", device="D-1")
    write(made, 20)
    confirm(made, 1, 12)
    made.match_overlay({1: 20})
    made.note_backed_up({1: 12})
    assert made.prune(START_MS * 2) == 12
    yield made
    made.close()


def test_a_server_that_has_what_was_let_go_of_lost_nothing(journal: Journal) -> None:
    for hwm in (12, 13, 20):
        assert not took_loss(journal, 1, hwm)
    assert journal.acked() == {1: 12}
    assert lost_before(journal, 1, 13) == (0, None)


def test_a_server_that_lacks_some_of_it_is_told_how_much_and_by_whose_word(journal: Journal) -> None:
    (word,) = journal.receipts().values()
    journal.acknowledge(1, 7)
    assert took_loss(journal, 1, 7)
    assert journal.acked() == {1: 12}, "what is held comes next"
    assert lost_before(journal, 1, 13) == (5, word)
    assert lost_before(journal, 1, 14) == (0, None), "only right behind the hole"
    assert took_loss(journal, 1, 0)
    assert lost_before(journal, 1, 13) == (12, word)


def test_a_journal_that_holds_all_of_an_epoch_knows_of_no_loss(journal: Journal) -> None:
    journal.begin_epoch(2)
    write(journal, 3)
    assert not took_loss(journal, 2, 0)
    assert journal.acked() == {1: 12, 2: 0}
    for first in (1, 13):
        assert lost_before(journal, 2, first) == (0, None)
        assert proof_before(journal, 2, first) == (0, None)


def test_a_word_for_less_or_for_another_epoch_proves_nothing(journal: Journal) -> None:
    journal.begin_epoch(2)
    write(journal, 15)
    confirm(journal, 2, 15)
    assert took_loss(journal, 1, 7)
    journal.connection.execute("UPDATE receipt SET hwm = 11 WHERE epoch = 1")
    assert lost_before(journal, 1, 13) == (0, None)
    assert proof_before(journal, 1, 13) == (0, None)
    later = confirm(journal, 1, 20)
    assert lost_before(journal, 1, 13) == (5, later)
    assert proof_before(journal, 1, 13) == (12, later)


def test_a_file_that_begins_with_the_journal_proves_all_that_is_gone(journal: Journal) -> None:
    (word,) = journal.receipts().values()
    assert proof_before(journal, 1, 13) == (12, word)
    assert proof_before(journal, 1, 14) == (0, None)
