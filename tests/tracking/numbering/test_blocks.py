"""Blocks: no number is given twice, whatever terminals and office do in which order."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tracking.numbering import blocks
from tracking.numbering.blocks import BlockExhausted, Lease, Request
from tracking.numbering.errors import NumberingError

ITEM = "PUMP-100"
CAPACITY = 300


def ask(terminal: str, size: int = 10) -> Request:
    return Request(item=ITEM, terminal=terminal, size=size)


class Factory(RuleBasedStateMachine):
    """Terminals number, misprint, break and come back; the office grants."""

    @initialize()
    def start(self) -> None:
        self.book = blocks.book(ITEM, CAPACITY)
        self.held: list[Lease] = []
        self.given: list[int] = []

    @rule(terminal=st.sampled_from("ABC"), size=st.integers(1, 20))
    def grant(self, terminal: str, size: int) -> None:
        if self.book.next_free >= CAPACITY:
            with pytest.raises(BlockExhausted):
                blocks.grant(self.book, ask(terminal, size))
            return
        granted, self.book = blocks.grant(self.book, ask(terminal, size))
        self.held.append(granted)

    @rule(terminal=st.sampled_from("ABC"))
    def lose_the_answer(self, terminal: str) -> None:
        if self.book.next_free < CAPACITY:
            _, self.book = blocks.grant(self.book, ask(terminal, 5))

    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        if not self.held:
            return
        place = data.draw(st.integers(0, len(self.held) - 1))
        if self.held[place].remaining == 0:
            with pytest.raises(BlockExhausted):
                blocks.take(self.held[place])
            return
        number, self.held[place] = blocks.take(self.held[place])
        assert not self.held[place].is_burned(number)
        self.given.append(number)

    @rule(data=st.data(), close=st.booleans())
    def burn(self, data: st.DataObject, close: bool) -> None:
        if not self.held:
            return
        place = data.draw(st.integers(0, len(self.held) - 1))
        held = self.held[place]
        if close:
            self.held[place] = blocks.close(held)
            assert self.held[place].remaining == 0
            return
        first = data.draw(st.integers(held.first, min(held.next, held.last)))
        last = data.draw(st.integers(first, held.last))
        burned = blocks.burn(held, first, last)
        assert all(burned.is_burned(number) for number in range(first, last + 1))
        assert blocks.burn(burned, first, last) == burned
        assert burned.next == max(held.next, last + 1)
        self.held[place] = burned

    @rule()
    def store_and_load(self) -> None:
        encoded = msgspec.json.encode(self.book)
        assert msgspec.json.decode(encoded, type=blocks.Book) == self.book
        self.book = blocks.book(
            ITEM, CAPACITY, next_free=self.book.next_free, leases=tuple(reversed(self.book.leases))
        )

    @invariant()
    def no_number_twice(self) -> None:
        assert len(self.given) == len(set(self.given))
        assert all(0 <= number < CAPACITY for number in self.given)

    @invariant()
    def the_mark_is_above_all(self) -> None:
        assert all(lease.last < self.book.next_free for lease in self.book.leases)


TestFactory = Factory.TestCase
TestFactory.settings = settings(max_examples=40, stateful_step_count=30)


@pytest.mark.parametrize(
    ("first", "last"), [(5, 5), (9, 12), (0, 100), (10, 19), (12, 14), (19, 30), (39, 39)]
)
def test_an_overlap_is_refused_whosever_it_is(first: int, last: int) -> None:
    leases = (blocks.lease(ITEM, "A", 30, 39), blocks.lease(ITEM, "B", 10, 19), blocks.lease(ITEM, "A", 5, 5))
    book = blocks.book(ITEM, CAPACITY, leases=leases)
    with pytest.raises(NumberingError, match="overlaps"):
        blocks.enter(book, blocks.lease(ITEM, "A", first, last))
    assert [lease.first for lease in book.leases] == [5, 10, 30]


def test_a_hole_between_two_leases_may_be_filled_but_is_never_granted() -> None:
    book = blocks.book(
        ITEM, CAPACITY, leases=(blocks.lease(ITEM, "A", 0, 9), blocks.lease(ITEM, "B", 50, 59))
    )
    filled = blocks.enter(book, blocks.lease(ITEM, "C", 10, 49))
    assert filled.next_free == 60
    granted, _ = blocks.grant(book, ask("C"))
    assert (granted.first, granted.last) == (60, 69)


def test_the_mark_does_not_fall_when_leases_are_gone() -> None:
    granted, book = blocks.grant(blocks.book(ITEM, CAPACITY), ask("A", 100))
    assert granted.last == 99
    reopened = blocks.book(ITEM, CAPACITY, next_free=book.next_free, leases=())
    assert blocks.grant(reopened, ask("B"))[0].first == 100


def test_the_last_block_is_shorter_and_then_there_is_none() -> None:
    book = blocks.book(ITEM, 15)
    _, book = blocks.grant(book, ask("A"))
    granted, book = blocks.grant(book, ask("A"))
    assert (granted.first, granted.last, granted.remaining) == (10, 14, 5)
    with pytest.raises(BlockExhausted, match="longer pattern"):
        blocks.grant(book, ask("A"))


def test_a_block_is_asked_for_at_the_threshold_over_all_leases_of_the_item() -> None:
    held = (blocks.lease(ITEM, "A", 0, 2), blocks.lease(ITEM, "A", 10, 12), blocks.lease("OTHER", "A", 0, 99))
    wanted = Request(item=ITEM, terminal="A", size=50)
    assert blocks.request(held, item=ITEM, terminal="A", threshold=5, size=50) is None
    assert blocks.request(held, item=ITEM, terminal="A", threshold=6, size=50) == wanted
    assert blocks.request((), item=ITEM, terminal="A", threshold=0, size=50) == wanted
    for threshold, size in ((-1, 50), (0, 0), (0, blocks.BLOCK_NUMBERS_MAX + 1)):
        with pytest.raises(NumberingError):
            blocks.request(held, item=ITEM, terminal="A", threshold=threshold, size=size)


@pytest.mark.parametrize(("first", "last"), [(9, 9), (10, 20), (14, 13), (15, 16)])
def test_burning_outside_or_with_a_hole_is_refused(first: int, last: int) -> None:
    _, held = blocks.take(blocks.lease(ITEM, "A", 10, 19))
    with pytest.raises(NumberingError):
        blocks.burn(held, first, last)


def test_burned_stretches_are_joined() -> None:
    held = blocks.lease(ITEM, "A", 10, 19)
    for _ in range(6):
        _, held = blocks.take(held)
    held = blocks.burn(blocks.burn(blocks.burn(held, 10), 14), 11, 13)
    assert held.burned == ((10, 14),)
    assert held.next == 16


@pytest.mark.parametrize(
    "lease",
    [
        Lease(item=ITEM, terminal="A", first=10, last=9, next=10),
        Lease(item=ITEM, terminal="A", first=-1, last=9, next=0),
        Lease(item=ITEM, terminal="A", first=10, last=19, next=9),
        Lease(item=ITEM, terminal="A", first=10, last=19, next=21),
        Lease(item=ITEM, terminal="A", first=0, last=blocks.BLOCK_NUMBERS_MAX, next=0),
    ],
)
def test_a_lease_that_contradicts_itself_gives_nothing(lease: Lease) -> None:
    with pytest.raises(NumberingError):
        blocks.take(lease)
    with pytest.raises(NumberingError):
        blocks.enter(blocks.book(ITEM, 2_000_000), lease)


def test_other_items_and_sizes_are_refused() -> None:
    book = blocks.book(ITEM, CAPACITY)
    for asked in (
        Request(item="X", terminal="A", size=1),
        ask("A", 0),
        ask("A", blocks.BLOCK_NUMBERS_MAX + 1),
    ):
        with pytest.raises(NumberingError):
            blocks.grant(book, asked)
    with pytest.raises(NumberingError):
        blocks.enter(book, blocks.lease("X", "A", 0, 1))
    with pytest.raises(NumberingError):
        blocks.enter(book, blocks.lease(ITEM, "A", 0, CAPACITY))
    with pytest.raises(NumberingError):
        blocks.book(ITEM, 0)
