"""What waits to be sent: which events come next, in what a revoked handheld hands in, and in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app import outbox
from scanner_app.anchors import GONE_BYTES
from scanner_app.journal import Journal
from sync.credentials import Credentials, Proof
from sync.outbox import LINK_BYTES, Held, opened, secret_of
from sync.wire import BATCH_BYTES_MAX, Batch, bodies_of
from tests.scanner_app.test_losses import START_MS, confirm, write

Sent = list[tuple[int, int, int, bool, int]]
"""Epoch, first and last event of each batch, whether of an epoch that is over, and how many wait behind it."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Six events of a first epoch, of which two are confirmed, and three of the one that runs."""
    made = Journal(tmp_path / "journal.db", device="D-1")
    write(made, 6)
    confirm(made, 1, 2)
    made.begin_epoch(2)
    write(made, 3)
    yield made
    made.close()


def sent(batches: list[Batch]) -> Sent:
    return [(one.epoch, one.first, one.last, one.orphan, one.pending) for one in batches]


def upload(journal: Journal, events_max: int, bytes_max: int = BATCH_BYTES_MAX) -> Sent:
    """Every batch that is sent until nothing waits, each confirmed before the next."""
    found: list[Batch] = []
    while batch := outbox.next_batch(journal, events_max, bytes_max, journal.pending()):
        found.append(batch)
        journal.acknowledge(batch.epoch, batch.last)
    return sent(found)


def test_the_oldest_epoch_comes_first_and_each_batch_says_what_waits_behind_it(journal: Journal) -> None:
    assert upload(journal, 3) == [(1, 3, 5, True, 4), (1, 6, 6, True, 3), (2, 1, 3, False, 0)]


def test_a_batch_is_bounded_in_bytes_too(journal: Journal) -> None:
    assert upload(journal, 100, 1) == [
        (1, 3, 3, True, 6), (1, 4, 4, True, 5), (1, 5, 5, True, 4), (1, 6, 6, True, 3),
        (2, 1, 1, False, 2), (2, 2, 2, False, 1), (2, 3, 3, False, 0),
    ]  # fmt: skip


def test_a_revoked_one_hands_in_each_event_once_and_none_is_confirmed(journal: Journal) -> None:
    handed: list[Batch] = []
    while batch := outbox.next_rescue(journal, 2, BATCH_BYTES_MAX, journal.pending()):
        handed.append(batch)
        outbox.note_rescued(journal, Held(epoch=batch.epoch, through=batch.last))
    assert [one[:3] for one in sent(handed)] == [(1, 3, 4), (1, 5, 6), (2, 1, 2), (2, 3, 3)]
    assert journal.acked() == {1: 2, 2: 0}
    again = outbox.next_batch(journal, 100, BATCH_BYTES_MAX, 7)
    assert again is not None
    assert (again.epoch, again.first) == (1, 3)
    outbox.forget_rescued(journal)
    first = outbox.next_rescue(journal, 100, BATCH_BYTES_MAX, 7)
    assert first is not None
    assert (first.epoch, first.first, first.last) == (1, 3, 6)


def test_what_was_confirmed_meanwhile_is_not_handed_in(journal: Journal) -> None:
    outbox.note_rescued(journal, Held(epoch=1, through=3))
    journal.acknowledge(1, 5)
    batch = outbox.next_rescue(journal, 100, BATCH_BYTES_MAX, 4)
    assert batch is not None
    assert (batch.epoch, batch.first) == (1, 6)


def test_a_file_carries_the_epochs_in_their_order_and_counts_what_waits(journal: Journal) -> None:
    assert sent(outbox.batches(journal)) == [(1, 3, 6, True, 3), (2, 1, 3, False, 0)]
    assert sent(outbox.batches(journal, everything=True)) == [(1, 1, 6, True, 3), (2, 1, 3, False, 0)]


def test_a_file_leaves_out_an_epoch_that_is_confirmed_and_begins_where_the_backup_ends(
    journal: Journal,
) -> None:
    confirm(journal, 1, 6)
    assert sent(outbox.batches(journal)) == [(2, 1, 3, False, 0)]
    journal.note_backed_up({2: 1})
    confirm(journal, 2, 2)
    assert sent(outbox.batches(journal)) == [(2, 2, 3, False, 0)], (
        "a server put back from it lacks the second"
    )
    confirm(journal, 2, 3)
    assert outbox.batches(journal) == []
    assert [one[:3] for one in sent(outbox.batches(journal, everything=True))] == [(1, 1, 6), (2, 1, 3)]


def test_without_a_key_the_token_signs_the_file(journal: Journal) -> None:
    keyless = Credentials(Proof(token="t"), lambda _: None, lambda: START_MS)
    for mine in (None, keyless):
        data, count = outbox.sealed(journal, "t", START_MS, mine)
        found, gone = opened(data, [secret_of("t")])
        assert gone == {}, "nothing was let go of"
        assert (count, sum(len(bodies_of(one)) for one in found)) == (7, 7)


def links(journal: Journal) -> dict[int, str]:
    """Number -> the chain after that event of the first epoch, hexadecimal."""
    return {seq: link.hex() for epoch, seq, _, link in journal.rows() if epoch == 1}


def test_what_was_let_go_of_is_in_the_file_by_its_links_however_often_it_was(journal: Journal) -> None:
    ours = links(journal)
    confirm(journal, 1, 6)
    journal.match_overlay({1: 6})
    for through in (2, 4):
        journal.note_backed_up({1: through})
        assert journal.prune(START_MS + 24 * 3600 * 1000) == 2
    data, _ = outbox.sealed(journal, "t", START_MS, None, everything=True)
    batches, gone = opened(data, [secret_of("t")])
    assert [(one.epoch, one.lost) for one in batches] == [(1, 4), (2, 0)]
    assert gone.keys() == {1}
    assert [gone[1].at(seq).hex() for seq in range(1, 5)] == [ours[seq][:16] for seq in range(1, 5)]
    assert [gone[1].at(seq) for seq in (-1, 0, 5, 6)] == [b""] * 4


def test_of_a_long_past_the_newest_links_are_in_the_file(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = links(journal)
    confirm(journal, 1, 6)
    journal.match_overlay({1: 6})
    journal.note_backed_up({1: 5})
    assert journal.prune(START_MS + 24 * 3600 * 1000) == 5
    monkeypatch.setattr(outbox, "LINKS_MAX", 2)
    data, _ = outbox.sealed(journal, "t", START_MS, None, everything=True)
    told = opened(data, [secret_of("t")]).gone[1]
    assert [told.at(seq).hex() for seq in range(1, 6)] == ["", "", "", ours[4][:16], ours[5][:16]]


def test_a_journal_keeps_as_much_of_a_link_as_a_file_tells() -> None:
    assert GONE_BYTES == LINK_BYTES
