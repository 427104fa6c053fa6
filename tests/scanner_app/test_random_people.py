"""People at random: badges, PINs, locks, supervisors and the session list in the middle of whatever task.

Whatever they do: one answer each, a way on, nobody works under another's name, a supervisor's word is on what it was
given for and on nothing else, and everything taken back is as it was.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from scanner_app.answer import Answer
from scanner_app.inputs import TimePassed
from tests.scanner_app.floor import Floor, site_named
from tests.scanner_app.random_handheld import (
    MOSTLY,
    RandomHandheld,
    answered,
    played,
    recount,
    undo_everything,
)
from tracking.waivers import may_be_waived

GOODS = ["SN-000001", "SN-000002", "SN-000003", "SN-000005", "SN-000011", "SN-000013", "SN-000014", "SN-000015",
         "SN-200001", "SN-200002", "F3-0001", "F3-0002", "M7-00001", "M7-00002", "M7-00006", "M7-00009", "SEAL-KIT",
         "26-1", "G-0001", "%CMD:QUANTITY=12", "%CMD:REPLACE", "%CMD:CONFIRM", "%CMD:DONE", "?torn"]  # fmt: skip
PAPERS = {"receiving": ["PO-1", "PO-PARTS"], "shipping": ["SO-1", "SO-NAMED"], "production": ["WO-1"],
          "returns": ["RMA-1", "RMA-NAMED"], "quality": ["PO-1"], "recall": ["RC-1"], "service": ["SN-000013"],
          "pack": ["CARTON-9"], "move": ["SN-000001"], "write_off": ["SN-000002"]}  # fmt: skip
NEW = [("PUMP-100", "SN-200001"), ("PUMP-100", "SN-200002"), ("MOTOR-7", "M7-00009"), ("GEAR-500", "G-0001")]


class RandomPeople(RandomHandheld):
    """Random people at one handheld."""

    @initialize()
    def open(self) -> None:
        self._begin(site_named("waiving"), NEW)
        self.done_before = {
            paper.number: self.floor.session.knows.tally(paper.number).total
            for paper in self.floor.site.documents
        }

    def _answered(self, answer: Answer) -> None:
        before, self.seen = self.seen, answered(self.floor, answer, self.seen)
        written = self.floor.events()[before:]
        for event in written:
            assert event.operator or event.step == "sighting", "nobody's work"
            if event.waived:
                assert may_be_waived(event.waived, event.task)
                assert (event.supervisor, bool(event.reason)) == ("SV-2", True)

    def _scan(self, code: str, *, ack: bool) -> None:
        self._answered(self.floor.scan(code))
        if ack and self.floor.session.state.stopped is not None:
            self._answered(self.floor.command("ack"))

    @rule(
        task=st.sampled_from(sorted(PAPERS)),
        paper=st.integers(0, 1),
        goods=st.lists(st.sampled_from(GOODS), max_size=6),
        ack=MOSTLY,
    )
    def work(self, task: str, paper: int, goods: list[str], ack: bool) -> None:
        """Ida signs in and does her work."""
        for command in (("ack", ""), ("workflow", task)):
            self._answered(self.floor.command(*command))
        self.floor.wait()
        for code in ("OP-7", PAPERS[task][paper % len(PAPERS[task])], *goods):
            self._scan(code, ack=ack)

    @rule(badge=st.sampled_from(["OP-7", "SV-2"]), ack=MOSTLY)
    def badge(self, badge: str, ack: bool) -> None:
        self._scan(badge, ack=ack)

    @rule(text=st.sampled_from(["4711", "0000", "2", "12", "broken"]))
    def type(self, text: str) -> None:
        self._answered(self.floor.type(text))

    @rule(reason=st.sampled_from(["1", "2", "the customer knows"]))
    def supervisor(self, reason: str) -> None:
        """From F9 to the reason, as far as it goes."""
        self._answered(self.floor.command("override"))
        if self.floor.session.state.override is not None:
            self._answered(self.floor.scan("SV-2"))
            self._answered(self.floor.type("4711"))
            self._answered(self.floor.type(reason))

    @rule(code=st.sampled_from(GOODS), ack=MOSTLY)
    def scan(self, code: str, ack: bool) -> None:
        self._scan(code, ack=ack)

    @rule(
        name=st.sampled_from(["lock", "back", "ack", "help", "list", "undo", "remove", "override", "look_up"])
    )
    def command(self, name: str) -> None:
        self._answered(self.floor.command(name))

    @rule(line=st.integers(0, 9))
    def take_back_a_line(self, line: int) -> None:
        """Any line of the list goes, or the answer says why not."""
        listed = self.floor.command("list").taken
        assert listed == () or not self.floor.session.signed_out
        if listed:
            chosen = listed[line % len(listed)]
            answer = self.floor.command("undo", str(chosen.number))
            self._answered(answer)
            assert answer.message
            # What waited behind a stop is judged first; its events are in the answer too.
            taken_back = any(event.cancels for event in answer.events)
            assert (answer.verdict.code == "undone") == taken_back or self.floor.session.state.stopped

    @rule(minutes=st.sampled_from([1, 14, 15, 60]))
    def leave_it_lying(self, minutes: int) -> None:
        self.floor.wait(minutes * 60_000)
        self._answered(self.floor.session.handle(TimePassed()))

    @rule()
    def crash(self) -> None:
        self._pull_the_battery()

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def counts_are_those_of_the_events(self) -> None:
        events = self.floor.events()
        for document in self.floor.site.documents:
            done, closed = recount(events, document.number)
            tally = self.floor.session.knows.tally(document.number)
            before = self.done_before[document.number]
            assert (tally.total, tally.closed) == (before + done, closed), document.number

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def signed_in_or_locked(self) -> None:
        state = self.floor.session.state
        assert not (state.operator and (state.locked_for or state.pin_for)), "never both"
        assert not (state.taken_over and not state.operator), "nobody's word is left on a locked handheld"

    def _before_each(self, floor: Floor) -> None:
        """A badge, where one is asked for."""
        if floor.session.signed_out or floor.session.state.pin_for:
            floor.scan("OP-7")

    def _undo_everything(self) -> None:
        self.floor.command("lock")
        undo_everything(self.floor, lambda floor: floor.scan("OP-7"))
        self.floor.session.knows.forget_scan()
        assert {unit: self.floor.session.knows.unit(*unit) for unit in self.units} == self.was


RandomPeople.TestCase.settings = played(30, 1500, 25)
TestRandomPeople = RandomPeople.TestCase
