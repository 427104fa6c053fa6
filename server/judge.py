"""What a batch is, given what the server holds: the protocol's table as one pure function (docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from server.devices import Standing
from sync.wire import Batch
from tracking.chain import next_link

Answer = Literal["duplicate", "append", "gap", "fork", "fenced"]


class Judged(NamedTuple):
    """The answer, and for ``append`` how many events of the batch are known already."""

    answer: Answer
    known: int = 0


def links_of(prev: bytes, bodies: Sequence[bytes]) -> list[bytes]:
    """The chain after each event of a batch."""
    links: list[bytes] = []
    for body in bodies:
        prev = next_link(prev, body)
        links.append(prev)
    return links


def judge(
    batch: Batch,
    prev: bytes,
    last: bytes,
    links: Sequence[bytes],
    current_epoch: int,
    held: Standing | None,
    chain_at: Callable[[int], bytes | None],
    *,
    proven: bool = False,
    exact: bool = True,
    foreign: bool = False,
) -> Judged:
    """``held`` is the standing of the batch's own epoch, ``links`` the chain recomputed from its events.

    ``chain_at(seq)`` is asked only about events that the server holds. A duplicate is one only if it is the same
    events: a cloned device that repeats the numbers with other facts is a fork, never a silent loss. ``proven``: the
    batch shows by a receipt of this server that it was told to let go of what is missing before it. ``exact``: the
    loss has to begin right where the server stands. If it has more by now, the device compares that with what it let go
    of: it may be a copy's. Only of a file, which cannot know where the server stands, a larger loss is taken; unless it
    shows that what the server holds is ``foreign``, see :func:`server.ingest.take`.
    """
    if batch.epoch < current_epoch and not batch.orphan:
        return Judged("fenced")
    hwm = held.hwm if held else 0
    begins = batch.first - batch.lost
    bridged = proven and (begins == hwm + 1 or (begins <= hwm + 1 and not exact))
    if batch.first > hwm + 1 and not bridged:
        return Judged("gap")
    if batch.first > hwm + 1 and foreign:
        return Judged("fork")
    if links[-1] != last:
        return Judged("fork")
    if batch.first > hwm + 1:
        return Judged("append")
    if held is None:
        return Judged("append")
    if batch.last <= hwm:
        return Judged("duplicate" if chain_at(batch.last) == last else "fork")
    known = hwm - batch.first + 1
    link_at_hwm = links[known - 1] if known else prev
    return Judged("append", known) if link_at_hwm == held.chain else Judged("fork")
