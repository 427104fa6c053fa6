"""The sync agent's door into the session: every call is a job in the session's thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scanner_app import outbox
from scanner_app.cache_feed import replace
from scanner_app.disputes import compared, disputed
from scanner_app.feeding import is_proven, take_page
from scanner_app.forks import forked
from scanner_app.handing.mine import reported
from scanner_app.inputs import LinkChanged, PageArrived
from scanner_app.journal import Journal
from scanner_app.revoked import told_revoked
from scanner_app.server_marks import greeted, refused, stored
from scanner_app.session import Session
from scanner_app.session_thread import Closed, SessionThread
from scanner_app.snapshot_install import NotASnapshot, install
from sync import wire
from sync.outbox import Held
from sync.port import Cursor
from sync.wire import Batch, FeedPage, HighWater, Refused, Snapshot, Stored
from sync.work_wire import Block, OpenTasks, WantedBlock
from tracking.numbering.errors import NumberingError
from tracking.phrases import Said

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

    def revoked(self) -> None:
        """Kept, and on the screen at once."""
        self._told(told_revoked)

    def next_rescue(self, events_max: int) -> Batch | None:
        """The oldest events that the server neither confirmed nor took aside."""
        return self._thread.run(lambda session: _next_rescue(session, events_max, self._batch_bytes_max))

    def rescued(self, held: Held) -> None:
        """The server keeps them aside."""
        self._thread.run(lambda session: outbox.note_rescued(session.journal, held))

    def _told(self, job: Callable[[Session], Said]) -> Said:
        """The server's word taken in. What it means for a copy is on the screen at once, whatever the network does."""

        def take(session: Session) -> tuple[Said, bool]:
            before = session.trouble
            return job(session), session.trouble != before

        said, news = self._thread.run(take)
        if news:
            self._thread.submit_refresh()
        return said

    def greeted(self, high: HighWater) -> Said:
        """Where the server stands with this device."""
        said = self._told(lambda session: greeted(session, high))
        self._prune(high.server_ms)
        return said

    def _prune(self, server_ms: int) -> None:
        """Old events that a backup has go, a part at a time."""
        while self._thread.run(lambda session: _pruned(session.journal, server_ms - self._keep_ms)):
            pass

    def stored(self, reply: Stored, through: int) -> Said:
        """The server's word for what it holds, ``through`` being the last event that it was sent."""
        said = self._told(lambda session: stored(session, reply, through))
        self._prune(reply.server_ms)
        return said

    def refused(self, reply: Refused) -> Said:
        """The batch does not follow on what the server has."""
        return self._told(lambda session: refused(session, reply))

    def is_forked(self) -> bool:
        """Whether the server has other events of an epoch of this handheld."""
        return self._thread.run(lambda session: bool(forked(session.journal)))

    def disputed(self) -> tuple[int, int] | None:
        """The event of which it is not sure that the server has the same."""
        return self._thread.run(lambda session: disputed(session.journal))

    def compared(self, epoch: int, seq: int, answer: HighWater) -> Said:
        """What the server has there."""
        said = self._told(lambda session: compared(session, epoch, seq, answer))
        self._prune(answer.server_ms)
        return said

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
    """Events let go of; none where it is not sure that the events in the server's backups are these and no copy's."""
    return 0 if forked(journal) or not is_proven(journal) else journal.prune(before_ms)


def _next_batch(session: Session, events_max: int, bytes_max: int) -> Batch | None:
    return outbox.next_batch(session.journal, events_max, bytes_max, session.pending)


def _next_rescue(session: Session, events_max: int, bytes_max: int) -> Batch | None:
    return outbox.next_rescue(session.journal, events_max, bytes_max, session.pending)
