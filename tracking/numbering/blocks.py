"""Blocks of sequence numbers, leased to terminals so that each can number offline and no two give the same number.

The office keeps a :class:`Book` an item and grants blocks from its high-water mark. That mark only ever rises: it is
never worked out as "the highest serial number there is, plus one", which gives a number again as soon as the highest
was deleted, burned, not yet synced, or made up by somebody who typed 99999. What a terminal does not use stays unused.

All values are immutable. A number counts as given only once the new :class:`Lease` is stored durably: store first,
print second. A terminal restored from an older copy has an older ``next``; it must :func:`close` its leases and ask
for a new block. An answer that is lost costs one block and nothing else.
"""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from tracking.numbering.errors import NumberingError

BLOCK_NUMBERS_MAX = 1_000_000
"""Numbers of one lease."""
LEASES_MAX = 100_000
"""Leases of one book."""
BURNED_RANGES_MAX = 10_000
"""Separate burned stretches of one lease."""


class BlockExhausted(NumberingError):
    """The lease has no number left; the terminal needs a new block before it can go on."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal asks for a block of ``size`` numbers (1 to 1,000,000)."""

    item: str
    terminal: str
    size: int


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers ``first`` to ``last``, both included, of one item, given to one terminal alone."""

    item: str
    terminal: str
    first: int
    last: int
    next: int
    """The next number to give; ``last + 1`` when all are given."""
    burned: tuple[tuple[int, int], ...] = ()
    """Stretches (first, last) of numbers that are on no unit and never will be; in order, not touching."""

    @property
    def remaining(self) -> int:
        """Numbers not given yet."""
        return self.last - self.next + 1

    def is_burned(self, number: int) -> bool:
        """True when the number is on no unit and never will be."""
        return any(first <= number <= last for first, last in self.burned)


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds which numbers of one item. ``next_free`` and above were never leased; it only rises."""

    item: str
    capacity: int
    """The pattern's: numbers are 0 to ``capacity - 1``."""
    next_free: int = 0
    leases: tuple[Lease, ...] = ()
    """By first number."""


def book(item: str, capacity: int, *, next_free: int = 0, leases: tuple[Lease, ...] = ()) -> Book:
    """A book as it was stored, its leases in any order. Raises :class:`NumberingError` where two overlap.

    ``next_free`` is taken as stored, or raised above the leases where it is lower; never lowered to them.
    """
    if capacity < 1 or next_free < 0:
        raise NumberingError(f"a book of {capacity} numbers with next {next_free} contradicts itself")
    opened = Book(item=item, capacity=capacity, next_free=next_free)
    for each in leases:
        opened = enter(opened, each)
    return opened


def lease(item: str, terminal: str, first: int, last: int) -> Lease:
    """A new lease of ``first`` to ``last``. Raises :class:`NumberingError` for a range that is none or too long."""
    made = Lease(item=item, terminal=terminal, first=first, last=last, next=first)
    _sound(made)
    return made


def take(held: Lease) -> tuple[int, Lease]:
    """The next number and the lease without it. Raises :class:`BlockExhausted` when none is left."""
    _sound(held)
    if held.remaining <= 0:
        raise BlockExhausted(
            f"{held.terminal} has given all numbers up to {held.last} of {held.item}: it needs a new block"
        )
    return held.next, msgspec.structs.replace(held, next=held.next + 1)


def burn(held: Lease, first: int, last: int | None = None) -> Lease:
    """The lease with ``first`` to ``last`` (or ``first`` alone) burned: misprinted, torn, lost with its roll.

    Numbers given already stay given; numbers ahead are skipped, and must begin at the next one. Burning twice is
    the same as once. Raises :class:`NumberingError` out of the lease, or ahead of it with a hole.
    """
    _sound(held)
    end = first if last is None else last
    if not held.first <= first <= end <= held.last:
        raise NumberingError(
            f"{first} to {end} is not within {held.first} to {held.last}: nothing was burned"
        )
    if first > held.next:
        raise NumberingError(f"{first} is ahead of the next number {held.next}: burn from there")
    burned = _joined([*held.burned, (first, end)])
    if len(burned) > BURNED_RANGES_MAX:
        raise NumberingError(
            f"more than {BURNED_RANGES_MAX} burned stretches: close the lease and take a new block"
        )
    return msgspec.structs.replace(held, next=max(held.next, end + 1), burned=burned)


