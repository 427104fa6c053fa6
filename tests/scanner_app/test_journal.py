"""The journal file: identity without gaps, one chain an epoch, everything of one scan together or not at all."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from scanner_app.journal import Effect, Journal
from scanner_app.storage_errors import JournalFault, NewerStore, StoreError
from tracking import chain
from tracking.events import Event, encode_body


def _event(serial: str, **fields: object) -> Event:
    return Event(step="receiving", item="PUMP-100", serial=serial, document="PO-1", line=1, **fields)  # type: ignore[arg-type]


def _append(journal: Journal, *serials: str) -> list[Event]:
    return journal.append([(_event(serial), Effect(delta=1)) for serial in serials], session=b"state")


def test_events_are_numbered_without_gaps_and_chained(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", device="hh-1")
    first, second = _append(journal, "SN-1"), _append(journal, "SN-2", "SN-3")
    events = first + second
    assert [event.ref for event in events] == ["hh-1/1/1", "hh-1/1/2", "hh-1/1/3"]
    link = chain.first_link("hh-1", 1, journal.nonces()[1])
    for event, serial in zip(events, ("SN-1", "SN-2", "SN-3"), strict=True):
        assert event.prev_hash == link.hex()
        link = chain.next_link(link, encode_body(_event(serial)))
        assert event.hash == link.hex()
    journal.close()
    again = Journal(tmp_path / "journal.db")
    assert (again.device, again.seq, again.link) == ("hh-1", 3, link)
    assert _append(again, "SN-4")[0].prev_hash == link.hex()
    again.close()


def test_it_is_durable_on_every_open(tmp_path: Path) -> None:
    for _ in range(2):
        journal = Journal(tmp_path / "journal.db")
        assert journal.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert journal.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        journal.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    _append(journal, "SN-1")
    before = (journal.seq, journal.link, journal.pending(), journal.session())
    journal.append([], session=b"with a gesture", gesture=(1, b"g"))
    with pytest.raises(JournalFault):
        journal.append([(_event("SN-2"), Effect())], session=b"never", gesture=(1, b"the same number again"))
    assert (journal.seq, journal.link, journal.pending()) == before[:3]
    assert journal.session() == b"with a gesture"
    assert journal.event(1, 2) is None
    assert _append(journal, "SN-2")[0].seq == 2
    journal.close()


def test_what_is_left_of_a_gesture_replaces_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    for number in (1, 2, 3):
        journal.append([], session=b"", gesture=(number, b"whole"))
    journal.append([], session=b"", gesture=(3, b"the rest"), undone=(1, 3))
    assert journal.gestures(9) == [(3, b"the rest"), (2, b"whole")]
    assert journal.gesture(1) == b""
    journal.close()


def test_events_are_never_edited(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    _append(journal, "SN-1")
    with pytest.raises(sqlite3.IntegrityError, match="never edited"):
        journal.connection.execute("UPDATE event SET body = x'00'")
    journal.close()


def test_credits_come_together_by_document_and_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    _append(journal, "SN-1", "SN-2")
    journal.append([(Event(step="completing", document="PO-1"), Effect(closes=1))], session=b"")
    journal.append(
        [(Event(step="sighting", serial="SN-3", document="PO-1", line=1), Effect(delta=1))], session=b""
    )
    assert journal.overlay_tallies() == ({"PO-1": {1: 2}}, {"PO-1": 1})
    assert journal.overlay_of("SN-3") == [], "a sighting changes nothing"
    assert journal.match_overlay({1: 1})
    assert journal.overlay_tallies() == ({"PO-1": {1: 1}}, {"PO-1": 1})
    assert not journal.match_overlay({1: 1})
    assert journal.match_overlay({}), "the cache was lost: what it showed comes back"
    assert journal.overlay_tallies() == ({"PO-1": {1: 2}}, {"PO-1": 1})
    journal.close()


def test_a_new_epoch_has_its_own_numbers_and_chain(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", device="hh-1")
    _append(journal, "SN-1", "SN-2")
    journal.acknowledge(1, 1)
    journal.begin_epoch(2)
    (event,) = _append(journal, "SN-3")
    assert event.ref == "hh-1/2/1"
    assert journal.pending() == 2
    assert journal.oldest_unsent() == (1, 2), "orphans of the old epoch first"
    journal.acknowledge(1, 2)
    assert journal.oldest_unsent() == (2, 1)
    journal.begin_epoch(1)
    assert journal.epoch == 2
    journal.close()


def test_a_name_is_taken_before_the_first_event_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.adopt("hh-7")
    assert _append(journal, "SN-1")[0].device == "hh-7"
    with pytest.raises(StoreError, match="another name"):
        journal.adopt("hh-8")
    journal.close()


def test_newer_damaged_and_unreadable_files_are_one_sentence(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.connection.execute("PRAGMA user_version=99")
    journal.close()
    with pytest.raises(NewerStore, match="newer version"):
        Journal(tmp_path / "journal.db")
    (tmp_path / "text.db").write_text("this is no database, whatever its name says" * 50)
    with pytest.raises(StoreError, match="damaged"):
        Journal(tmp_path / "text.db")
    with pytest.raises(StoreError):
        Journal(tmp_path / "no such folder" / "journal.db")


def test_the_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    from scanner_app.clockwork import SystemClock
    from scanner_app.handheld import Handheld
    from scanner_app.session import SessionSettings

    handheld = Handheld(tmp_path / "new" / "data", SystemClock(), SessionSettings())
    handheld.close()
    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700
