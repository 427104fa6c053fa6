"""Anything in any order: counts, returns, service, quality, recalls, write-offs, numbers given and received in ranges.

Whatever is scanned, pressed and pulled: one answer each, a way on, counts equal to a plain recount, and everything
taken back is as it was.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.scanner_app.floor import Floor, site_named
from tests.scanner_app.random_handheld import HOSTILE, MOSTLY, RandomHandheld, played, standing

SHEET = ["SN-000001", "SN-000002", "SN-000003", "SN-000004", "SN-000010", "SN-000011", "SN-000012", "SN-000013",
         "SN-000018", "SN-999999", "HAM-A-01", "HAM-A-02", "HAM-B", "SEAL-KIT", "L-1", "L-2", "%CMD:QUANTITY=4",
         "SCREW-M4", "M7-00001", "SN-600001", "9521234543220", "?torn"]  # fmt: skip
SOLD = ["SN-000013", "SN-000014", "SN-000015", "SN-000016", "SN-000019", "SN-000020", "SN-000021", "M7-00002"]
PARTS = ["V9-0001", "V9-0002", "V9-0003", "SN-000017", "SEAL-KIT", "L-1", "%CMD:QUANTITY=3"]
DECIDE = [
    "%CMD:PASS", "%CMD:FAIL", "%CMD:STOCK", "%CMD:REPAIR", "%CMD:SCRAP", "%CMD:REPLACE", "%CMD:DESTROY",
    "%CMD:HOLD", "%CMD:RELEASE", "%CMD:DONE", "%CMD:CONFIRM", "%CMD:BACK", "%CMD:RANGE", "OP-8", "OP-9",
]  # fmt: skip
TASKS = {
    "stocktake": ([*SHEET], ["CS-1", "CS-OPEN"]),
    "returns": ([*SOLD, "SN-000001", "M7-00001", "SEAL-KIT", "L-1"], ["RMA-1", "RMA-NAMED", "RMA-PARTS", ""]),
    "service": ([*SOLD, *PARTS], [""]),
    "quality": (["SN-000001", "SN-000010", "SN-000011", "SEAL-KIT", "L-1", "M7-00001", "PO-1"], [""]),
    "recall": (["SN-000011", "SN-000023", "SN-000024", "SN-000025", "SEAL-KIT", "BAD-1", "HAM-HOLD"],
               ["RC-1", "RC-LOT"]),
    "receiving": (["PUMP-100", "SN-700001", "SN-700002", "SN-700003", "SN-700004", "SN-000001", "MOTOR-7", "M7-70001",
                   "M7-70003", "%CMD:RANGE", "%CMD:RANGE", "%CMD:RANGE"], ["PO-1", ""]),
    "write_off": (["SN-000001", "SN-000011", "SN-000013", "SN-000018", "SEAL-KIT", "L-1"], [""]),
    "assign": (["PUMP-100", "SN-800001", "SN-800009", "MOTOR-7", "M7-80001", "SN-000006", "SN-000001"], [""]),
}  # fmt: skip
CREDITED = {"stock_taking", "returning", "collecting", "receiving", "picking", "shipping"}
NEW = [("PUMP-100", f"SN-80000{n}") for n in range(1, 10)] + [
    ("PUMP-100", "SN-999999"),
    ("MOTOR-7", "M7-80001"),
    *(("PUMP-100", f"SN-70000{n}") for n in range(1, 5)),
    *(("MOTOR-7", f"M7-7000{n}") for n in range(1, 4)),
]
"""Units that may come to be: given a number, received one by one or as a range, counted as strangers."""


class RandomYard(RandomHandheld):
    """Random inputs into one session."""

    @initialize(complete=st.booleans(), staffed=st.booleans())
    def open(self, complete: bool, staffed: bool) -> None:
        """With people or without; people want a second one for a write-off."""
        policy = {
            "complete_on_last_scan": complete,
            "second_person": ["write_off", "destroy"] if staffed else [],
        }
        self._begin(site_named("depot_staffed" if staffed else "depot", policy=policy), NEW)

    def _sign_in(self, floor: Floor) -> None:
        """Ida, where there are people."""
        if floor.site.operators:
            floor.scan("OP-7")

    @rule(
        task=st.sampled_from(sorted(TASKS)),
        paper=st.integers(0, 9),
        picks=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.booleans()), max_size=12),
        ack=MOSTLY,
    )
    def work(self, task: str, paper: int, picks: list[tuple[int, int, bool]], ack: bool) -> None:
        """A person who knows what he does: the task, its paper, its goods and what is decided about them."""
        goods, papers = TASKS[task]
        for command in (("ack", ""), ("workflow", task)):
            self._attentive(self.floor.command(*command), ack=ack)
        self.floor.wait()
        if papers[paper % len(papers)]:
            self._attentive(self.floor.scan(papers[paper % len(papers)]), ack=ack)
        for good, choice, decides in picks:
            self._attentive(self.floor.scan(goods[good % len(goods)]), ack=ack)
            if decides:
                self._attentive(self.floor.scan(DECIDE[choice % len(DECIDE)]), ack=ack)
            if choice % 7 == 0:
                self._answered(self.floor.type("2468" if choice % 2 else "3"))

    @rule(
        codes=st.lists(st.sampled_from([*SHEET, *SOLD, *PARTS, *DECIDE]), min_size=1, max_size=6), ack=MOSTLY
    )
    def scan(self, codes: list[str], ack: bool) -> None:
        for code in codes:
            self._attentive(self.floor.scan(code), ack=ack)

    @rule(code=st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=40)), ack=MOSTLY)
    def scan_hostile(self, code: bytes, ack: bool) -> None:
        self._attentive(self.floor.scan(code), ack=ack)

    @rule(codes=st.lists(st.sampled_from([*SHEET, *SOLD]), min_size=2, max_size=4), ack=MOSTLY)
    def burst(self, codes: list[str], ack: bool) -> None:
        self._attentive(self.floor.scan(*codes), ack=ack)

    @rule(text=st.one_of(st.sampled_from(["4", "500", "broken", "0", "2468"]), st.text(max_size=12)))
    def type(self, text: str) -> None:
        self._answered(self.floor.type(text))

    @rule(code=st.sampled_from([*SHEET, *SOLD]), ack=MOSTLY)
    def take_out(self, code: str, ack: bool) -> None:
        self._attentive(self.floor.command("remove"), ack=ack)
        self._attentive(self.floor.scan(code), ack=ack)

    @rule(number=st.one_of(st.just(""), st.integers(1, 30).map(str)))
    def take_back(self, number: str) -> None:
        self._answered(self.floor.command("undo", number))

    @rule(name=st.sampled_from(["home", "look_up", "receiving", *TASKS]), ack=MOSTLY)
    def turn_to(self, name: str, ack: bool) -> None:
        self._attentive(self.floor.command("workflow", name), ack=ack)

    @rule()
    def wait(self) -> None:
        self.floor.wait()

    @rule()
    def crash(self) -> None:
        self._pull_the_battery()

    def _told(self) -> object:
        return self._here()

    def _here(self) -> list[dict[str, int]]:
        """What the session says was counted, by round of each sheet; places with nothing left out."""
        knows = self.floor.session.knows
        rounds = [knows.counted(sheet, recount).here for sheet in ("CS-1", "CS-OPEN") for recount in range(3)]
        return [{place: count for place, count in here.items() if count} for here in rounds]

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def counts_are_those_of_the_events(self) -> None:
        events = standing(self.floor.events())
        for document in self.floor.site.documents:
            lines = [
                e.quantity for e in events if e.document == document.number and e.line and e.step in CREDITED
            ]
            closed = any(e.document == document.number and e.step == "completing" for e in events)
            tally = self.floor.session.knows.tally(document.number)
            assert (tally.total, tally.closed) == (sum(lines), closed), document.number
        plain: dict[tuple[str, int], Counter[str]] = {}
        for event in events:
            if event.step == "stock_taking":
                plain.setdefault((event.document, event.recount), Counter())[event.location] += event.quantity
        places = [
            dict(plain.get((sheet, recount), {})) for sheet in ("CS-1", "CS-OPEN") for recount in range(3)
        ]
        assert self._here() == places

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def nothing_is_counted_twice(self) -> None:
        counted = [
            (event.step, event.document, event.recount, event.item, event.serial)
            for event in standing(self.floor.events())
            if event.step in {"stock_taking", "collecting", "receiving"} and event.serial
        ]
        assert len(counted) == len(set(counted))


RandomYard.TestCase.settings = played(50, 3000, 25)
TestRandomYard = RandomYard.TestCase
