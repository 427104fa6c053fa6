"""The sync agent's door into the session: every call is a job in the session's thread."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from scanner_app import outbox
from scanner_app.cache_feed import replace
from scanner_app.feeding import FORKED, note_fork, take_page
from scanner_app.handing.mine import reported
from scanner_app.inputs import LinkChanged, PageArrived
from scanner_app.journal import Journal
from scanner_app.losses import took_loss
from scanner_app.session import Session
from scanner_app.session_thread import Closed, SessionThread
from scanner_app.snapshot_install import NotASnapshot, install
from sync import wire
from sync.outbox import Held
from sync.port import Cursor
from sync.wire import Batch, FeedPage, HighWater, Refused, Snapshot, Stored
from sync.work_wire import Block, OpenTasks, WantedBlock
from tracking.numbering.errors import NumberingError
from tracking.phrases import Said, phrase

DAY_MS = 24 * 3600 * 1000


class SessionPort:
    """Implements :class:`sync.agent.Port`."""

    def __init__(
        self,
        thread: SessionThread,
        *,
        site: str,
        batch_bytes_max: int = wire.BATCH_BYTES_MAX,
        keep_ms: int,
    ) -> None:
        """``keep_ms``: an event stays so long at least, whatever backups hold."""
        self._thread, self._site, self._batch_bytes_max = thread, site, batch_bytes_max
        self._keep_ms = keep_ms
        self._device = thread.run(lambda session: session.journal.device)
        self._downloads = thread.run(lambda session: session.cache.path.parent)

    def device(self) -> str:
        """Identity of this handheld."""
        return self._device

    def site(self) -> str:
        """The site whose feed it follows."""
        return self._site

    def next_batch(self, events_max: int) -> Batch | None:
        """The oldest events that the server has not confirmed."""
        return self._thread.run(lambda session: _next_batch(session, events_max, self._batch_bytes_max))

    def next_rescue(self, events_max: int) -> Batch | None:
        """The oldest events that the server neither confirmed nor took aside."""
        return self._thread.run(lambda session: _next_rescue(session, events_max, self._batch_bytes_max))

    def rescued(self, held: Held) -> None:
        """The server keeps them aside."""
        self._thread.run(lambda session: outbox.note_rescued(session.journal, held))

    def greeted(self, high: HighWater) -> Said:
        """Where the server stands with this device."""
        said = self._thread.run(lambda session: _greeted(session, high))
        self._prune(high.server_ms)
        return said

    def _prune(self, server_ms: int) -> None:
        """Old events that a backup has go, a part at a time."""
        while self._thread.run(lambda session: _pruned(session.journal, server_ms - self._keep_ms)):
            pass

    def stored(self, reply: Stored) -> Said:
        """The server's word for what it holds."""
        said = self._thread.run(lambda session: _stored(session, reply))
        self._prune(reply.server_ms)
        return said

    def refused(self, reply: Refused) -> Said:
        """The batch does not follow on what the server has."""
        return self._thread.run(lambda session: refused(session, reply))

    def tasks(self) -> OpenTasks:
        """The tasks in progress here."""
        return self._thread.run(reported)

    def wanted_blocks(self) -> tuple[WantedBlock, ...]:
        """Numbers that run low here."""
        return self._thread.run(lambda session: session.knows.numbers.wanted(session.knows.item))

    def lent(self, block: Block) -> None:
        """Keeps what the server lent; a block that makes no sense is let go."""
        with suppress(NumberingError):
            self._thread.run(lambda session: session.knows.numbers.take(block))

    def cursor(self) -> Cursor:
        """Where the feed stands."""

        def ask(session: Session) -> Cursor:
            meta = session.cache.meta
            return Cursor(int(meta("cursor") or 0), meta("generation"), int(meta("began") or 0))

        return self._thread.run(ask)

    def page(self, page: FeedPage) -> None:
        """A page of the feed, applied in the session's thread."""
        if self._thread.run(lambda session: take_page(session, PageArrived(page=page))):
            self._thread.submit_refresh()

    def resnapshot(self) -> None:
        """Downloads everything again; what is known stays until it comes."""
        self._thread.run(lambda session: replace(session.cache))

    def downloads(self) -> Path:
        """Where a snapshot may lie while it comes: beside the cache, so that it only has to be renamed."""
        return self._downloads

    def install(self, file: Path, snapshot: Snapshot) -> bool:
        """A snapshot in the cache's place; False where it is none for this program."""
        try:
            self._thread.run(lambda session: install(session, file, snapshot))
        except NotASnapshot:
            return False
        self._thread.submit_refresh()
        return True

    def link(self, online: bool, trouble: Said) -> None:
        """The state line of the screen."""
        try:
            self._thread.submit(LinkChanged(online=online, trouble=trouble))
        except Closed:
            return


