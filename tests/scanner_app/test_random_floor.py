"""Anything in any order: whatever is scanned, pressed and pulled, the session answers once and its counts are right."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scanner_app.answer import Answer
from scanner_app.audit import verify
from tests.scanner_app.floor import Floor, site_named
from tracking.catalogue import LEVELS
from tracking.events import Event

DOCUMENTS = [
    "PO-1",
    "PO-2",
    "ASN-1",
    "PO-FILTER",
    "PO-PARTS",
    "PO-TWINS",
    "PO-BLIND",
    "SO-1",
    "SO-2",
    "SO-PARTS",
    "WO-1",
]
UNITS = [f"SN-0000{number:02}" for number in range(1, 23)] + [
    "M7-00001",
    "M7-00002",
    "M7-00009",
    "SN-600001",
    "G-1",
]
NEW = ["SN-200001", "SN-200002", "SN-100001", "SN-700001", "M7-00100", "M7-00101", "F3-1001", "F3-1002"]
LABELS = [
    "09521234543213", "9521234543237", "9521234543244", "SEAL-KIT", "SCREW-M4", "VALVE-9", "5901234123457",
    "]C1010952123454323717280131\x1d10LOT-A\x1d21F3-1003", "]C110LOT-A", "]C117280131", "]C121SN-200009", "26-389",
    "]C100395212345432106662", "HAM-A-01-2", "2028-01-31",
]  # fmt: skip
HOSTILE: list[bytes] = [
    b"", b" ", b"\x1b[2J", b"\x9b31m", b"[/]", b"[@click=app.quit]x[/]", b"\xe4\xf6", b"\x10", b"\x00", b"\r",
    b"%CMD:", b"%CMD:EXPLODE", b"%CMD:QUANTITY=x", b"]C1", b"]C1\x1d", b"A" * 10_000, "\u202eSN-1".encode(),
    b"\x1d\x1d",
]  # fmt: skip
COMMANDS = [
    ("undo", ""), ("undo", "1"), ("undo", "2"), ("undo", "99"), ("ack", ""), ("done", ""), ("confirm", ""),
    ("back", ""),
    ("remove", ""), ("hold", "crushed"), ("release", ""), ("quantity", "4"), ("quantity", "0"), ("quantity", "\u0663"),
    ("location", "HAM-A"), ("location", "MOON"), ("help", ""), ("lock", ""), ("reprint", ""), ("workflow", "home"),
    ("workflow", "receiving"), ("workflow", "shipping"), ("workflow", "look_up"), ("workflow", "production"),
    ("workflow", "nonsense"), ("look_up", ""), ("list", ""), ("theme", ""), ("range", ""), ("hand_over", ""),
    ("take_back", ""), ("tasks", ""), ("more", ""), ("override", ""),
]  # fmt: skip


MOSTLY = st.integers(0, 5).map(bool)
GOODS = {
    "PO-1": ("receiving", [*NEW[:4], "SN-000014", "SN-000001", "M7-00100"]),
    "PO-2": ("receiving", ["SN-200001", "SN-200003", "M7-00100", "M7-00101", "HAM-A"]),
    "ASN-1": ("receiving", ["SN-100001", "SN-100002", "SN-200002"]),
    "PO-FILTER": (
        "receiving",
        ["F3-1001", "F3-1002", "]C110LOT-A", "]C117280131", "LOT-B", "9521234543237", LABELS[7]],
    ),
    "PO-PARTS": ("receiving", ["SEAL-KIT", "26-389", "%CMD:QUANTITY=5", "SCREW-M4", "%CMD:QUANTITY=250"]),
    "PO-TWINS": ("receiving", ["SN-700001", "SN-200001", "9521234543213", "VALVE-9"]),
    "PO-BLIND": ("receiving", ["SN-200001", "SN-200002", "%CMD:DONE", "%CMD:CONFIRM"]),
    "SO-1": (
        "shipping",
        ["SN-000001", "SN-000002", "SN-000003", "SN-000010", "SN-000016", "SN-200001", "SN-909090"],
    ),
    "SO-2": ("shipping", ["SN-000001", "M7-00001", "M7-00002", "M7-00100", "%CMD:DONE", "%CMD:CONFIRM"]),
    "SO-PARTS": ("shipping", ["SEAL-KIT", "26-389", "%CMD:QUANTITY=4", "SCREW-M4", "%CMD:QUANTITY=100"]),
}
PAPERS = sorted(GOODS)


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that nothing cancels; nothing here cancels a cancellation."""
    cancelled = {event.cancels for event in events if event.cancels}
    return [event for event in events if not event.cancels and event.ref not in cancelled]


