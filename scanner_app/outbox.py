"""What waits to be sent: as the next batch, as what a revoked handheld hands in, and as a file."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from scanner_app.journal import Journal
from scanner_app.losses import lost_before
from sync import outbox, wire
from sync.outbox import Held
from sync.wire import Batch

RESCUED = "rescued"
"""The journal's note of what the server keeps aside: epoch -> the last event."""
EVENTS_MAX = wire.BATCH_EVENTS_MAX


def next_batch(
    journal: Journal, events_max: int, bytes_max: int, pending: int, behind: dict[int, int] | None = None
) -> Batch | None:
    """The oldest events that are not confirmed, and by ``behind`` not further back than that in an epoch."""
    oldest = _oldest(journal, behind or {})
    if oldest is None:
        return None
    epoch, first = oldest
    before = journal.link_before(epoch, first)
    bodies = journal.bodies(epoch, first, events_max)
    if before is None or not bodies:
        return None
    bodies = bodies[: wire.fits(bodies, events_max, bytes_max)]
    lost, proof = lost_before(journal, epoch, first)
    return wire.batch_of(
        epoch=epoch,
        first=first,
        prev_chain=before,
        bodies=bodies,
        orphan=epoch < journal.epoch,
        pending=max(0, pending - len(bodies)),
        lost=lost,
        proof=proof,
    )


def _oldest(journal: Journal, behind: dict[int, int]) -> tuple[int, int] | None:
    if not behind:
        return journal.oldest_unsent()
    newest = journal.epochs()
    for epoch, acked in sorted(journal.acked().items()):
        first = max(acked, behind.get(epoch, 0)) + 1
        if first <= newest.get(epoch, 0):
            return epoch, first
    return None


def next_rescue(journal: Journal, events_max: int, bytes_max: int, pending: int) -> Batch | None:
    """The oldest events that are neither confirmed nor kept aside."""
    return next_batch(journal, events_max, bytes_max, pending, _rescued(journal) or {0: 0})


def note_rescued(journal: Journal, held: Held) -> None:
    """The server keeps them aside."""
    marks = _rescued(journal) | {held.epoch: held.through}
    journal.put_meta(RESCUED, msgspec.json.encode(marks).decode())


def forget_rescued(journal: Journal) -> None:
    """The server takes uploads again: what it confirms counts, and nothing else."""
    if journal.meta(RESCUED):
        journal.put_meta(RESCUED, "")


def _rescued(journal: Journal) -> dict[int, int]:
    text = journal.meta(RESCUED)
    return msgspec.json.decode(text, type=dict[int, int]) if text else {}


def batches(journal: Journal) -> list[Batch]:
    """Everything that is not confirmed, in the order in which it would be sent."""
    found: list[Batch] = []
    behind: dict[int, int] = {0: 0}
    pending = journal.pending()
    while (batch := next_batch(journal, EVENTS_MAX, wire.BATCH_BYTES_MAX, pending, behind)) is not None:
        found.append(batch)
        behind[batch.epoch] = batch.last
        pending -= len(batch.events)
    return found


def sealed(
    journal: Journal, token: str, now_ms: int, signed: Callable[[Batch], Batch] = lambda batch: batch
) -> tuple[bytes, int]:
    """The file of everything that is not confirmed, signed with the device's token; and how many events are in it.

    ``signed`` puts the signature of the device's key on each batch, where it has one.
    """
    found = [signed(batch) for batch in batches(journal)]
    data = outbox.seal(journal.device, found, now_ms, outbox.secret_of(token))
    return data, sum(len(batch.events) for batch in found)
