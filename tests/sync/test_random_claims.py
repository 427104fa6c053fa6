"""Two handhelds of a site, and tasks that one takes over from the server's list while the other is still at them.

Whatever is worked, taken over, synced, pulled and taken back, in any order: one answer each, a way on, whoever lost a
task is asked before it goes on with it, and once all is synced both handhelds and the server count the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from scanner_app.handing import others
from scanner_app.handing.mine import taken_by
from scanner_app.handing.tasks import begun, subject_of
from scanner_app.session_state import workflow_state
from sync.work_wire import TaskRow, task_id
from tests.scanner_app.random_handheld import (
    MOSTLY,
    played,
    recount,
    standing,
    undo_everything,
    way_out,
)
from tests.scanner_app.random_pair import BOTH, CODES, NEW, PAPERS, TASKS, RandomPair
from tests.sync.claims_fleet import Claimant, Office


class RandomClaims(RandomPair):
    """Random inputs into two sessions, and the server between them."""

    floors: Sequence[Claimant]

    @initialize(complete=st.booleans())
    def open(self, complete: bool) -> None:
        policy = {"complete_on_last_scan": complete}
        self.office = Office(self.folder / "site", "depot", ("one", "other"), policy=policy)
        self.floors = self.office.floors
        units = [(unit.item, unit.serial) for unit in self.office.site.units] + NEW
        self.was = {unit: self.floors[0].session.knows.unit(*unit) for unit in units}
        self.sent, self.heard = [0, 0], [0, 0]
        """Of each: events that the server has, and of the other's that came down."""
        self.claims: dict[str, str] = {}
        """Task -> the handheld that took it over last, as the server knows by now."""

    def _elsewhere(self, who: int, code: str) -> bool:
        return any(event.serial == code for event in self.floors[1 - who].events()[self.heard[who] :])

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
        """Whoever comes back to it after the sync is asked, and nothing is done by that: the scan is only seen."""
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
        assert {event.step for event in answer.events} <= {"sighting"}
        self._acknowledge(who)

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