def _pruned(journal: Journal, before_ms: int) -> int:
    """Events let go of; none where the server has others under their names: what its backups hold is not ours."""
    return 0 if journal.meta(FORKED) else journal.prune(before_ms)


def _next_batch(session: Session, events_max: int, bytes_max: int) -> Batch | None:
    return outbox.next_batch(session.journal, events_max, bytes_max, session.pending)


def _next_rescue(session: Session, events_max: int, bytes_max: int) -> Batch | None:
    return outbox.next_rescue(session.journal, events_max, bytes_max, session.pending)


EPOCH_MAX = 1_000_000
"""No handheld begins so many; a server that speaks of more makes no sense."""


def _greeted(session: Session, high: HighWater) -> Said:
    journal = session.journal
    session.stamper.heard_server(high.server_ms)
    if high.epoch > EPOCH_MAX:
        return _NONSENSE
    journal.note_backed_up(dict(high.backed_up))
    outbox.forget_rescued(journal)
    held = dict(high.epochs)
    if high.epoch:
        held[high.epoch] = high.hwm
    for epoch, acked in journal.acked().items():
        # What a restored server lost of an earlier epoch is sent again. Forwards goes only by a receipt: the events
        # that the server has under these numbers may be those of a copy of this handheld.
        if (
            epoch < journal.epoch
            and held.get(epoch, 0) < acked
            and not took_loss(journal, epoch, held.get(epoch, 0))
        ):
            journal.acknowledge(epoch, held.get(epoch, 0))
    if high.epoch > journal.epoch:
        journal.begin_epoch(high.epoch + 1)
    elif held.get(journal.epoch, 0) > journal.seq:
        # The server has events that this journal lost: going on would fork the chain, so a new epoch begins.
        journal.begin_epoch(journal.epoch + 1)
    elif high.epoch == journal.epoch:
        return _mark(session, high.epoch, high.hwm, high.chain, b"")
    elif not took_loss(journal, journal.epoch, 0):
        journal.acknowledge(journal.epoch, 0)
    session.pending = journal.pending()
    return ""


def _stored(session: Session, reply: Stored) -> Said:
    session.stamper.heard_server(reply.server_ms)
    receipt = msgspec.json.encode(reply.receipt) if reply.receipt is not None else b""
    said = _mark(session, reply.epoch, reply.hwm, reply.chain, receipt)
    if not said:
        session.journal.note_backed_up({reply.epoch: reply.backed_up_through})
    return said


def _mark(session: Session, epoch: int, hwm: int, chain: str, receipt: bytes) -> Said:
    """Moves the outbox to the server's mark, forwards or back, if its chain there is ours."""
    journal = session.journal
    if took_loss(journal, epoch, hwm):
        session.pending = journal.pending()
        return ""
    if hwm:
        ours = journal.link_before(epoch, hwm + 1)
        if ours is None or ours.hex() != chain:
            note_fork(session, epoch)
            return _kept(journal, epoch) or phrase("link_other_events", epoch=str(epoch), seq=str(hwm))
    journal.acknowledge(epoch, hwm, receipt)
    session.pending = journal.pending()
    if journal.meta(FORKED) == str(epoch):
        note_fork(session, 0)
    return ""


def refused(session: Session, reply: Refused) -> Said:
    """``gap``, ``fork`` or ``fenced``: what there is to say about it; nothing where sending goes on."""
    journal = session.journal
    session.stamper.heard_server(reply.server_ms)
    if reply.error == "gap":
        return _mark(session, reply.epoch, reply.hwm, reply.chain, b"")
    if reply.error == "fenced":
        if not journal.epoch < reply.epoch <= EPOCH_MAX:
            return _NONSENSE
        journal.begin_epoch(reply.epoch + 1)
        session.pending = journal.pending()
        return ""
    note_fork(session, reply.epoch)
    return _kept(journal, reply.epoch) or phrase("link_fork")


def _kept(journal: Journal, epoch: int) -> Said:
    """Of which events on a forked journal still holds them, where a backup of the server had the earlier ones."""
    anchor = journal.anchor(epoch)
    return phrase("link_fork_from", seq=str(anchor.seq + 1)) if anchor is not None else ""


_NONSENSE = phrase("link_nonsense")
