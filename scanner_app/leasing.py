"""Numbers out of blocks that the server lent to this handheld: given here, and nowhere else, with or without a network.

What is held is kept in the journal's own file, for its epoch: a handheld that was put back from an older copy begins an
epoch, and then nothing that it once held is given again. A number counts as given as soon as the lease is stored
without it; should the power fail before it is printed, it is burnt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from scanner_app.journal import Journal
from sync.work_wire import Block
from tracking.counted import counted
from tracking.numbering.blocks import BLOCK_NUMBERS_MAX, Lease, lease, take
from tracking.numbering.errors import NumberingError

BLOCK_NUMBERS = 1000
"""So many are asked for at least: enough for a shift without a network."""

Lend = Callable[[int, int], Block]
"""(how many, not below) -> a block, lent by the server."""


class NoNumbers(Exception):
    """Fewer are held than are wanted, and no server to lend more; the text says how many."""


class Drawn(NamedTuple):
    """Numbers that are about to be given, and what is held without them."""

    numbers: tuple[int, ...]
    left: tuple[Lease, ...]


def key_of(journal: Journal, item: str, pattern: str) -> str:
    """The name under which the journal's file keeps what is held of a pattern."""
    return f"lease {journal.epoch} {item} {pattern}"


def _mark_of(item: str, pattern: str) -> str:
    """Outlives an epoch: a handheld that lost its blocks must not fall back to a counter of its own."""
    return f"leased {item} {pattern}"


def held(journal: Journal, item: str, pattern: str) -> tuple[Lease, ...]:
    """What was lent to this handheld and is not used up, oldest first; nothing where the note is damaged."""
    text = journal.meta(key_of(journal, item, pattern))
    try:
        return msgspec.json.decode(text, type=tuple[Lease, ...]) if text else ()
    except msgspec.MsgspecError:
        return ()


def was_lent(journal: Journal, item: str, pattern: str) -> bool:
    """True where the server ever lent numbers of a pattern: from then on they come out of its blocks alone."""
    return bool(journal.meta(_mark_of(item, pattern)))


def draw(
    journal: Journal, item: str, pattern: str, count: int, lend: Lend | None, at_least: int = 0
) -> Drawn:
    """The next ``count`` numbers. Raises :class:`NoNumbers`; nothing is stored before :func:`keep`."""
    leases = list(held(journal, item, pattern))
    left = sum(each.remaining for each in leases)
    while left < count:
        if lend is None:
            held_here = counted(left, "number")
            raise NoNumbers(
                f"{pattern!r} has only {held_here} left here: take more from the server with --server"
            )
        block = lend(min(max(count - left, BLOCK_NUMBERS), BLOCK_NUMBERS_MAX), at_least)
        if (block.item, block.pattern) != (item, pattern):
            raise NoNumbers("the server's answer makes no sense: check the address in --server")
        try:
            leases.append(lease(item, journal.device, block.first, block.last))
        except NumberingError as error:
            raise NoNumbers(f"the server's answer makes no sense ({error})") from error
        # Stored at once: a block that is known to be ours is not asked for again.
        keep(journal, item, pattern, leases)
        left = sum(each.remaining for each in leases)
    numbers: list[int] = []
    while len(numbers) < count:
        leases = [each for each in leases if each.remaining]
        number, leases[0] = take(leases[0])
        numbers.append(number)
    return Drawn(tuple(numbers), tuple(each for each in leases if each.remaining))


def keep(journal: Journal, item: str, pattern: str, leases: Sequence[Lease]) -> None:
    """Stores what is held, durably: before the first of the drawn numbers is given."""
    if not was_lent(journal, item, pattern):
        journal.put_meta(_mark_of(item, pattern), "1")
    journal.put_meta(key_of(journal, item, pattern), msgspec.json.encode(list(leases)).decode())
