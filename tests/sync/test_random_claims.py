"""Two handhelds of a site, and tasks that one takes over from the server's list while the other is still at them.

Whatever is worked, taken over, synced, pulled and taken back, in any order: one answer each, a way on, whoever lost a
task is asked before it goes on with it, and once all is synced both handhelds and the server count the same.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scanner_app.answer import Answer
from scanner_app.handing import others
from scanner_app.handing.mine import taken_by
from scanner_app.handing.tasks import begun, subject_of
from scanner_app.session_state import workflow_state
from sync.work_wire import TaskRow, task_id
from tests.scanner_app.random_handheld import (
    MOSTLY,
    answered,
    picture_can_be_made,
    played,
    recount,
    standing,
    undo_everything,
    way_out,
)
from tests.scanner_app.test_random_hand_over import BOTH, NEW, PAPERS, TASKS
from tests.sync.claims_fleet import Claimant, Office

CODES = [code for _, goods in TASKS.values() for code in goods]


class RandomClaims(RuleBasedStateMachine):
    """Random inputs into two sessions, and the server between them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="claims-"))

    @initialize(complete=st.booleans())
    def open(self, complete: bool) -> None:
        policy = {"complete_on_last_scan": complete}
        self.office = Office(self.folder / "site", "depot", ("one", "other"), policy=policy)
        self.floors = self.office.floors
        units = [(unit.item, unit.serial) for unit in self.office.site.units] + NEW
        self.was = {unit: self.floors[0].session.knows.unit(*unit) for unit in units}
        self.seen, self.sent, self.heard = [0, 0], [0, 0], [0, 0]
        """Of each: events that an answer named, that the server has, and of the other's that came down."""
        self.claims: dict[str, str] = {}
        """Task -> the handheld that took it over last, as the server knows by now."""

    def _answered(self, who: int, answer: Answer) -> Answer:
        self.seen[who] = answered(self.floors[who], answer, self.seen[who])
        return answer

    def _command(self, who: int, name: str, argument: str = "") -> Answer:
        return self._answered(who, self.floors[who].command(name, argument))

    def _acknowledge(self, who: int) -> None:
        while self.floors[who].session.state.stopped is not None:
            self._command(who, "ack")

    def _scan(self, who: int, code: str, *, ack: bool) -> None:
        """A unit is in one place: it is not scanned here while the other had it and this one has not heard so."""
        events = self.floors[1 - who].events()
        if any(event.serial == code for event in events[self.heard[who] :]):
            return
        self.floors[who].wait()
        self._answered(who, self.floors[who].scan(code))
        if ack:
            self._acknowledge(who)

    @rule(
        who=BOTH,
        task=st.sampled_from(sorted(TASKS)),
        picks=st.lists(st.integers(0, 99), max_size=6),
        ack=MOSTLY,
    )
    def work(self, who: int, task: str, picks: list[int], ack: bool) -> None:
        """Somebody who knows what he does."""
        paper, goods = TASKS[task]
        self._acknowledge(who)
        self._command(who, "workflow", task)
        for code in (paper, *(goods[pick % len(goods)] for pick in picks)):
            self._scan(who, code, ack=ack)

    @rule(who=BOTH)
    def sync(self, who: int) -> None:
        self.office.sync(self.floors[who])
        self.sent[who], self.heard[who] = len(self.floors[who].events()), self.sent[1 - who]

    @rule(who=BOTH, choice=st.integers(0, 9), confirm=MOSTLY, crash=st.booleans(), first=MOSTLY)
    def take_over(self, who: int, choice: int, confirm: bool, crash: bool, first: bool) -> None:
        """From the server's list, which may be old by now; ``first`` both sides have told it what they do."""
        if first:
            self.sync(1 - who)
            self.sync(who)
        floor = self.floors[who]
        self._acknowledge(who)
        self._command(who, "tasks")
        rows = others.at_work(floor.session)
        if not rows:
            return
        row = rows[choice % len(rows)]
        asked = self._command(who, "take_over", task_id(row.device, row))
        assert asked.verdict.code == "confirm_required", asked.message
        if crash:
            floor.crash()
        if not confirm:
            return
        taken = self._command(who, "confirm")
        assert taken.verdict.code == "taken_over", taken.message
        self._goes_on(floor, row)
        self.claims[task_id(row.device, row)] = floor.device

    def _goes_on(self, floor: Claimant, row: TaskRow) -> None:
        """At the very prompt: the task that is at hand now is the one that was taken."""
        state = workflow_state(floor.session.state, floor.session.state.workflow)
        assert (floor.session.state.workflow, subject_of(state)) == (row.task, row.subject)
        assert begun(row.task, state)

    @rule(who=BOTH, task=st.sampled_from(sorted(TASKS)), code=st.sampled_from(CODES))
    def a_task_that_another_has_is_asked_about(self, who: int, task: str, code: str) -> None:
        """Whoever comes back to it after the sync is asked, and nothing is written by that."""
        floor = self.floors[who]
        self._acknowledge(who)
        way_out(floor)
        self.seen[who] = len(floor.events())
        name = taken_by(floor.session, task)
        if not name or not begun(task, workflow_state(floor.session.state, task)):
            return
        assert self.claims.get(name) != floor.device
        self._command(who, "workflow", task)
        floor.wait()
        answer = self._answered(who, floor.scan(code))
        assert answer.verdict.code == "confirm_required", answer.message
        assert answer.events == ()
        self._acknowledge(who)

    @rule(who=BOTH, code=st.sampled_from(CODES + list(PAPERS)), ack=MOSTLY)
    def scan(self, who: int, code: str, ack: bool) -> None:
        self._scan(who, code, ack=ack)

    @rule(
        who=BOTH, name=st.sampled_from(["back", "undo", "done", "confirm", "remove", "ack", "more", "tasks"])
    )
    def command(self, who: int, name: str) -> None:
        self._command(who, name)

    @rule(who=BOTH, name=st.sampled_from(["home", "look_up", *TASKS]))
    def turn_to(self, who: int, name: str) -> None:
        self._acknowledge(who)
        self._command(who, "workflow", name)

    @rule(who=BOTH)
    def crash(self, who: int) -> None:
        floor = self.floors[who]
        before = (floor.session.prompt_text(), floor.session.progress(), floor.session.state)
        floor.crash()
        assert (floor.session.prompt_text(), floor.session.progress(), floor.session.state) == before

    @rule()
    def all_count_the_same(self) -> None:
        """Both are in the network for a while."""
        self.office.settle()
        for who in (0, 1):
            self.sent[who] = len(self.floors[who].events())
            self.heard[who] = len(self.floors[1 - who].events())
        for floor in self.floors:
            for task, mine in floor.session.state.handing.mine.items():
                name = f"{floor.device}/{task}/{mine.since_ms}"
                if self.claims.get(name, floor.device) != floor.device:
                    assert taken_by(floor.session, task) == name, "it is not asked before it goes on"
        everything = [event for floor in self.floors for event in floor.events()]
        one, other = (floor.session.knows for floor in self.floors)
        for paper in PAPERS:
            there = self.office.tally(paper)
            for knows in (one, other):
                tally = knows.tally(paper)
                assert (tally.total, tally.closed) == (there.total, there.closed), paper
            if not self.office.contradictions():
                assert (there.total, there.closed) == recount(everything, paper), paper
        assert {unit: one.unit(*unit).status for unit in self.was} == {
            unit: other.unit(*unit).status for unit in self.was
        }

    @precondition(lambda self: hasattr(self, "floors"))
    @invariant()
    def a_picture_can_always_be_made(self) -> None:
        for floor in self.floors:
            picture_can_be_made(floor)

    def teardown(self) -> None:
        if hasattr(self, "floors"):
            self.office.settle()
            for floor in self.floors:
                way_out(floor)
                undo_everything(floor, stays=("sighting", "handing_over"))
            self.office.settle()
            for floor in self.floors:
                told = {unit: floor.session.knows.unit(*unit) for unit in self.was}
                assert {unit: (one.status, one.flags) for unit, one in told.items()} == {
                    unit: (one.status, one.flags) for unit, one in self.was.items()
                }
            assert not [event for floor in self.floors for event in standing(floor.events()) if event.line]
            self.office.close()
        shutil.rmtree(self.folder)


RandomClaims.TestCase.settings = played(12, 600, 20)
TestRandomClaims = RandomClaims.TestCase