def close(held: Lease) -> Lease:
    """The lease with all that is left burned: the terminal was reset, restored, sold, or changes its item."""
    return burn(held, held.next, held.last) if held.remaining > 0 else held


def request(
    held: tuple[Lease, ...], *, item: str, terminal: str, threshold: int, size: int
) -> Request | None:
    """The request to send now, where the terminal's leases of the item have ``threshold`` numbers or fewer left.

    None while there are more. Take the threshold as the numbers that are used while the network may be away.
    """
    if not 1 <= size <= BLOCK_NUMBERS_MAX or threshold < 0:
        raise NumberingError(f"a block has 1 to {BLOCK_NUMBERS_MAX} numbers and the threshold is 0 or more")
    left = sum(each.remaining for each in held if (each.item, each.terminal) == (item, terminal))
    return Request(item=item, terminal=terminal, size=size) if left <= threshold else None


def grant(book: Book, asked: Request) -> tuple[Lease, Book]:
    """A new lease from the high-water mark, and the book with it; near the end of the sequence a shorter one.

    Raises :class:`NumberingError` for another item or a bad size, :class:`BlockExhausted` when the sequence is used
    up: the item then needs a longer pattern.
    """
    if asked.item != book.item:
        raise NumberingError(f"the request is for {asked.item} and the book is of {book.item}")
    if not 1 <= asked.size <= BLOCK_NUMBERS_MAX:
        raise NumberingError(f"a block of {asked.size} numbers is not from 1 to {BLOCK_NUMBERS_MAX}")
    if book.next_free >= book.capacity:
        raise BlockExhausted(
            f"all {book.capacity} numbers of {book.item} are leased: it needs a longer pattern"
        )
    last = min(book.next_free + asked.size, book.capacity) - 1
    granted = lease(asked.item, asked.terminal, book.next_free, last)
    return granted, enter(book, granted)


def enter(book: Book, granted: Lease) -> Book:
    """The book with a lease in it, one made elsewhere too. Refuses any overlap, whosever the other lease is.

    Raises :class:`NumberingError` for an overlap, another item, numbers beyond the capacity, or a full book.
    """
    _sound(granted)
    if granted.item != book.item:
        raise NumberingError(f"the lease is of {granted.item} and the book of {book.item}")
    if granted.last >= book.capacity:
        raise NumberingError(f"{granted.last} is beyond the {book.capacity} numbers of {book.item}")
    if len(book.leases) >= LEASES_MAX:
        raise NumberingError(f"{book.item} has {LEASES_MAX} leases: take larger blocks, or a new pattern")
    place = bisect_left(book.leases, granted.first, key=lambda other: other.first)
    for other in book.leases[max(place - 1, 0) : place + 1]:
        if other.first <= granted.last and granted.first <= other.last:
            theirs = f"{other.first} to {other.last}, which {other.terminal} holds"
            raise NumberingError(f"{granted.first} to {granted.last} overlaps {theirs}")
    leases = (*book.leases[:place], granted, *book.leases[place:])
    return msgspec.structs.replace(book, leases=leases, next_free=max(book.next_free, granted.last + 1))


def _sound(held: Lease) -> None:
    """Leases come from files and wires too: one that contradicts itself must not give a number."""
    if not (0 <= held.first <= held.last and held.first <= held.next <= held.last + 1):
        raise NumberingError(
            f"a lease of {held.first} to {held.last} with next {held.next} contradicts itself"
        )
    if held.last - held.first >= BLOCK_NUMBERS_MAX:
        raise NumberingError(f"a lease has at most {BLOCK_NUMBERS_MAX} numbers")


def _joined(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)
