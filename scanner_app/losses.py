"""Events that neither side holds any more: the server was put back from an older backup than it had spoken of.

A handheld lets go of an event only when the server says that a verified backup has it. Should the server then come back
from a still older one, the events in between are lost. What follows must not wait for them for ever, and nobody may
overlook the loss: the handheld shows by the server's own receipt that it had them, the server takes what follows, and
an exception names the range.
"""

from __future__ import annotations

from scanner_app.forks import forked
from scanner_app.journal import Journal
from sync.wire import Receipt


def took_loss(journal: Journal, epoch: int, hwm: int) -> bool:
    """True where the server's mark is before what is held here; the outbox then begins with the oldest that is."""
    begin = journal.anchor(epoch)
    if begin is None or hwm >= begin.seq:
        return False
    journal.acknowledge(epoch, begin.seq)
    journal.put_meta(_name(epoch), str(hwm))
    return True


def lost_before(journal: Journal, epoch: int, first: int) -> tuple[int, Receipt | None]:
    """How many events right before ``first`` are lost, and the server's word that it had them."""
    begin = journal.anchor(epoch)
    mark = journal.meta(_name(epoch))
    if begin is None or not mark or first != begin.seq + 1 or epoch in forked(journal):
        return 0, None
    receipts = [one for (of, hwm), one in journal.receipts().items() if of == epoch and hwm >= begin.seq]
    return (begin.seq - int(mark), receipts[0]) if receipts and int(mark) < begin.seq else (0, None)


def proof_before(journal: Journal, epoch: int, first: int) -> tuple[int, Receipt | None]:
    """For a file that begins where the journal does: whatever the server lacks before it, nobody else has either.

    How much that is, only the server knows; so all of it, and the server's word that it had it.
    """
    begin = journal.anchor(epoch)
    if begin is None or first != begin.seq + 1 or epoch in forked(journal):
        return 0, None
    receipts = [one for (of, hwm), one in journal.receipts().items() if of == epoch and hwm >= begin.seq]
    return (begin.seq, receipts[0]) if receipts else (0, None)


def _name(epoch: int) -> str:
    return f"lost after {epoch}"
