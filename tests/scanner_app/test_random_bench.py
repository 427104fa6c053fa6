"""Anything in any order, at the bench, with moves, cartons and pallets.

Whatever is scanned, pressed and pulled: one answer each, a way on, what is in what equal to a plain recount of the
events, and everything taken back is as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.scanner_app.floor import site_named
from tests.scanner_app.random_handheld import HOSTILE, MOSTLY, RandomHandheld, played, recount, standing
from tracking.events import Event
from tracking.site import Site

PARTS = ["M7-00001", "M7-00002", "M7-00003", "M7-00004", "M7-00006", "M7-00007", "M8-00001", "SN-000001", "SN-000002",
         "SN-000003", "SN-000005", "SEAL-KIT", "26-1", "SCREW-M4", "%CMD:QUANTITY=4", "%CMD:QUANTITY=1", "GE-002",
         "G-0900", "M7-20001"]  # fmt: skip
PRODUCTS = [
    "G-0001",
    "G-0002",
    "SK-001",
    "]C1010952123454330521G-0003",
    "MOTOR-7",
    "G-0000",
    "G-0004",
    "]C1010952123454330521G-0005",
    "%CMD:NUMBER",
]
BOXES = ["CARTON-7", "CARTON-8", "CARTON-9", "PALLET-1", "00340123450000000017", "]C100340123450000000024"]
PLACES = ["HAM-A-01", "HAM-A-02", "HAM-HOLD"]
CARDS = [
    "%CMD:REMOVE",
    "%CMD:DONE",
    "%CMD:CONFIRM",
    "%CMD:BACK",
    "%CMD:UNDO",
    "%CMD:SCRAP=broken",
    "%CMD:HOLD",
    "%CMD:NUMBER",
    "%CMD:REPRINT",
]
TASKS = {
    "production": ([*PARTS, *PRODUCTS], ["WO-1", "WO-2", "WO-3", "WO-BARE", "G-0900", "G-0001"]),
    "move": ([*PARTS, *BOXES, *PLACES], ["HAM-A-01", "CARTON-7", ""]),
    "pack": ([*PARTS, *BOXES], ["CARTON-9", "PALLET-1", "CARTON-7", "%CMD:CONFIRM", "LP-NEW-1"]),
    "receiving": ([*BOXES, "SN-200001", "M8-20001", "SEAL-KIT", "26-7", "%CMD:QUANTITY=10"], ["ASN-1", BOXES[4]]),
    "shipping": ([*BOXES, *PARTS], ["SO-1", "SO-2", "SO-3"]),
}  # fmt: skip
NEW = [("GEAR-500", f"G-000{n}") for n in range(1, 4)] + [
    ("SKID-1", "SK-001"), ("VALVE-9", "SN-200001"), ("VALVE-9", "SN-200002"), ("MOTOR-7", "M7-20001"),
    ("MOTOR-8", "M8-20001"),
]  # fmt: skip
NUMBERED = [("GEAR-500", f"G-{n:04}") for n in (0, *range(4, 40))]
"""What the site itself may number."""
HOLDERS = [("GEAR-500", "G-0900"), *NEW[:4], *NUMBERED] + [
    ("", code) for code in ("CARTON-7", "CARTON-8", "CARTON-9", "PALLET-1", "LP-NEW-1", "340123450000000017")
]

Holder = tuple[str, str]


def units_inside(
    events: Sequence[Event], opening: dict[tuple[str, str], Holder]
) -> dict[Holder, set[Holder]]:
    """What is in what, the slow and plain way: the last word about every unit."""
    where = dict(opening)
    for event in events:
        name = (event.item, event.serial)
        match event.step:
            case "installing" if event.serial:
                where[name] = (event.parent_item, event.parent_serial)
            case "packing" if event.serial:
                where[name] = ("", event.parent_container)
            case "receiving" if event.serial and event.container:
                where[name] = ("", event.container)
            case "removing" | "unpacking" | "shipping" if event.serial:
                where.pop(name, None)
    found: dict[Holder, set[Holder]] = {}
    for name, holder in where.items():
        found.setdefault(holder, set()).add(name)
    return found


def pieces_inside(events: Sequence[Event]) -> dict[Holder, Counter[tuple[str, str]]]:
    """How much of which lot is in what, by adding up."""
    found: dict[Holder, Counter[tuple[str, str]]] = {}
    for event in events:
        if event.step == "shipping" and event.container and not event.item:
            found.pop(("", event.container), None)
        if event.serial or not event.item:
            continue
        into = event.step in {"installing", "packing", "receiving"}
        outof = event.step in {"removing", "unpacking"}
        built = (event.parent_item, event.parent_serial)
        holder = built if event.parent_serial else ("", event.parent_container)
        if event.step == "receiving":
            holder = ("", event.container)
        if holder[1] and (into or outof):
            counts = found.setdefault(holder, Counter())
            counts[event.item, event.lot] += event.quantity if into else -event.quantity
    return found


def _numbered(site: Site) -> Site:
    """The site, with gear pumps that get their numbers there."""
    items = (msgspec.structs.replace(item, numbering="G-{seq:4}") if item.item == "GEAR-500" else item
             for item in site.items)  # fmt: skip
    return msgspec.structs.replace(site, items=tuple(items))


class RandomBench(RandomHandheld):
    """Random inputs into one session."""

    @initialize(complete=st.booleans())
    def open(self, complete: bool) -> None:
        policy = {"complete_on_last_scan": complete, "company_prefix": "4012345"}
        self._begin(_numbered(site_named("assembly", policy=policy)), NEW + NUMBERED)
        self.opening: dict[tuple[str, str], Holder] = {}
        for unit in self.was.values():
            if unit.installed_in_serial:
                self.opening[unit.item, unit.serial] = (unit.installed_in_item, unit.installed_in_serial)
            elif unit.container:
                self.opening[unit.item, unit.serial] = ("", unit.container)

    @rule(
        task=st.sampled_from(sorted(TASKS)),
        paper=st.integers(0, 9),
        picks=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=14),
        ack=MOSTLY,
    )
    def work(self, task: str, paper: int, picks: list[tuple[int, int]], ack: bool) -> None:
        """A person who knows what he does: the task, its paper, its goods, and a card now and then."""
        goods, papers = TASKS[task]
        for command in (("ack", ""), ("workflow", task), ("back", "")):
            self._attentive(self.floor.command(*command), ack=ack)
        self._attentive(self.floor.command("workflow", task), ack=ack)
        self.floor.wait()
        for begin in (papers[paper % len(papers)], PRODUCTS[paper % 3] if task == "production" else ""):
            if begin:
                self._attentive(self.floor.scan(begin), ack=ack)
        for good, choice in picks:
            self._attentive(self.floor.scan(goods[good % len(goods)]), ack=ack)
            if choice % 5 == 0:
                self._attentive(self.floor.scan(CARDS[choice // 5 % len(CARDS)]), ack=ack)

    @rule(
        paper=st.sampled_from(["WO-1", "WO-2"]), product=st.sampled_from(PRODUCTS[:2]), skip=st.integers(0, 6)
    )
    def build(self, paper: str, product: str, skip: int) -> None:
        """A whole gear, one part perhaps left out."""
        bills = {
            "WO-1": ["M7-00001", "SN-000001", "SN-000002", "SEAL-KIT", "26-1"],
            "WO-2": ["M7-00002", "SCREW-M4", "%CMD:QUANTITY=4"],
        }
        for command in (
            ("ack", ""),
            ("workflow", "home"),
            ("workflow", "production"),
            ("back", ""),
            ("back", ""),
        ):
            self._attentive(self.floor.command(*command), ack=True)
        self._attentive(self.floor.command("workflow", "production"), ack=True)
        for place, code in enumerate([paper, product, *bills[paper]]):
            if place != skip:
                self._attentive(self.floor.scan(code), ack=True)

    @rule(then=st.sampled_from(["", "undo", "scrap", "back", "verify"]))
    def take_a_number(self, then: str) -> None:
        """The next number for a gear, and what becomes of it."""
        for command in (("ack", ""), ("workflow", "production"), ("back", ""), ("back", ""), ("back", "")):
            self._attentive(self.floor.command(*command), ack=True)
        self._attentive(self.floor.command("workflow", "production"), ack=True)
        self._attentive(self.floor.scan("WO-2"), ack=True)
        taken = self.floor.command("number")
        self._attentive(taken, ack=True)
        if then == "verify" and taken.verdict.code == "assigned":
            self._attentive(self.floor.scan(taken.verdict.serial), ack=True)
        elif then and then != "verify":
            self._attentive(self.floor.command(then), ack=True)

    @rule(codes=st.lists(st.sampled_from([*PARTS, *PRODUCTS, *BOXES, *PLACES, *CARDS, "WO-1", "SO-1"]), min_size=1,
                         max_size=6), ack=MOSTLY)  # fmt: skip
    def scan(self, codes: list[str], ack: bool) -> None:
        for code in codes:
            self._attentive(self.floor.scan(code), ack=ack)

    @rule(code=st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=40)), ack=MOSTLY)
    def scan_hostile(self, code: bytes, ack: bool) -> None:
        self._attentive(self.floor.scan(code), ack=ack)

    @rule(codes=st.lists(st.sampled_from([*PARTS, *BOXES]), min_size=2, max_size=4), ack=MOSTLY)
    def burst(self, codes: list[str], ack: bool) -> None:
        self._attentive(self.floor.scan(*codes), ack=ack)

    @rule(text=st.one_of(st.sampled_from(["4", "1", "500", "0"]), st.text(max_size=12)))
    def type(self, text: str) -> None:
        self._answered(self.floor.type(text))

    @rule(code=st.sampled_from([*PARTS, *BOXES]), ack=MOSTLY)
    def take_out(self, code: str, ack: bool) -> None:
        self._attentive(self.floor.command("remove"), ack=ack)
        self._attentive(self.floor.scan(code), ack=ack)

    @rule(number=st.one_of(st.just(""), st.integers(1, 30).map(str)))
    def take_back(self, number: str) -> None:
        self._answered(self.floor.command("undo", number))

    @rule(name=st.sampled_from(["home", "look_up", *TASKS]), ack=MOSTLY)
    def turn_to(self, name: str, ack: bool) -> None:
        self._attentive(self.floor.command("workflow", name), ack=ack)

    @rule()
    def wait(self) -> None:
        self.floor.wait()

    @rule()
    def crash(self) -> None:
        self._pull_the_battery()

    def _told(self) -> object:
        return self._inside()

    def _inside(self) -> list[tuple[set[Holder], dict[tuple[str, str], int]]]:
        """What the session says is in every product and container."""
        knows = self.floor.session.knows
        found = []
        for holder in HOLDERS:
            units = {(unit.item, unit.serial) for unit in knows.inside(*holder)}
            pieces: Counter[tuple[str, str]] = Counter()
            for one in knows.quantities_in(*holder):
                pieces[one.item, one.lot] += one.quantity
            found.append((units, dict(pieces)))
        return found

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def what_is_in_what_is_told_by_the_events(self) -> None:
        events = standing(self.floor.events())
        units, pieces = units_inside(events, self.opening), pieces_inside(events)
        plain = [
            (units.get(holder, set()), {lot: n for lot, n in pieces.get(holder, Counter()).items() if n > 0})
            for holder in HOLDERS
        ]
        assert self._inside() == plain

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def counts_are_those_of_the_events(self) -> None:
        events = self.floor.events()
        for document in self.floor.site.documents:
            tally = self.floor.session.knows.tally(document.number)
            assert (tally.total, tally.closed) == recount(events, document.number), document.number

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def a_number_is_given_once_whatever_became_of_it(self) -> None:
        given = [
            event.serial for event in self.floor.events() if event.code == "assigned" and not event.cancels
        ]
        assert len(given) == len(set(given))

    @precondition(lambda self: hasattr(self, "floor"))
    @invariant()
    def a_built_unit_had_all_its_parts(self) -> None:
        """Nothing is produced while a position of its bill is empty; what lost a part since is so no more."""
        everything = self.floor.events()
        knows = self.floor.session.knows
        last = {
            (event.item, event.serial): event for event in standing(everything) if event.step == "assembling"
        }
        for name, event in last.items():
            assert event.action == "ADD" or knows.unit(*name).status != "produced", name
        for place, event in enumerate(everything):
            if event.step != "assembling" or event.action != "ADD" or event.cancels:
                continue
            document = self.floor.session.knows.document(event.document)
            assert document is not None
            events = standing(everything[: place + 1])
            within = units_inside(events, self.opening).get((event.item, event.serial), set())
            pieces = pieces_inside(events).get((event.item, event.serial), Counter())
            here = len(within) + sum(pieces.values())
            assert here >= sum(line.quantity for line in document.bom), event.serial

    def _undo_everything(self) -> None:
        super()._undo_everything()
        self.what_is_in_what_is_told_by_the_events()


RandomBench.TestCase.settings = played(15, 200, 25)
TestRandomBench = RandomBench.TestCase
