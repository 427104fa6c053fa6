"""What is inside what, as of any date: a product of six levels and 2,000 components, with swaps and a scrapped part."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from hypothesis import given

from tests.tracking.happenings import ITEM, SERIAL, history
from tracking.events import Event
from tracking.genealogy import FOR_EVER_MS, Genealogy, Name, Part, links_of_unit
from tracking.units import fold

LEVELS = (3, 4, 5, 6, 4)
"""Components in a product of each level, outermost first: 3 + 12 + 60 + 360 + 1440 = 1875 in six levels."""
EXTRA = 125
"""Screws beside, so that there are 2,000."""


class Story:
    """Events as one handheld would write them, a second apart."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    @property
    def now_ms(self) -> int:
        return 1000 * len(self.events)

    def add(self, step: str, item: str, serial: str = "", **fields: object) -> Event:
        number = len(self.events) + 1
        identity = {"device": "a", "epoch": 1, "seq": number, "hlc": (1000 * number) << 16}
        event = Event(step=step, item=item, serial=serial, **identity, **fields)  # type: ignore[arg-type]
        self.events.append(event)
        return event

    def install(
        self, item: str, serial: str, whole: Name, position: str, lot: str = "", **more: object
    ) -> Event:
        return self.add(
            "installing", item, serial, action="ADD", parent_item=whole.item, parent_serial=whole.serial,
            position=position, lot=lot, **more,
        )  # fmt: skip

    def remove(self, item: str, serial: str, whole: Name, position: str) -> Event:
        return self.add(
            "removing", item, serial, action="DELETE", parent_item=whole.item, parent_serial=whole.serial,
            position=position,
        )  # fmt: skip


def built(story: Story) -> Name:
    """Builds the product bottom up: what is inside is complete before it goes in."""
    top = Name("L0", "0")

    def build(whole: Name, level: int) -> None:
        for number in range(LEVELS[level] if level < len(LEVELS) else 0):
            part = Name(f"L{level + 1}", f"{whole.serial}.{number}")
            story.add("receiving", *part, lot=f"LOT-{number}")
            build(part, level + 1)
            story.install(*part, whole, f"P{number}")

    build(top, 0)
    for number in range(EXTRA):
        screw = Name("SCREW", str(number))
        story.add("receiving", *screw)
        story.install(*screw, top, "S")
    return top


