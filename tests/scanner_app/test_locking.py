"""The terminal locks itself when nobody touches it: when, over what, and what becomes of the task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.handheld import Handheld
from scanner_app.inputs import LinkChanged, SignIn, TimePassed
from scanner_app.session import SessionSettings
from scanner_app.storage_errors import StoreFull
from tests.scanner_app.floor import Floor, site_named

MINUTES_MS = 60_000


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named("staffed"))
    floor.give(SignIn(badge="OP-7"))
    yield floor
    floor.close()


def idle(floor: Floor, minutes: float) -> None:
    floor.wait(int(minutes * MINUTES_MS))
    floor.session.handle(TimePassed())


def test_every_scan_and_key_puts_it_off_and_news_of_the_server_do_not(floor: Floor) -> None:
    floor.scan("PO-1")
    for _ in range(3):
        idle(floor, 14)
        assert floor.scan("NONSENSE").verdict.code == "unknown_code"
        floor.command("ack")
    floor.wait(10 * MINUTES_MS)
    floor.session.handle(LinkChanged(online=True))
    idle(floor, 6)
    assert (floor.session.state.operator, floor.session.state.locked_for) == ("", "OP-7")


def test_it_is_locked_although_nobody_looked_at_the_clock_in_between(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.wait(15 * MINUTES_MS)
    assert floor.scan("SN-200001").verdict.code == "sign_in_required"


def test_zero_minutes_are_for_ever(tmp_path: Path, floor: Floor) -> None:
    floor.close()
    floor.handheld = Handheld(floor.folder, floor.clock, SessionSettings(lock_after_minutes=0))
    idle(floor, 600)
    assert floor.session.state.operator == "OP-7"
    assert floor.session.idle.left_s() is None


def test_a_pin_that_is_waited_for_goes_as_well(floor: Floor) -> None:
    floor.scan("OP-8")
    assert floor.session.state.pin_for == "OP-8"
    idle(floor, 15)
    state = floor.session.state
    assert (state.pin_for, state.operator, state.locked_for) == ("", "", "OP-7")


def test_a_supervisor_who_has_shown_his_badge_is_gone_with_the_rest(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "other", site_named("overridden"))
    floor.give(SignIn(badge="OP-7"))
    floor.scan("SO-1")
    floor.scan("SN-000001")
    floor.command("override")
    floor.scan("SV-2")
    floor.type("4711")
    assert floor.presenter.view().prompt == "WHY? A number, or type it"
    idle(floor, 15)
    assert floor.session.state.override is None
    floor.scan("OP-7")
    assert floor.presenter.view().stopped, "the stop waits as it did"
    assert floor.status("PUMP-100", "SN-000001") == "received"
    floor.close()


def test_what_waits_behind_a_stop_waits_on_and_counts_afterwards(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("NONSENSE")
    floor.scan("SN-200001")
    idle(floor, 15)
    floor.scan("SN-200002")
    assert len(floor.session.state.held) == 2
    floor.scan("OP-7")
    answer = floor.command("ack")
    assert [event.serial for event in answer.events] == ["SN-200001", "SN-200002"]


def test_the_event_of_another_badge_says_who_took_over_from_whom(floor: Floor) -> None:
    floor.scan("PO-1")
    idle(floor, 15)
    floor.scan("SV-1")
    event = floor.events()[-1]
    assert (event.operator, event.document, event.code, event.reason) == (
        "SV-1",
        "PO-1",
        "signed_in",
        "hand_over: OP-7",
    )
    floor.command("lock")
    floor.scan("SV-1")
    assert floor.events()[-1] == event, "the same person only goes on"


def test_a_terminal_without_a_task_changes_hands_without_a_word(floor: Floor) -> None:
    idle(floor, 15)
    before = floor.events()
    floor.scan("SV-1")
    assert floor.events() == before


def test_a_disk_that_is_full_locks_all_the_same(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> None:
        raise StoreFull

    monkeypatch.setattr(floor.handheld.journal, "save_session", full)
    idle(floor, 15)
    assert floor.session.signed_out
    assert floor.session.idle.left_s() is None, "or it would be tried without an end"


def test_the_lock_screen_names_who_was_here_and_keeps_the_task(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    idle(floor, 15)
    view = floor.presenter.view()
    assert (view.prompt, view.prompt_more) == ("Scan your BADGE", "locked · Ida was signed in")
    assert (view.document, view.progress, view.operator) == ("PO-1", (1, 3), "")
    assert view.banner is not None
    assert view.banner.word == "locked · Ida was signed in"
    assert [key.key for key in view.soft_keys] == ["f1"]
    floor.scan("OP-7")
    assert floor.presenter.view().prompt == "Scan the SERIAL"
