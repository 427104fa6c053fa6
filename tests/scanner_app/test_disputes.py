"""Event by event, the last one in common is found, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from scanner_app import disputes
from scanner_app.journal import Effect
from scanner_app.session import Session
from sync.wire import HighWater, Receipt
from tests.scanner_app.floor import Floor, site_named
from tracking import clock
from tracking.catalogue import say
from tracking.events import Event

FOREIGN = "ab" * 32
START_MS = 1_795_000_000_000
EVENTS = 20


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Twenty events, all of them confirmed and shown by the cache."""
    floor = Floor(tmp_path, site_named())
    session = floor.session
    for number in range(EVENTS):
        event = Event(
            step="receiving", item="PUMP", serial=f"S{number}", hlc=clock.pack(START_MS + number * 60_000)
        )
        session.journal.append([(event, Effect())], session=b"")
    link = session.journal.link_before(1, EVENTS + 1)
    assert link is not None
    word = Receipt(device="D", epoch=1, hwm=EVENTS, chain=link.hex(), received_ms=0, signature="s")
    session.journal.acknowledge(1, EVENTS, msgspec.json.encode(word))
    session.journal.match_overlay({1: EVENTS})
    yield session
    floor.handheld.close()


def ask(session: Session, same: int, has: int = EVENTS, says_from: int = 0) -> tuple[list[int], str]:
    """What it asks a server that has so many events, so many of them the same; and what it says in the end."""
    asked: list[int] = []
    said = ""
    while (one := disputes.disputed(session.journal)) is not None:
        epoch, seq = one
        asked.append(seq)
        ours = session.journal.link_before(epoch, seq + 1)
        link = ours.hex() if ours is not None and seq <= same else FOREIGN
        known = says_from <= seq <= has
        answer = HighWater(
            generation="g", epoch=epoch, hwm=seq if known else 0, chain=link if known else "", server_ms=0
        )
        said = say(disputes.compared(session, epoch, seq, answer))
    return asked, said


def test_nothing_is_asked_twice_of_a_server_that_has_the_same(session: Session) -> None:
    disputes.dispute(session.journal, 1, EVENTS)
    assert ask(session, EVENTS) == ([EVENTS], "")
    assert session.journal.acked() == {1: EVENTS}
    assert disputes.disputed(session.journal) is None


@pytest.mark.parametrize("same", range(EVENTS))
def test_the_last_one_in_common_is_found_in_few_questions(session: Session, same: int) -> None:
    disputes.dispute(session.journal, 1, EVENTS)
    asked, said = ask(session, same)
    assert session.journal.acked() == {1: same}
    assert len(asked) <= 6, asked
    assert "tell the office" in said
    assert session.pending == EVENTS - same


@pytest.mark.parametrize(("same", "begins"), [(3, 11), (10, 11), (11, 12), (15, 16)])
def test_what_was_let_go_of_cannot_be_sent_again(session: Session, same: int, begins: int) -> None:
    session.journal.note_backed_up({1: 10})
    session.journal.prune(START_MS + 24 * 3600 * 1000)
    anchor = session.journal.anchor(1)
    assert anchor is not None
    assert anchor.seq == 10
    disputes.dispute(session.journal, 1, EVENTS)
    _, said = ask(session, same)
    assert session.journal.acked() == {1: begins - 1}
    assert "from 11 on" in said


@pytest.mark.parametrize("has", [0, 7])
def test_a_server_that_does_not_say_is_believed_to_have_the_same(session: Session, has: int) -> None:
    """An older one, which knows only its mark; or one that lost these events, which it says in its mark as well."""
    disputes.dispute(session.journal, 1, EVENTS)
    assert ask(session, EVENTS, has) == ([EVENTS], "")
    assert session.journal.acked() == {1: EVENTS}


def test_where_a_difference_was_seen_a_hole_is_no_proof_of_the_same(session: Session) -> None:
    disputes.dispute(session.journal, 1, EVENTS)
    _, said = ask(session, same=12, says_from=15)
    assert session.journal.acked() == {1: 0}, "what the server cannot show counts as not confirmed"
    assert "tell the office" in said


def test_an_answer_to_another_question_changes_nothing(session: Session) -> None:
    disputes.dispute(session.journal, 1, EVENTS)
    stale = HighWater(generation="g", epoch=1, hwm=4, chain=FOREIGN, server_ms=0)
    assert disputes.compared(session, 1, 4, stale) == ""
    assert disputes.disputed(session.journal) == (1, EVENTS)


def test_nothing_is_in_dispute_where_nothing_was_confirmed(session: Session) -> None:
    disputes.dispute(session.journal, 1, 0)
    assert disputes.disputed(session.journal) is None
