"""F7 of the demonstration: whatever task the newcomer opened, the next thing fits, and something comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from scanner_app.answer import Answer
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import ReplayClock, start_of, zone
from scanner_app.demo_hand import DemoHand
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command
from scanner_app.sample import company
from scanner_app.session import SessionSettings
from scanner_app.start_screen import FIRST_PAGE, SECOND_PAGE

SITE = company(date(2026, 11, 23)).site("HAM")


class Newcomer:
    """Presses F7 and looks."""

    def __init__(self, folder: Path) -> None:
        self.clock = ReplayClock(start_of("2026-11-23", zone(SITE.timezone)))
        self.handheld = Handheld(folder, self.clock, SessionSettings())
        load_site(self.handheld.cache, SITE)
        self.handheld.renew_session()
        self.hand = DemoHand(SITE)

    def f7(self) -> Answer:
        self.clock.advance(3000)
        session = self.handheld.session
        pressed = self.hand.next(session)
        assert pressed is not None, f"nothing fits at {session.prompt_text()!r}"
        return session.handle(pressed)

    def command(self, name: str, argument: str = "") -> Answer:
        self.clock.advance(3000)
        return self.handheld.session.handle(Command(name=name, argument=argument))


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    there = Newcomer(tmp_path)
    assert there.f7().verdict.code == "signed_in"
    yield there
    there.handheld.close()


@pytest.mark.parametrize("task", [*FIRST_PAGE, *SECOND_PAGE])
def test_in_every_task_the_next_thing_fits(newcomer: Newcomer, task: str) -> None:
    newcomer.command("look_up" if task == "look_up" else "workflow", task)
    codes = Counter[str]()
    events = Counter[str]()
    for _ in range(14):
        answer = newcomer.f7()
        assert answer.verdict.level in {"ok", "none"} or answer.verdict.code == "out_of_warranty", (
            answer.message
        )
        codes[answer.verdict.code or ""] += 1
        events.update(event.step for event in answer.events)
    done = {
        "receiving": "receiving", "shipping": "shipping", "production": "assembling", "stocktake": "stock_taking",
        "move": "storing", "pack": "packing", "returns": "returning", "quality": "inspecting", "recall": "collecting",
        "assign": "commissioning", "service": "repairing", "write_off": "decommissioning"}  # fmt: skip
    if task == "look_up":
        assert codes["looked_up"] == 14
    else:
        assert events[done[task]] > 1, (codes, events)


def test_a_work_order_is_built_to_its_end(newcomer: Newcomer) -> None:
    newcomer.command("workflow", "production")
    steps = Counter[str]()
    for _ in range(60):
        answer = newcomer.f7()
        assert not answer.verdict.stops, answer.message
        steps.update(event.step for event in answer.events)
        if steps["completing"]:
            break
    assert steps["assembling"] == 2
    assert steps["completing"] == 1
    assert newcomer.f7().verdict.code == "document_opened", "and on to the next order"


def test_in_the_middle_of_an_order_after_an_undo_and_a_stop(newcomer: Newcomer) -> None:
    newcomer.command("workflow", "production")
    while newcomer.f7().verdict.code != "installed":
        continue
    assert newcomer.command("undo").verdict.code == "undone"
    assert newcomer.f7().verdict.code == "installed"
    newcomer.command("done")
    assert newcomer.handheld.session.state.stopped is not None
    newcomer.command("ack")
    assert newcomer.f7().verdict.level == "ok"


def test_the_start_screen_begins_with_a_receipt_and_goes_on_with_the_next(newcomer: Newcomer) -> None:
    opened = newcomer.f7()
    assert (opened.verdict.code, opened.verdict.fields["document"]) == ("document_opened", "PO-4711")
    for _ in range(30):
        answer = newcomer.f7()
        assert answer.verdict.level in {"ok", "none"}, answer.message
        if answer.verdict.code == "document_opened":
            break
    assert answer.verdict.fields["document"] == "PO-4712"
