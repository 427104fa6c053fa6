"""One shift over a logged file system: the real session, journal, cache, sync port and server, without a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from scanner_app.cache import Cache
from scanner_app.clockwork import ReplayClock
from scanner_app.handheld import CACHE_FILE, JOURNAL_FILE
from scanner_app.inputs import Command, Input
from scanner_app.journal import Journal
from scanner_app.session import Session, SessionSettings
from scanner_app.session_thread import SessionThread
from scanner_app.sync_port import DAY_MS, SessionPort
from server import devices, feed, ingest, projection, site_import
from server.storage_sqlite import SqliteStorage
from sync.wire import FeedPage, Stored
from tests.durability.goods import SETTLED_MS, shift, site_file
from tests.durability.write_log import ApswConnection, Op, WriteLog
from tracking.events import Event

DEVICE = "D-1"
SETTINGS = SessionSettings(app="test")
PAGE_ROWS = 9
"""So few that a download has several pages."""

Result = TypeVar("Result")


class Commit(NamedTuple):
    """A transaction of the journal that was told to be durable."""

    ops: int
    """Operations that had come through by then."""
    seq: int
    session: bytes


class Answered(NamedTuple):
    """An input whose answer a person has seen."""

    ops: int
    seq: int
    """The newest event that the answer speaks of."""


class Recorded(NamedTuple):
    """Everything that a power cut is judged by."""

    ops: list[Op]
    commits: list[Commit]
    answers: list[Answered]
    bodies: list[bytes]


class _Inline:
    """Runs the sync port's jobs at once, in the only thread there is."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, job: Callable[[Session], Result]) -> Result:
        """Now."""
        return job(self._session)

    def submit_refresh(self) -> None:
        """No screen here."""


class Shift:
    """Plays the inputs of :func:`tests.durability.goods.shift`."""

    def __init__(self, folder: Path, log: WriteLog, rewrite: Callable[[str], str] = str) -> None:
        self.log = log
        self.commits: list[Commit] = []
        self.answers: list[Answered] = []
        self.clock = ReplayClock(SETTLED_MS)
        self.journal = Journal(
            folder / JOURNAL_FILE,
            device=DEVICE,
            connect=lambda path: cast(
                Any, ApswConnection(path, log.vfs_name, rewrite=rewrite, committed=self._committed)
            ),
        )
        self.cache = Cache(
            folder / CACHE_FILE, connect=lambda path: cast(Any, ApswConnection(path, log.vfs_name))
        )
        self.session = Session(self.journal, self.cache, self.clock, SETTINGS)
        self._committed()
        self.port = SessionPort(cast(SessionThread, _Inline(self.session)), site="HAM", keep_ms=90 * DAY_MS)
        self._server = SqliteStorage(folder / "server.db")
        site_import.import_site(self._server, "HAM", json.dumps(site_file()).encode(), SETTLED_MS)
        with self._server.write() as tx:
            devices.add(tx, DEVICE, "Dock 1", "HAM", "none", SETTLED_MS)
        self.fetch()

    def _committed(self) -> None:
        if not hasattr(self, "session"):
            return  # the files are being made
        seq = self.journal.connection.execute("SELECT max(seq) FROM event").fetchone()[0] or 0
        self.commits.append(Commit(len(self.log.ops), seq, self.journal.session()))

    def play(self) -> Recorded:
        """All of it, to a tidy end."""
        for given in shift():
            self.clock.advance(3000 if isinstance(given, Command) else 40)
            match given:
                case "send":
                    self._send()
                case "fetch":
                    self.fetch()
                case "idle":
                    self.journal.checkpoint()
                case str():
                    raise AssertionError(given)
                case _:
                    self._handle(given)
        bodies = [body for _, _, body, _ in self.journal.rows()]
        return Recorded(list(self.log.ops), self.commits, self.answers, bodies)

    def close(self) -> None:
        """Tidily."""
        self._server.close()
        self.journal.close()
        self.cache.close()

    def _handle(self, given: Input) -> None:
        self.session.handle(given)
        self.answers.append(Answered(len(self.log.ops), self.journal.seq))

    def _send(self) -> None:
        while batch := self.port.next_batch(5):
            reply = ingest.take(self._server, DEVICE, batch, self.clock.wall_ms())
            assert isinstance(reply, Stored)
            assert self.port.stored(reply, batch.last) == ""
        while projection.fold_next(self._server):
            pass

    def fetch(self, look: Callable[[], None] = lambda: None) -> None:
        """All pages that there are; ``look`` is called after each."""
        more = True
        while more:
            since, generation, began = self.port.cursor()
            page: FeedPage = feed.page(
                self._server, "HAM", since, PAGE_ROWS, generation, DEVICE, self.clock.wall_ms(), began
            )
            page = msgspec.json.decode(msgspec.json.encode(page), type=FeedPage)
            self.port.page(page)
            look()
            more = page.more


def expected(events: list[Event]) -> dict[str, list[Event]]:
    """Serial number -> its events, for a fold that owes nothing to journal, overlay or cache."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.serial and event.step != "sighting":
            found.setdefault(event.serial, []).append(event)
    return found
