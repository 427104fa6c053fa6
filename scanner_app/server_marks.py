"""What the server's word of where it stands with this handheld means for the outbox: forwards, back, or a stop."""

from __future__ import annotations

import msgspec

from scanner_app import outbox
from scanner_app.disputes import dispute, forget
from scanner_app.feeding import PROVEN, mend_fork, note_fork, show_own
from scanner_app.forks import fork_said, forked
from scanner_app.journal import Journal
from scanner_app.losses import took_loss
from scanner_app.revoked import note_revoked
from scanner_app.session import Session
from sync.wire import HighWater, Refused, Stored
from tracking.phrases import Said, phrase

EPOCH_MAX = 1_000_000
"""No handheld begins so many; a server that speaks of more makes no sense."""


def greeted(session: Session, high: HighWater) -> Said:
    """A greeting's answer: what the server lacks is sent again; in words where it has what is not of this handheld."""
    journal = session.journal
    session.stamper.heard_server(high.server_ms)
    if high.epoch > EPOCH_MAX:
        return _NONSENSE
    journal.note_backed_up(dict(high.backed_up))
    outbox.forget_rescued(journal)
    note_revoked(journal, False)
    held = dict(high.epochs)
    if high.epoch:
        held[high.epoch] = high.hwm
    if high.epoch > journal.epoch:
        journal.begin_epoch(high.epoch + 1)
    elif held.get(journal.epoch, 0) > journal.seq:
        # The server has events that this journal lost: going on would fork the chain, so a new epoch begins.
        journal.begin_epoch(journal.epoch + 1)
    _bring_back(journal, held)
    life = f"{high.generation}/{journal.epoch}"
    if journal.meta(PROVEN) != life:
        _dispute_earlier(journal, held)
    said = _current(session, high)
    for epoch in forked(journal) - {high.epoch}:
        if held.get(epoch, 0) <= journal.acked().get(epoch, 0):
            mend_fork(session, epoch)  # the server has nothing beyond what both have
    # Last, so that what a pulled battery left half done is begun again.
    if journal.meta(PROVEN) != life:
        journal.put_meta(PROVEN, life)
    session.pending = journal.pending()
    show_own(session)
    return said or fork_said(journal)


def _current(session: Session, high: HighWater) -> Said:
    journal = session.journal
    if high.epoch == journal.epoch:
        return _mark(session, high.epoch, high.hwm, high.chain, b"")
    if not took_loss(journal, journal.epoch, 0):
        journal.acknowledge(journal.epoch, 0)
    return ""


def _bring_back(journal: Journal, held: dict[int, int]) -> None:
    """What a restored server lost of an earlier epoch is sent again. Forwards goes only by a receipt."""
    for epoch, acked in journal.acked().items():
        mark = held.get(epoch, 0)
        if epoch < journal.epoch and mark < acked and not took_loss(journal, epoch, mark):
            journal.acknowledge(epoch, mark)


def _dispute_earlier(journal: Journal, held: dict[int, int]) -> None:
    """In another life of the server, whether it has the same events of the epochs before this one is asked again."""
    forget(journal)
    for epoch, acked in journal.acked().items():
        if epoch < journal.epoch:
            dispute(journal, epoch, min(acked, held.get(epoch, 0)))


def stored(session: Session, reply: Stored, through: int) -> Said:
    """An upload's answer, ``through`` being the last event that was in it."""
    session.stamper.heard_server(reply.server_ms)
    journal = session.journal
    _heard_of(journal, reply.generation)
    if reply.hwm > journal.epochs().get(reply.epoch, 0) >= through:
        # It has these, and of the same epoch more than is held here: of the time that this journal lost, or a copy's.
        journal.acknowledge(reply.epoch, through)
        if reply.epoch == journal.epoch:
            journal.begin_epoch(journal.epoch + 1)
        session.pending = journal.pending()
        show_own(session)
        return ""
    receipt = msgspec.json.encode(reply.receipt) if reply.receipt is not None else b""
    said = _mark(session, reply.epoch, reply.hwm, reply.chain, receipt)
    if not said:
        journal.note_backed_up({reply.epoch: reply.backed_up_through})
    return said


def _heard_of(journal: Journal, generation: str) -> None:
    """What another life of the server confirms says nothing of what a cache of the one before shows."""
    if journal.meta(PROVEN) and not journal.meta(PROVEN).startswith(generation + "/"):
        journal.put_meta(PROVEN, "")


def _mark(session: Session, epoch: int, hwm: int, chain: str, receipt: bytes) -> Said:
    """Moves the outbox to the server's mark, forwards or back, if its chain there is ours."""
    journal = session.journal
    same = journal.same_at(epoch, hwm, chain) if hwm else True
    if same is not False and took_loss(journal, epoch, hwm):
        session.pending = journal.pending()
        return ""
    if not same:
        dispute(journal, epoch, min(hwm, journal.acked().get(epoch, 0)))
        note_fork(session, epoch)
        return fork_said(journal)
    journal.acknowledge(epoch, hwm, receipt)
    session.pending = journal.pending()
    mend_fork(session, epoch)
    return ""


def refused(session: Session, reply: Refused) -> Said:
    """``gap``, ``fork`` or ``fenced``: what there is to say about it; nothing where sending goes on."""
    journal = session.journal
    session.stamper.heard_server(reply.server_ms)
    _heard_of(journal, reply.generation)
    if reply.error == "gap":
        return _mark(session, reply.epoch, reply.hwm, reply.chain, b"")
    if reply.error == "fenced":
        if not journal.epoch < reply.epoch <= EPOCH_MAX:
            return _NONSENSE
        journal.begin_epoch(reply.epoch + 1)
        session.pending = journal.pending()
        return ""
    dispute(journal, reply.epoch, journal.acked().get(reply.epoch, 0))
    note_fork(session, reply.epoch)
    return fork_said(journal)


_NONSENSE = phrase("link_nonsense")
