"""A power cut after every single write of a shift: nothing that was answered is ever missing afterwards."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from scanner_app.audit import verify
from scanner_app.clockwork import ReplayClock
from scanner_app.handheld import CACHE_FILE, JOURNAL_FILE, Handheld
from scanner_app.session import Session
from scanner_app.session_state import decode
from scanner_app.storage_errors import StoreError
from tests.durability.goods import SETTLED_MS, scan
from tests.durability.power_cut import MODES, Image, cuts
from tests.durability.recorded_shift import DEVICE, SETTINGS, Commit, Recorded, Shift, expected
from tests.durability.write_log import WriteLog
from tracking.documents import tally_of
from tracking.events import Event, decode_body
from tracking.units import fold

_names = itertools.count()


def recorded(folder: Path, *, synchronous: str = "FULL") -> Recorded:
    """The shift, and every write of it."""

    def rewrite(sql: str) -> str:
        # A store that lies: it says FULL and does something else.
        if sql == "PRAGMA synchronous=FULL":
            return f"PRAGMA synchronous={synchronous}"
        return "SELECT 2" if sql == "PRAGMA synchronous" else sql

    shift = Shift(folder, WriteLog(f"log-{next(_names)}"), rewrite)
    played = shift.play()
    shift.close()
    return played


def start_over(folder: Path, image: Image) -> Handheld:
    """The handheld on the files that the cut left."""
    for name in (JOURNAL_FILE, CACHE_FILE):
        for suffix in ("", "-wal", "-shm", "-journal"):
            (folder / (name + suffix)).unlink(missing_ok=True)
    for name, content in image.items():
        (folder / name).write_bytes(content)
    return Handheld(folder, ReplayClock(SETTLED_MS + 10_000_000), SETTINGS, device=DEVICE)


def lost(shift: Recorded, count: int, handheld: Handheld) -> int:
    """Events that an answer spoke of before the cut and that are gone."""
    answered = max((one.seq for one in shift.answers if one.ops <= count), default=0)
    return max(0, answered - handheld.journal.seq)


def standing(shift: Recorded, count: int) -> tuple[Commit, Commit]:
    """The last transaction that was durable at the cut, and the one that may have been in hand."""
    done = max(place for place, commit in enumerate(shift.commits) if commit.ops <= count)
    return shift.commits[done], shift.commits[min(done + 1, len(shift.commits) - 1)]


def check_world(session: Session, events: list[Event]) -> None:
    """Units and tallies are what the own events make them, whatever the cache has lost."""
    knows = session.knows
    knows.forget_scan()
    for serial, own in expected(events).items():
        folded = fold("PUMP", serial, own)
        seen = knows.unit("PUMP", serial)
        assert (seen.status, seen.flags) == (folded.state.status, folded.state.flags), serial
    accepted = [
        event for own in expected(events).values() for event in fold("PUMP", own[0].serial, own).accepted
    ]
    for document in ("PO-HAM", "SO-HAM"):
        own = [event for event in accepted if event.document == document]
        assert knows.tally(document).done == tally_of(own).done, document


@pytest.mark.parametrize("mode", MODES)
def test_whatever_was_answered_is_there_after_a_cut_at_any_write(quick: Path, mode: str) -> None:
    made, found = quick / "made", quick / "found"
    made.mkdir()
    found.mkdir()
    shift = recorded(made)
    assert len(shift.bodies) > 20
    events = [
        decode_body(body, device=DEVICE, epoch=1, seq=seq) for seq, body in enumerate(shift.bodies, start=1)
    ]
    begun = shift.commits[0].ops
    tried: set[tuple[int, Commit]] = set()
    for count, image in cuts(shift.ops, mode, seed=7):
        if count < begun:
            handheld = start_over(found, image)
            assert (handheld.journal.seq, handheld.session.state.workflow) == (0, "home")
            handheld.close()
            continue
        before, in_hand = standing(shift, count)
        same = (hash(tuple(sorted(image.items()))), before)
        if same in tried:
            continue
        tried.add(same)
        handheld = start_over(found, image)
        journal = handheld.journal
        where = f"cut after write {count}"
        assert lost(shift, count, handheld) == 0, where
        held = Commit(0, journal.seq, journal.session())
        assert held[1:] in {before[1:], in_hand[1:]}, where
        assert [body for _, _, body, _ in journal.rows()] == shift.bodies[: journal.seq], where
        assert verify(journal).findings == (), where
        assert handheld.session.state == decode(held.session), where
        check_world(handheld.session, events[: journal.seq])
        handheld.session.handle(scan("OP-7"))
        handheld.close()
    assert len(tried) > len(shift.commits)


@pytest.mark.parametrize("level", ["NORMAL", "OFF"])
def test_the_harness_sees_the_loss_of_a_store_that_does_not_sync(quick: Path, level: str) -> None:
    made, found = quick / "made", quick / "found"
    made.mkdir()
    found.mkdir()
    shift = recorded(made, synchronous=level)
    begun = shift.commits[0].ops
    worst = 0
    for count, image in cuts(shift.ops, "none", seed=7):
        if count < begun or count % 7:
            continue
        try:
            handheld = start_over(found, image)
        except StoreError:
            worst = len(shift.bodies)
            continue
        worst = max(worst, lost(shift, count, handheld))
        handheld.close()
    assert worst > 1


def test_a_new_download_shows_every_page_with_the_own_work_on_top(quick: Path) -> None:
    shift = Shift(quick, WriteLog(f"log-{next(_names)}"))
    shift.play()
    events = [
        decode_body(body, device=DEVICE, epoch=epoch, seq=seq) for epoch, seq, body, _ in shift.journal.rows()
    ]
    pages = []

    def look() -> None:
        check_world(shift.session, events)
        pages.append(shift.journal.overlay_units())

    shift.fetch(look)
    assert pages == [[]]
    shift.port.resnapshot()
    look()
    shift.fetch(look)
    # Own events came back on top with the first page, and went when the last one covered them.
    assert len(pages) > 4
    assert all(pages[2:-1])
    assert pages[-1] == []
    shift.close()