def flat(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from flat(part.contains)


def naive(events: list[Event], top: Name, at_ms: int) -> set[Name]:
    """What is in the product, the slow and plain way: the last word of every unit up to a moment."""
    where: dict[Name, Name | None] = {}
    for event in events:
        if event.hlc >> 16 <= at_ms and event.step in {"installing", "removing"}:
            whole = Name(event.parent_item, event.parent_serial) if event.step == "installing" else None
            where[Name(event.item, event.serial)] = whole

    def within(name: Name | None) -> bool:
        return name == top or (name is not None and within(where.get(name)))

    return {name for name, whole in where.items() if within(whole)}


def test_two_swaps_and_a_scrapped_part_in_two_thousand() -> None:
    story = Story()
    top = built(story)
    complete_ms = story.now_ms
    holder, old, new = Name("L3", "0.1.2.3"), Name("L4", "0.1.2.3.1"), Name("L4", "SPARE")
    story.add("receiving", *new, lot="LOT-9")
    story.remove(*old, holder, "P1")
    hole_ms = story.now_ms
    story.install(*new, holder, "P1")
    swapped_ms = story.now_ms
    # A whole branch changes places with another one; then a screw breaks and is scrapped.
    first, second = Name("L2", "0.1.0"), Name("L2", "0.2.0")
    story.remove(*first, Name("L1", "0.1"), "P0")
    story.remove(*second, Name("L1", "0.2"), "P0")
    story.install(*first, Name("L1", "0.2"), "P0")
    story.install(*second, Name("L1", "0.1"), "P0")
    story.remove("SCREW", "7", top, "S")
    story.add("destroying", "SCREW", "7", action="DELETE")
    shuffled = list(story.events)
    random.Random(5).shuffle(shuffled)
    tree = Genealogy.of_events(shuffled)

    assert len(list(flat(tree.as_built(*top, complete_ms)))) == 2000
    assert _depth(tree.as_built(*top, complete_ms)) == 5, "five levels within the sixth"
    for at_ms in (
        0,
        500_000,
        complete_ms - 40_000,
        complete_ms,
        hole_ms,
        swapped_ms,
        story.now_ms,
        FOR_EVER_MS - 1,
    ):
        shown = {Name(part.item, part.serial) for part in flat(tree.as_built(*top, at_ms))}
        assert shown == naive(story.events, top, at_ms), at_ms
    assert tree.path_up(*old, complete_ms)[0] == holder
    assert tree.path_up(*old) == ()
    assert [link.whole for link in tree.where_used(*old, ever=True)] == [holder]
    assert tree.path_up(*new)[-1] == top
    assert tree.path_up(*first, complete_ms) == (Name("L1", "0.1"), top)
    assert tree.path_up(*first) == (Name("L1", "0.2"), top)
    deep = (Name("L4", "0.1.0.0.0"), Name("L3", "0.1.0.0"), first)
    assert tree.path_up("L5", "0.1.0.0.0.0", complete_ms) == (*deep, Name("L1", "0.1"), top)
    assert tree.path_up("L5", "0.1.0.0.0.0") == (*deep, Name("L1", "0.2"), top)
    assert tree.path_up("SCREW", "7") == ()


def _depth(parts: tuple[Part, ...]) -> int:
    return 1 + max((_depth(part.contains) for part in parts), default=-1) if parts else 0


def test_where_a_lot_went() -> None:
    story = Story()
    pump, skid = Name("PUMP", "1"), Name("SKID", "1")
    story.install("SEAL", "", pump, "C", "26-1", quantity=3)
    story.install("SEAL", "", pump, "C", "26-2", quantity=1)
    story.add("receiving", "MOTOR", "7", lot="26-1")
    story.install("MOTOR", "7", pump, "A")
    before_ms = story.now_ms
    story.add("removing", "SEAL", action="DELETE", parent_item="PUMP", parent_serial="1", position="C",
              lot="26-1", quantity=2)  # fmt: skip
    story.add("receiving", *pump)
    story.install(*pump, skid, "1")
    tree = Genealogy.of_events(story.events)
    ((link, path),) = tree.where_used_lot("SEAL", "26-1")
    assert (link.quantity, path) == (1, (pump, skid))
    ((link, path),) = tree.where_used_lot("SEAL", "26-1", before_ms)
    assert (link.quantity, path) == (3, (pump,))
    ((link, path),) = tree.where_used_lot("MOTOR", "26-1")
    assert (link.part, path) == (Name("MOTOR", "7"), (pump, skid))
    assert tree.where_used_lot("SEAL", "26-9") == ()


def test_an_undone_step_never_was() -> None:
    story = Story()
    whole = Name("PUMP", "1")
    story.add("receiving", "MOTOR", "7")
    wrong = story.install("MOTOR", "7", whole, "A")
    seals = story.install("SEAL", "", whole, "C", "L", quantity=2)
    story.add("installing", "MOTOR", "7", action="ADD", cancels=wrong.ref)
    story.add("installing", "SEAL", action="ADD", cancels=seals.ref, quantity=2)
    tree = Genealogy.of_events(story.events)
    assert tree.as_built(*whole) == ()
    assert tree.where_used("MOTOR", "7", ever=True) == ()


def test_what_contains_itself_is_not_followed() -> None:
    story = Story()
    for part, whole in ((Name("A", "1"), Name("B", "1")), (Name("B", "1"), Name("A", "1"))):
        story.add("receiving", *part)
        story.install(*part, whole, "")
    tree = Genealogy.of_events(story.events)
    assert [part.item for part in flat(tree.as_built("A", "1"))] == ["B", "A"]
    assert tree.path_up("A", "1") == (Name("B", "1"),)


@given(history())
def test_the_links_end_where_the_fold_ends(events: list[Event]) -> None:
    units = [event for event in events if event.item]
    links = list(links_of_unit(ITEM, SERIAL, units))
    standing = [link.whole for link in links if link.until_ms == FOR_EVER_MS]
    state = fold(ITEM, SERIAL, units).state
    assert standing == (
        [Name(state.installed_in_item, state.installed_in_serial)] if state.installed_in_serial else []
    )
    assert all(earlier.until_ms <= later.since_ms for earlier, later in itertools.pairwise(links))
