"""Blocks of sequence numbers, lent to handhelds so that each can number without a network and no two give the same.

The rows are never removed, so the mark behind the last block of a pattern only ever rises: a number that was lent is
not lent again, whatever became of it. An answer that is lost costs one block and nothing else.
"""

from __future__ import annotations

from server.storage import Reader, Writer
from sync.wire import WireError
from sync.work_wire import Block, WantedBlock
from tracking.numbering.blocks import BLOCK_NUMBERS_MAX
from tracking.numbering.errors import NumberingError
from tracking.numbering.patterns import compile_pattern
from tracking.site import NAME_CHARS_MAX

COUNT_MAX = 2**53


class Exhausted(Exception):
    """The pattern has no number left; the text says what to do."""


def lend(tx: Writer, device: str, wanted: WantedBlock, now_ms: int) -> Block:
    """The next block of an item's pattern. Raises :class:`WireError` for nonsense, :class:`Exhausted` at its end."""
    capacity = _capacity(wanted)
    first = max(mark(tx, wanted.item, wanted.pattern), wanted.at_least)
    if first >= capacity:
        raise Exhausted(f"all {capacity} numbers of {wanted.pattern!r} are lent: it needs a longer pattern")
    last = min(first + wanted.size, capacity) - 1
    tx.run(
        "INSERT INTO number_block (item, pattern, first, last, device, lent_ms) VALUES (?, ?, ?, ?, ?, ?)",
        wanted.item,
        wanted.pattern,
        first,
        last,
        device,
        now_ms,
    )
    return Block(item=wanted.item, pattern=wanted.pattern, first=first, last=last)


def mark(reader: Reader, item: str, pattern: str) -> int:
    """The first number of a pattern that was never lent."""
    row = reader.row("SELECT max(last) FROM number_block WHERE item = ? AND pattern = ?", item, pattern)
    return int(row[0]) + 1 if row is not None and row[0] is not None else 0


def _capacity(wanted: WantedBlock) -> int:
    if not wanted.item or len(wanted.item) > NAME_CHARS_MAX or len(wanted.pattern) > NAME_CHARS_MAX:
        raise WireError("a block is of an item and a pattern")
    if not 1 <= wanted.size <= BLOCK_NUMBERS_MAX:
        raise WireError(f"a block has 1 to {BLOCK_NUMBERS_MAX} numbers")
    try:
        pattern = compile_pattern(wanted.pattern)
    except NumberingError as error:
        raise WireError(str(error)) from error
    return min(pattern.capacity, COUNT_MAX)
