"""A journal lets go of what a backup holds, and of nothing else; what is left is still verified from its anchor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scanner_app import anchors, audit, export
from scanner_app.journal import Effect, Journal
from scanner_app.journal_reader import JournalReader
from scanner_app.journal_schema import LAYOUT
from sync.wire import Receipt
from tracking import clock
from tracking.events import Event

START_MS = 1_795_000_000_000
MINUTE_MS = 60_000
LATER_MS = START_MS + 10_000 * MINUTE_MS


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Twenty events, a minute apart; all confirmed, shown by the cache, and none of them in a backup."""
    made = Journal(tmp_path / "journal.db", device="D-1")
    for number in range(20):
        event = Event(
            step="receiving", item="PUMP", serial=f"S{number}", hlc=clock.pack(START_MS + number * MINUTE_MS)
        )
        made.append([(event, Effect())], session=b"")
    confirm(made, 20)
    made.match_overlay({1: 20})
    yield made
    made.close()


def confirm(journal: Journal, hwm: int) -> None:
    link = journal.link_before(1, hwm + 1)
    assert link is not None
    word = Receipt(device="D-1", epoch=1, hwm=hwm, chain=link.hex(), received_ms=START_MS, signature="s")
    import msgspec

    journal.acknowledge(1, hwm, msgspec.json.encode(word))


def held(journal: Journal) -> list[int]:
    return [seq for _, seq, _, _ in journal.rows()]


def test_nothing_goes_that_no_backup_holds(journal: Journal) -> None:
    assert journal.prune(LATER_MS) == 0
    journal.note_backed_up({1: 12})
    assert journal.prune(LATER_MS) == 12
    assert held(journal) == list(range(13, 21))
    assert journal.prune(LATER_MS) == 0


def test_nothing_goes_before_its_time(journal: Journal) -> None:
    journal.note_backed_up({1: 12})
    assert journal.prune(START_MS + 5 * MINUTE_MS) == 5
    assert held(journal)[0] == 6
    assert journal.prune(START_MS + 5 * MINUTE_MS) == 0


def test_the_newest_stays_and_what_the_cache_does_not_show(journal: Journal) -> None:
    journal.note_backed_up({1: 20})
    journal.match_overlay({1: 15})
    journal.prune(LATER_MS)
    assert held(journal) == list(range(16, 21))
    journal.match_overlay({1: 20})
    journal.prune(LATER_MS)
    assert held(journal) == [20]


def test_what_was_not_confirmed_stays(journal: Journal) -> None:
    journal.note_backed_up({1: 20})
    journal.acknowledge(1, 7)
    journal.prune(LATER_MS)
    assert held(journal)[0] == 8


def test_a_backup_that_is_gone_counts_no_more(journal: Journal) -> None:
    journal.note_backed_up({1: 20})
    journal.note_backed_up({1: 3})
    assert journal.prune(LATER_MS) == 3


def test_a_part_at_a_time(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors, "PRUNED_MAX", 4)
    journal.note_backed_up({1: 12})
    assert [journal.prune(LATER_MS) for _ in range(4)] == [4, 4, 4, 0]


def test_what_is_left_is_verified_exported_and_written_on(journal: Journal) -> None:
    before = {row["seq"]: (row["prev_hash"], row["hash"]) for row in export.events(journal)}
    journal.note_backed_up({1: 12})
    journal.prune(LATER_MS)
    report = audit.verify(journal)
    assert (report.findings, report.events) == ((), 8)
    assert {row["seq"]: (row["prev_hash"], row["hash"]) for row in export.events(journal)} == {
        seq: links for seq, links in before.items() if seq > 12
    }
    with closing(JournalReader(journal.path)) as reader:
        assert audit.verify(reader).findings == ()
    again = Journal(journal.path)
    again.append([(Event(step="receiving", item="PUMP", serial="NEW"), Effect())], session=b"")
    assert (again.seq, audit.verify(again).findings) == (21, ())
    assert again.link_before(1, 13) == bytes.fromhex(before[12][1])
    assert again.link_before(1, 12) is None
    again.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE anchor SET link = zeroblob(32)",
        "UPDATE anchor SET seq = 11",
        "DELETE FROM anchor",
        "DELETE FROM event WHERE seq = 13",
    ],
)
def test_a_journal_that_was_cut_by_somebody_else_is_found_out(journal: Journal, damage: str) -> None:
    journal.note_backed_up({1: 12})
    journal.prune(LATER_MS)
    journal.connection.execute(damage)
    assert audit.verify(journal).findings


@pytest.mark.parametrize("layout", [1, 2])
def test_a_journal_of_a_layout_before_is_taken_on(journal: Journal, layout: int) -> None:
    journal.close()
    with closing(sqlite3.connect(journal.path)) as old, old:
        old.execute("DROP TABLE gone")
        if layout == 1:
            old.execute("DROP TABLE anchor")
            old.execute("ALTER TABLE epoch DROP COLUMN backed_up")
        old.execute(f"PRAGMA user_version = {layout}")
    with closing(JournalReader(journal.path)) as reader:
        assert (reader.layout, audit.verify(reader).findings) == (layout, ())
    again = Journal(journal.path)
    assert again.connection.execute("PRAGMA user_version").fetchone()[0] == LAYOUT
    again.note_backed_up({1: 5})
    assert again.prune(LATER_MS) == 5
    assert audit.verify(again).findings == ()
    again.close()


def test_of_what_is_gone_it_is_still_known_whose_it_was(journal: Journal) -> None:
    """Let go of in three parts: whether a server has these events or others under their names can be told."""
    links = {seq: link.hex() for _, seq, _, link in journal.rows()}
    for through in (3, 4, 11):
        journal.note_backed_up({1: through})
        journal.prune(LATER_MS)
    assert held(journal) == list(range(12, 21))
    assert journal.known_from(1) == 1
    for seq, link in links.items():
        other = links[seq % 20 + 1]
        assert (journal.same_at(1, seq, link), journal.same_at(1, seq, other)) == (True, False), seq
        assert journal.same_at(1, seq, "") is False
    assert journal.same_at(1, 21, links[20]) is None
    assert journal.same_at(2, 1, links[1]) is None


def test_what_went_before_links_were_kept_is_not_known(journal: Journal) -> None:
    links = {seq: link.hex() for _, seq, _, link in journal.rows()}
    journal.note_backed_up({1: 5})
    journal.prune(LATER_MS)
    journal.connection.execute("DELETE FROM gone")
    assert journal.known_from(1) == 5
    journal.note_backed_up({1: 9})
    journal.prune(LATER_MS)
    assert journal.known_from(1) == 6
    assert (journal.same_at(1, 5, links[5]), journal.same_at(1, 6, links[6])) == (None, True)
