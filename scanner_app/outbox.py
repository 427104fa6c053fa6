"""What waits to be sent: as the next batch, as what a revoked handheld hands in, and as a file."""

from __future__ import annotations

import msgspec

from scanner_app.forks import first_forked
from scanner_app.journal import Journal
from scanner_app.losses import lost_before, proof_before
from sync import outbox, wire
from sync.credentials import Credentials
from sync.outbox import LINK_BYTES, LINKS_MAX, Gone, Held
from sync.wire import Batch, Receipt

RESCUED = "rescued"
"""The journal's note of what the server keeps aside: epoch -> the last event."""
EVENTS_MAX = wire.BATCH_EVENTS_MAX


def next_batch(
    journal: Journal, events_max: int, bytes_max: int, pending: int, behind: dict[int, int] | None = None
) -> Batch | None:
    """The oldest events that are not confirmed, and by ``behind`` not further back than that in an epoch.

    Of an epoch of which the server has a copy's events, and of what was written after it, none: they wait for a person.
    """
    oldest = _oldest(journal, behind or {})
    if oldest is None:
        return None
    return _batch_at(journal, *oldest, events_max, bytes_max, pending, lost_before(journal, *oldest))


def _batch_at(
    journal: Journal,
    epoch: int,
    first: int,
    events_max: int,
    bytes_max: int,
    pending: int,
    loss: tuple[int, Receipt | None],
) -> Batch | None:
    before = journal.link_before(epoch, first)
    bodies = journal.bodies(epoch, first, events_max)
    if before is None or not bodies:
        return None
    bodies = bodies[: wire.fits(bodies, events_max, bytes_max)]
    lost, proof = loss
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
        return journal.oldest_unsent(first_forked(journal))
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


def batches(journal: Journal, *, everything: bool = False) -> list[Batch]:
    """What a file carries, in the order in which it would be sent.

    All that is not confirmed, and before it what no backup of the server holds yet: so the file is taken also by a
    server that was put back from its last backup meanwhile. ``everything``: all that the journal holds.
    """
    found: list[Batch] = []
    backed_up, newest, pending = journal.backed_up(), journal.epochs(), journal.pending()
    for epoch, acked in sorted(journal.acked().items()):
        begin, last = journal.anchor(epoch), newest.get(epoch, 0)
        gone = begin.seq if begin else 0
        if not everything and acked >= last:
            continue
        # A server that never spoke of a backup cannot be put back from one: it has what it confirmed.
        safe = min(acked, backed_up.get(epoch) or acked)
        first = (gone if everything else max(gone, safe)) + 1
        while first <= last:
            loss = proof_before(journal, epoch, first)
            batch = _batch_at(journal, epoch, first, EVENTS_MAX, wire.BATCH_BYTES_MAX, pending, loss)
            if batch is None:
                break
            pending -= max(0, batch.last - max(acked, batch.first - 1))
            found.append(msgspec.structs.replace(batch, pending=pending))
            first = batch.last + 1
    return found


def sealed(
    journal: Journal, token: str, now_ms: int, credentials: Credentials | None, *, everything: bool = False
) -> tuple[bytes, int]:
    """The file of all that :func:`batches` says, signed; and how many events are in it.

    With the device's key where there is one, each batch and the whole; else with the token.
    """
    found, device = batches(journal, everything=everything), journal.device
    gone = {batch.epoch: _gone(journal, batch.epoch) for batch in found if batch.lost}
    count = sum(len(batch.events) for batch in found)
    if credentials is None or not credentials.signs:
        return outbox.seal(device, found, now_ms, outbox.secret_of(token), gone), count
    signed = [credentials.signed(device, batch) for batch in found]
    return outbox.seal_with_key(device, signed, now_ms, credentials.signature, gone), count


def _gone(journal: Journal, epoch: int) -> Gone:
    """What the server may compare with what it holds before it believes that all of this was lost."""
    first, links = journal.gone_links(epoch)
    newest = links[-LINKS_MAX * LINK_BYTES :]
    return Gone(first=first + (len(links) - len(newest)) // LINK_BYTES, links=newest)
