"""What every random run of two handhelds of a site is made of: the papers, who scans what, and what holds after each.

The runs differ in how a task comes from one handheld to the other, and in what each has heard of the other's work.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scanner_app.answer import Answer
from tests.scanner_app.floor import Floor
from tests.scanner_app.random_handheld import MOSTLY, answered, picture_can_be_made

TASKS = {
    "receiving": ("PO-1", ["SN-700001", "SN-700002", "SN-700003", "SN-700004", "PUMP-100", "%CMD:DONE"]),
    "shipping": ("SO-1", ["SN-000001", "SN-000002", "SN-000003", "SEAL-KIT", "L-1", "%CMD:QUANTITY=2", "%CMD:CONFIRM"]),
    "stocktake": ("CS-1", ["SN-000001", "SN-000002", "SN-000010", "HAM-A-01", "HAM-A-02", "SEAL-KIT", "L-1",
                           "%CMD:QUANTITY=4", "?torn", "%CMD:DONE"]),
    "returns": ("RMA-1", ["SN-000013", "SN-000014", "SN-000015", "%CMD:STOCK", "%CMD:SCRAP", "%CMD:REPAIR"]),
    "recall": ("RC-1", ["SN-000011", "SN-000023", "SN-000024", "HAM-HOLD"]),
}  # fmt: skip
PAPERS = {paper: task for task, (paper, _) in TASKS.items()}
CODES = [code for _, goods in TASKS.values() for code in goods]
NEW = [("PUMP-100", f"SN-70000{n}") for n in range(1, 5)]
BOTH = st.integers(0, 1)


class RandomPair(RuleBasedStateMachine):
    """Random inputs into two sessions."""

    floors: Sequence[Floor]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pair-"))
        self.seen = [0, 0]
        """Of each: events that an answer named."""

    def _answered(self, who: int, answer: Answer) -> Answer:
        self.seen[who] = answered(self.floors[who], answer, self.seen[who])
        return answer

    def _command(self, who: int, name: str, argument: str = "") -> Answer:
        return self._answered(who, self.floors[who].command(name, argument))

    def _acknowledge(self, who: int) -> None:
        while self.floors[who].session.state.stopped is not None:
            self._command(who, "ack")

    def _elsewhere(self, who: int, code: str) -> bool:
        """A unit is in one place: it is not scanned here while the other had it and this one has not heard so."""
        raise NotImplementedError

    def _scan(self, who: int, code: str, *, ack: bool) -> None:
        if self._elsewhere(who, code):
            return
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
            self.floors[who].wait()
            self._scan(who, code, ack=ack)

    @rule(who=BOTH, code=st.sampled_from([*CODES, *PAPERS]), ack=MOSTLY)
    def scan(self, who: int, code: str, ack: bool) -> None:
        """Anything, and perhaps so soon after the last that it is taken for the same."""
        self._scan(who, code, ack=ack)

    @rule(
        who=BOTH,
        name=st.sampled_from(
            ["back", "undo", "done", "confirm", "remove", "ack", "list", "more", "help", "tasks"]
        ),
    )
    def command(self, who: int, name: str) -> None:
        self._command(who, name)

    @rule(who=BOTH, name=st.sampled_from(["home", "look_up", *TASKS]))
    def turn_to(self, who: int, name: str) -> None:
        self._acknowledge(who)
        self._command(who, "workflow", name)

    @rule(who=BOTH)
    def crash(self, who: int) -> None:
        """A pulled battery changes nothing."""
        floor = self.floors[who]
        before = (floor.session.prompt_text(), floor.session.progress(), floor.session.state)
        floor.crash()
        assert (floor.session.prompt_text(), floor.session.progress(), floor.session.state) == before

    @precondition(lambda self: hasattr(self, "floors"))
    @invariant()
    def a_picture_can_always_be_made(self) -> None:
        for floor in self.floors:
            picture_can_be_made(floor)