CREDITED = frozenset({"assembling", "receiving", "picking", "shipping", "returning", "collecting"})


def recount(events: Sequence[Event], document: str) -> tuple[int, bool]:
    """Done and closed of a document, the slow and plain way."""
    done: dict[tuple[str, str, int], int] = {}
    closed = False
    for event in standing(events):
        if event.document != document:
            continue
        closed |= event.step == "completing"
        if event.line and event.step in CREDITED:
            # A unit that is made ready and then leaves counts once; one that lost a part does not count any more.
            less = event.step == "assembling" and event.action == "DELETE"
            done[event.item, event.serial, 0 if event.serial else event.seq] = 0 if less else event.quantity
    return sum(done.values()), closed


class RandomFloor(RuleBasedStateMachine):
    """Random inputs into one session."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="floor-"))

    @initialize(
        complete=st.booleans(),
        over=st.sampled_from(["stop", "note"]),
        unknown=st.sampled_from(["stop", "note"]),
    )
    def open(self, complete: bool, over: str, unknown: str) -> None:
        policy = {
            "complete_on_last_scan": complete,
            "over_receipt": over,
            "unknown_serial_at_shipping": unknown,
        }
        self.floor = Floor(self.folder / "data", site_named(policy=policy))
        self.was = {unit: self.floor.status(*unit) for unit in self._units()}
        self.seen = 0

    def _units(self) -> list[tuple[str, str]]:
        named = [(unit.item, unit.serial) for unit in self.floor.site.units]
        return named + [
            (item, serial) for item in ("PUMP-100", "VALVE-9", "MOTOR-7", "FILTER-3") for serial in NEW
        ]

    def _answered(self, answer: Answer) -> None:
        assert answer.verdict.code not in {"journal_fault", "disk_full"}, answer.message
        assert answer.verdict.code is None or answer.verdict.code in LEVELS
        assert answer.prompt, "a way on is always shown"
        assert answer.message or not answer.verdict.code
        if answer.verdict.stops:
            assert self.floor.session.state.stopped is not None
        written = self.floor.events()[self.seen :]
        assert [event.ref for event in answer.events] == [event.ref for event in written]
        self.seen += len(written)

    def _attentive(self, answer: Answer, *, ack: bool) -> None:
        """Most people acknowledge a stop at once; without them everything would wait behind the first."""
        self._answered(answer)
        if ack and self.floor.session.state.stopped is not None:
            self._answered(self.floor.command("ack"))

    @rule(paper=st.sampled_from(PAPERS), labels=st.lists(st.integers(0, 99), max_size=12), ack=MOSTLY)
    def work(self, paper: str, labels: list[int], ack: bool) -> None:
        """A person who knows what he does: the task, the paper, and its goods with what lies beside them."""
        task, goods = GOODS[paper]
        for command in (("ack", ""), ("workflow", task), ("back", "")):
            self._attentive(self.floor.command(*command), ack=ack)
        self.floor.wait()
        self._attentive(self.floor.scan(paper), ack=ack)
        for label in labels:
            self._attentive(self.floor.scan(goods[label % len(goods)]), ack=ack)

    @rule(
        codes=st.lists(st.sampled_from(UNITS + NEW + LABELS + DOCUMENTS), min_size=1, max_size=8), ack=MOSTLY
    )
    def scan(self, codes: list[str], ack: bool) -> None:
        for code in codes:
            self._attentive(self.floor.scan(code), ack=ack)

    @rule(code=st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=40)), ack=MOSTLY)
    def scan_hostile(self, code: bytes, ack: bool) -> None:
        self._attentive(self.floor.scan(code), ack=ack)

    @rule(
        codes=st.lists(st.sampled_from(UNITS + NEW + LABELS + DOCUMENTS), min_size=2, max_size=5), ack=MOSTLY
    )
    def burst(self, codes: list[str], ack: bool) -> None:
        self._attentive(self.floor.scan(*codes), ack=ack)

    @rule(text=st.one_of(st.sampled_from([*NEW, "4", "500", "1", "0001"]), st.text(max_size=12)))
    def type(self, text: str) -> None:
        self._answered(self.floor.type(text))

    @rule(command=st.sampled_from(COMMANDS), ack=MOSTLY)
    def command(self, command: tuple[str, str], ack: bool) -> None:
        self._attentive(self.floor.command(*command), ack=ack)

    @rule(code=st.sampled_from(UNITS + NEW), ack=MOSTLY)
    def take_out(self, code: str, ack: bool) -> None:
        self._attentive(self.floor.command("remove"), ack=ack)
        self._attentive(self.floor.scan(code), ack=ack)

    @rule(code=st.sampled_from(UNITS + NEW), name=st.sampled_from(["hold", "release"]), ack=MOSTLY)
    def flag(self, code: str, name: str, ack: bool) -> None:
        self._attentive(self.floor.scan(code), ack=ack)
        self._attentive(self.floor.command(name), ack=ack)

    @rule(number=st.one_of(st.just(""), st.integers(1, 30).map(str)))
    def take_back(self, number: str) -> None:
        self._answered(self.floor.command("undo", number))

    @rule()
    def acknowledge(self) -> None:
        self._answered(self.floor.command("ack"))

    @rule()
    def wait(self) -> None:
        self.floor.wait()

    @rule()
    def crash(self) -> None:
        session = self.floor.session
        before = (session.prompt_text(), session.progress(), session.state)
        self.floor.crash()
        session = self.floor.session
        assert (session.prompt_text(), session.progress(), session.state) == before

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def counts_are_those_of_the_events(self) -> None:
        events = self.floor.events()
        for document in self.floor.site.documents:
            tally = self.floor.session.knows.tally(document.number)
            opened = sum(
                unit.document == document.number and unit.status == "picked" for unit in self.floor.site.units
            )
            done, closed = recount(events, document.number)
            assert (tally.total, tally.closed) == (done + opened, closed), document.number

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def a_picture_can_always_be_made(self) -> None:
        view = self.floor.presenter.view()
        assert view.prompt
        assert view.soft_keys or view.menu
        assert view.stopped == (self.floor.session.state.stopped is not None)

    def teardown(self) -> None:
        if hasattr(self, "floor"):
            self._a_way_out()
            self._undo_everything()
            self.floor.close()
        shutil.rmtree(self.folder)

    def _a_way_out(self) -> None:
        """Whatever the prompt: ENTER and BACK, a few times, come to the start screen."""
        for _ in range(120):
            if self.floor.session.state.workflow == "home":
                return
            self.floor.command("ack" if self.floor.session.state.stopped else "back")
        raise AssertionError(f"no way out of {self.floor.session.state}")

    def _undo_everything(self) -> None:
        for _ in range(500):
            answer = self.floor.command("undo")
            if answer.verdict.code == "undone":
                continue
            state = self.floor.session.state
            if not state.stopped and not state.held:
                break
            # What was done in a task that was given away is taken back where the task is: it comes back first.
            self.floor.command("confirm" if state.handing.asked else "ack")
        # A hand-over has its own way back: what stands of it is told twice, given away and taken back.
        left = standing([event for event in self.floor.events() if event.step != "sighting"])
        assert [event for event in left if event.step != "handing_over"] == []
        assert {unit: self.floor.status(*unit) for unit in self._units()} == self.was
        assert verify(self.floor.handheld.journal).findings == ()


RandomFloor.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestRandomFloor = RandomFloor.TestCase
