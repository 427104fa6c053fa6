"""What every random run of a handheld is made of: one answer an input, a picture at any time, a way out, and back.

The runs differ in what is scanned and in what they recount; the promises that hold whatever is done stand here once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from scanner_app.answer import Answer
from scanner_app.audit import verify
from tests.scanner_app.floor import Floor
from tracking.catalogue import LEVELS
from tracking.events import Event
from tracking.site import Site

LONG = bool(os.environ.get("SCANNER_LONG"))
MOSTLY = st.integers(0, 5).map(bool)
HOSTILE: list[bytes] = [
    b"", b" ", b"\x1b[2J", b"\x9b31m", b"[/]", b"[@click=app.quit]x[/]", b"\xe4\xf6", b"\x10", b"\x00", b"\r",
    b"%CMD:", b"%CMD:EXPLODE", b"%CMD:QUANTITY=x", b"]C1", b"]C1\x1d", b"A" * 10_000, "\u202eSN-1".encode(),
    b"\x1d\x1d",
]  # fmt: skip
CREDITED = frozenset({"assembling", "receiving", "picking", "shipping", "returning", "collecting"})
STEPS_OUT_MAX = 120
UNDONE_MAX = 800

Unit = tuple[str, str]


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that nothing cancels; nothing here cancels a cancellation."""
    cancelled = {event.cancels for event in events if event.cancels}
    return [event for event in events if not event.cancels and event.ref not in cancelled]


def recount(events: Sequence[Event], document: str) -> tuple[int, bool]:
    """Done and closed of a document, the slow and plain way."""
    done: dict[tuple[str, str, str], int] = {}
    closed = False
    for event in standing(events):
        if event.document != document:
            continue
        closed |= event.step == "completing"
        if event.line and event.step in CREDITED:
            # A unit that is made ready and then leaves counts once; one that lost a part does not count any more.
            less = event.step == "assembling" and event.action == "DELETE"
            done[event.item, event.serial, "" if event.serial else event.ref] = 0 if less else event.quantity
    return sum(done.values()), closed


def answered(floor: Floor, answer: Answer, seen: int) -> int:
    """One answer that says something, asks for something, and has every event that was written. How many there are."""
    assert answer.verdict.code not in {"journal_fault", "disk_full"}, answer.message
    assert answer.verdict.code is None or answer.verdict.code in LEVELS
    assert answer.prompt, "a way on is always shown"
    assert answer.message or not answer.verdict.code
    written = floor.events()[seen:]
    assert [event.ref for event in answer.events] == [event.ref for event in written]
    return seen + len(written)


def picture_can_be_made(floor: Floor) -> None:
    """There is something to ask for and something to press, whatever was done."""
    view = floor.presenter.view()
    assert view.prompt
    assert view.soft_keys or view.menu
    assert view.stopped == (floor.session.state.stopped is not None)


def way_out(floor: Floor, before: Callable[[Floor], object] = lambda floor: None) -> None:
    """Whatever the prompt: ENTER and BACK, a few times, come to the start screen. ``before`` each of them."""
    for _ in range(STEPS_OUT_MAX):
        before(floor)
        if floor.session.state.workflow == "home":
            return
        floor.command("ack" if floor.session.state.stopped else "back")
    raise AssertionError(f"no way out of {floor.session.state}")


def undo_everything(
    floor: Floor,
    before: Callable[[Floor], object] = lambda floor: None,
    stays: Iterable[str] = ("sighting",),
) -> None:
    """UNDO until nothing is left, through whatever waits in between; what ``stays`` has a way back of its own."""
    for _ in range(UNDONE_MAX):
        before(floor)
        answer = floor.command("undo")
        if answer.verdict.code == "undone":
            continue
        state = floor.session.state
        if not state.stopped and not state.held and answer.verdict.code != "confirm_required":
            break
        # What was done in a task that was given away is taken back where the task is: it comes back first.
        floor.command("confirm" if state.handing.asked else "ack")
    assert {event.step for event in standing(floor.events())} <= set(stays)
    assert verify(floor.handheld.journal).findings == ()


def played(short: int, long: int, steps: int) -> settings:
    """How many examples of how many steps: few in the suite, many with ``SCANNER_LONG``."""
    return settings(
        max_examples=long if LONG else short,
        stateful_step_count=40 if LONG else steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


class RandomHandheld(RuleBasedStateMachine):
    """Random inputs into one session."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="random-"))

    def _begin(self, site: Site, new: Sequence[Unit]) -> None:
        """``new``: units that may come to be, beside those of the site."""
        self.floor = Floor(self.folder / "data", site)
        self.units = [(unit.item, unit.serial) for unit in site.units] + list(new)
        self._sign_in(self.floor)
        self.seen = len(self.floor.events())
        self.was = {unit: self.floor.session.knows.unit(*unit) for unit in self.units}

    def _sign_in(self, floor: Floor) -> None:
        """Somebody is there, where the site has people."""

    def _answered(self, answer: Answer) -> None:
        if answer.verdict.stops:
            assert self.floor.session.state.stopped is not None
        self.seen = answered(self.floor, answer, self.seen)

    def _attentive(self, answer: Answer, *, ack: bool) -> None:
        """Most people acknowledge a stop at once; without them everything would wait behind the first."""
        self._answered(answer)
        if ack and self.floor.session.state.stopped is not None:
            self._answered(self.floor.command("ack"))

    def _told(self) -> object:
        """What a pulled battery must not change, beside the session and its prompt."""
        return None

    def _pull_the_battery(self) -> None:
        session = self.floor.session
        before = (session.prompt_text(), session.progress(), session.state, self._told())
        self.floor.crash()
        session = self.floor.session
        assert (session.prompt_text(), session.progress(), session.state, self._told()) == before

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def a_picture_can_always_be_made(self) -> None:
        """At any moment."""
        picture_can_be_made(self.floor)

    def teardown(self) -> None:
        """A way out is found, and everything that was done is taken back."""
        if hasattr(self, "floor"):
            way_out(self.floor, self._before_each)
            self._undo_everything()
            self.floor.close()
        shutil.rmtree(self.folder)

    def _before_each(self, floor: Floor) -> None:
        """Before each step out."""

    def _undo_everything(self) -> None:
        self._sign_in(self.floor)
        undo_everything(self.floor, stays=self._stays())
        self.floor.session.knows.forget_scan()
        assert {unit: self.floor.session.knows.unit(*unit) for unit in self.units} == self.was

    def _stays(self) -> Iterable[str]:
        return ("sighting",)
