"""Anything in any order: whatever is scanned, pressed and pulled, the session answers once and its counts are right."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.scanner_app.floor import site_named
from tests.scanner_app.random_handheld import HOSTILE, MOSTLY, RandomHandheld, played, recount

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
COMMANDS = [
    ("undo", ""), ("undo", "1"), ("undo", "2"), ("undo", "99"), ("ack", ""), ("done", ""), ("confirm", ""),
    ("back", ""),
    ("remove", ""), ("hold", "crushed"), ("release", ""), ("quantity", "4"), ("quantity", "0"), ("quantity", "\u0663"),
    ("location", "HAM-A"), ("location", "MOON"), ("help", ""), ("lock", ""), ("reprint", ""), ("workflow", "home"),
    ("workflow", "receiving"), ("workflow", "shipping"), ("workflow", "look_up"), ("workflow", "production"),
    ("workflow", "nonsense"), ("look_up", ""), ("list", ""), ("theme", ""), ("range", ""), ("hand_over", ""),
    ("take_back", ""), ("tasks", ""), ("more", ""), ("override", ""),
]  # fmt: skip


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


class RandomFloor(RandomHandheld):
    """Random inputs into one session."""

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
        items = ("PUMP-100", "VALVE-9", "MOTOR-7", "FILTER-3")
        self._begin(site_named(policy=policy), [(item, serial) for item in items for serial in NEW])

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
        self._pull_the_battery()

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

    def _stays(self) -> Iterable[str]:
        """A hand-over has its own way back: what stands of it is told twice, given away and taken back."""
        return ("sighting", "handing_over")


RandomFloor.TestCase.settings = played(50, 50, 30)
TestRandomFloor = RandomFloor.TestCase
