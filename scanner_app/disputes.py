"""The last event that this handheld and the server have in common, found by asking for one event after the other.

A number says only that the server has an event under it. Put back from an older backup it may have taken those of a
copy of this handheld since, so what was once confirmed is compared again in each of the server's lives: by the chain,
which stands for everything before it. Where it differs, the middle of what is left is asked for, and so on.
"""

from __future__ import annotations

import msgspec

from scanner_app.feeding import DISPUTED, note_fork, show_own
from scanner_app.forks import fork_said
from scanner_app.journal import Journal
from scanner_app.session import Session
from sync.wire import HighWater
from tracking.phrases import Said


class Dispute(msgspec.Struct, frozen=True):
    """Of one epoch."""

    same: int
    """Up to here both have the same, as far as is known."""
    differs: int
    """From here on they do not, or nothing was confirmed."""
    asked: int
    """The event that is asked for next."""
    found: bool = False
    """A difference was seen."""


_DISPUTES = msgspec.json.Decoder(dict[int, Dispute])


def forget(journal: Journal) -> None:
    """Of another life of the server, nothing that was asked before is of use."""
    if journal.meta(DISPUTED):
        journal.put_meta(DISPUTED, "")


def dispute(journal: Journal, epoch: int, seq: int) -> None:
    """Whether the server has the same events up to this one is to be asked; nothing to ask where none is known."""
    lowest = journal.known_from(epoch)
    if seq >= lowest:
        _keep(journal, _open(journal) | {epoch: Dispute(lowest - 1, seq + 1, seq)})


def disputed(journal: Journal) -> tuple[int, int] | None:
    """Epoch and number of the next event to ask for."""
    return next(((epoch, one.asked) for epoch, one in _open(journal).items()), None)


def compared(session: Session, epoch: int, seq: int, answer: HighWater) -> Said:
    """The server's chain at that event. What there is to say of a fork; nothing without one."""
    journal = session.journal
    one = _open(journal).get(epoch)
    if one is not None and one.asked == seq:
        _narrow(session, epoch, one, answer)
    return fork_said(journal)


def _narrow(session: Session, epoch: int, one: Dispute, answer: HighWater) -> None:
    journal, seq = session.journal, one.asked
    told = (answer.epoch, answer.hwm) == (epoch, seq) and bool(answer.chain)
    if told and journal.same_at(epoch, seq, answer.chain):
        one = msgspec.structs.replace(one, same=seq)
    elif told or one.found:
        one = msgspec.structs.replace(one, differs=seq, found=True)
    else:
        # It does not say: an older server, or one that lost them itself.
        one = msgspec.structs.replace(one, same=seq)
    if one.same + 1 < one.differs:
        middle = (one.same + one.differs) // 2
        _keep(journal, _open(journal) | {epoch: msgspec.structs.replace(one, asked=middle)})
        return
    if one.found:
        anchor = journal.anchor(epoch)
        journal.acknowledge(epoch, max(one.same, anchor.seq if anchor is not None else 0))
        session.pending = journal.pending()
    _keep(journal, {name: other for name, other in _open(journal).items() if name != epoch})
    if one.found:
        note_fork(session, epoch)
    show_own(session)


def _open(journal: Journal) -> dict[int, Dispute]:
    text = journal.meta(DISPUTED)
    return _DISPUTES.decode(text) if text else {}


def _keep(journal: Journal, disputes: dict[int, Dispute]) -> None:
    journal.put_meta(DISPUTED, msgspec.json.encode(disputes).decode() if disputes else "")
