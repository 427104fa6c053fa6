"""Event by event, the last one in common is found, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from scanner_app import disputes
from scanner_app.inputs import LinkChanged
from scanner_app.journal import Effect, Journal
from scanner_app.losses import lost_before, proof_before
from scanner_app.server_marks import greeted, refused
from scanner_app.session import Session
from sync.wire import HighWater, Receipt, Refused
from tests.scanner_app.floor import Floor, site_named
from tracking import clock
from tracking.catalogue import say
from tracking.events import Event

FOREIGN = "ab" * 32
START_MS = 1_795_000_000_000
EVENTS = 20


class Held(NamedTuple):
    """A handheld with twenty events, all of them confirmed and shown by the cache."""

    session: Session
    links: dict[int, str]
    """Number -> the chain after that event, hex."""

    @property
    def journal(self) -> Journal:
        return self.session.journal

    def prune(self, through: int) -> None:
        """Lets go of the oldest."""
        self.journal.note_backed_up({1: through})
        assert self.journal.prune(START_MS + 24 * 3600 * 1000) == through

    def ask(self, same: int, has: int = EVENTS, says_from: int = 0) -> tuple[list[int], str]:
        """What it asks a server that has so many events, so many of them the same; and what it says in the end."""
        asked: list[int] = []
        said = ""
        while (one := disputes.disputed(self.journal)) is not None:
            epoch, seq = one
            asked.append(seq)
            link, known = self.links[seq] if seq <= same else FOREIGN, says_from <= seq <= has
            hwm, chain = (seq, link) if known else (0, "")
            answer = HighWater(generation="g", epoch=epoch, hwm=hwm, chain=chain, server_ms=0)
            said = say(disputes.compared(self.session, epoch, seq, answer))
        return asked, said


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    floor = Floor(tmp_path, site_named())
    journal = floor.session.journal
    for number in range(EVENTS):
        at = clock.pack(START_MS + number * 60_000)
        event = Event(step="receiving", item="PUMP", serial=f"S{number}", hlc=at)
        journal.append([(event, Effect())], session=b"")
    links = {seq: link.hex() for _, seq, _, link in journal.rows()}
    word = Receipt(device="D", epoch=1, hwm=EVENTS, chain=links[EVENTS], received_ms=0, signature="s")
    journal.acknowledge(1, EVENTS, msgspec.json.encode(word))
    journal.match_overlay({1: EVENTS})
    yield Held(floor.session, links)
    floor.handheld.close()


def test_nothing_is_asked_twice_of_a_server_that_has_the_same(held: Held) -> None:
    disputes.dispute(held.journal, 1, EVENTS)
    assert held.ask(EVENTS) == ([EVENTS], "")
    assert held.journal.acked() == {1: EVENTS}
    assert disputes.disputed(held.journal) is None


@pytest.mark.parametrize("same", range(EVENTS))
def test_the_last_one_in_common_is_found_in_few_questions(held: Held, same: int) -> None:
    disputes.dispute(held.journal, 1, EVENTS)
    asked, said = held.ask(same)
    assert held.journal.acked() == {1: same}
    assert len(asked) <= 6, asked
    assert "tell the office" in said
    assert held.session.pending == EVENTS - same


@pytest.mark.parametrize("same", [0, 3, 9, 10, 11, 15])
@pytest.mark.parametrize("links_kept", [True, False])
def test_what_was_let_go_of_is_compared_and_cannot_be_sent_again(
    held: Held, same: int, links_kept: bool
) -> None:
    journal = held.journal
    held.prune(10)
    if not links_kept:
        journal.connection.execute("DELETE FROM gone")
    disputes.dispute(journal, 1, EVENTS)
    _, said = held.ask(same)
    assert journal.acked() == {1: max(same, 10)}
    assert "from 11 on" in said


def test_that_what_was_let_go_of_is_anothers_by_now_is_told(held: Held) -> None:
    """An older backup was put back and a copy sent its own: a loss that must not be bridged."""
    journal = held.journal
    held.prune(10)
    standing = HighWater(generation="h", epoch=1, hwm=7, chain=FOREIGN, server_ms=0, epochs={1: 7})
    assert "from 11 on" in say(greeted(held.session, standing))
    journal.acknowledge(1, 10)
    assert lost_before(journal, 1, 11) == (0, None)
    assert proof_before(journal, 1, 11) == (0, None)


@pytest.mark.parametrize("has", [0, 7])
def test_a_server_that_does_not_say_is_believed_to_have_the_same(held: Held, has: int) -> None:
    """An older one, which knows only its mark; or one that lost these events, which it says in its mark as well."""
    disputes.dispute(held.journal, 1, EVENTS)
    assert held.ask(EVENTS, has) == ([EVENTS], "")
    assert held.journal.acked() == {1: EVENTS}


def test_where_a_difference_was_seen_a_hole_is_no_proof_of_the_same(held: Held) -> None:
    disputes.dispute(held.journal, 1, EVENTS)
    _, said = held.ask(same=12, says_from=15)
    assert held.journal.acked() == {1: 0}, "what the server cannot show counts as not confirmed"
    assert "tell the office" in said


def test_an_answer_to_another_question_changes_nothing(held: Held) -> None:
    disputes.dispute(held.journal, 1, EVENTS)
    stale = HighWater(generation="g", epoch=1, hwm=4, chain=FOREIGN, server_ms=0)
    assert disputes.compared(held.session, 1, 4, stale) == ""
    assert disputes.disputed(held.journal) == (1, EVENTS)


def test_nothing_is_in_dispute_where_nothing_was_confirmed(held: Held) -> None:
    disputes.dispute(held.journal, 1, 0)
    assert disputes.disputed(held.journal) is None


def test_a_question_that_nobody_answered_is_asked_again_and_once_in_each_life(held: Held) -> None:
    held.journal.begin_epoch(2)

    def greet(generation: str) -> tuple[int, int] | None:
        standing = HighWater(
            generation=generation, epoch=1, hwm=EVENTS, chain=FOREIGN, server_ms=0, epochs={1: EVENTS}
        )
        assert greeted(held.session, standing) == ""
        return disputes.disputed(held.journal)

    assert greet("g") == (1, EVENTS)
    assert greet("g") == (1, EVENTS), "the network went before the answer"
    held.ask(EVENTS)
    assert greet("g") is None
    assert greet("h") == (1, EVENTS)
    assert greet("i") == (1, EVENTS)


def test_a_copy_says_so_although_the_network_goes_in_the_middle_of_its_questions(held: Held) -> None:
    fork = Refused(error="fork", epoch=1, hwm=EVENTS, chain=FOREIGN, server_ms=0, generation="g")
    refused(held.session, fork)
    assert "tell the office" in say(held.session.trouble)
    held.session.handle(LinkChanged(online=False, trouble="no answer in time"))
    assert "tell the office" in say(held.session.trouble)
