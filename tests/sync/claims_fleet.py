"""Handhelds and a server in one process: what a sync does, done when a test says so, with real files on both sides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from scanner_app.clockwork import ReplayClock, start_of, zone
from scanner_app.feeding import take_page
from scanner_app.handheld import Handheld
from scanner_app.handing.mine import reported
from scanner_app.inputs import PageArrived
from scanner_app.outbox import next_batch
from scanner_app.presenter import Presenter
from scanner_app.server_marks import stored
from server import access, devices, feed, ingest, projection, replica, site_import, tasks
from server.storage_sqlite import SqliteStorage
from sync.wire import FEED_ROWS_MAX, Stored
from tests.scanner_app.floor import SETTINGS, Floor
from tests.scenarios.story import FOLDER
from tracking.documents import Tally
from tracking.site import load

BATCH_EVENTS, BATCH_BYTES = 1000, 256 * 1024


class Claimant(Floor):
    """A handheld whose cache comes from the server alone."""

    def __init__(self, folder: Path, device: str, today: str) -> None:
        self.folder, self.device = folder, device
        self.clock = ReplayClock(start_of(today, zone("UTC")))
        self._open()

    def _open(self) -> None:
        self.handheld = Handheld(self.folder, self.clock, SETTINGS, device=self.device)
        self.presenter = Presenter(self.session)


class Office:
    """The server's database, and the handhelds that are enrolled there."""

    def __init__(self, folder: Path, site_named: str, names: tuple[str, ...], **changes: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.storage = SqliteStorage(folder / "server.db")
        written = json.loads((FOLDER / "sites" / f"{site_named}.json").read_text("utf-8")) | changes
        self.site = load(json.dumps(written).encode(), site_named)
        today = self.site.today or "2026-11-23"
        self.floors = [Claimant(folder / name, f"D-{name}", today) for name in names]
        site_import.import_site(self.storage, self.site.site, json.dumps(written).encode(), self.now_ms())
        with self.storage.write() as tx:
            for floor in self.floors:
                token = access.token_hash(floor.device)
                devices.add(tx, floor.device, floor.device, self.site.site, token, self.now_ms())
        for floor in self.floors:
            self.sync(floor)

    def now_ms(self) -> int:
        """The server's clock: no handheld is ahead of it."""
        return max(floor.clock.wall_ms() for floor in self.floors)

    def sync(self, floor: Claimant) -> None:
        """Events up, tasks up, and everything that is new down."""
        session = floor.session
        while (batch := next_batch(session.journal, BATCH_EVENTS, BATCH_BYTES, session.pending)) is not None:
            reply = ingest.take(self.storage, floor.device, batch, self.now_ms())
            assert isinstance(reply, Stored), reply
            assert not stored(session, reply, batch.last)
        with self.storage.write() as tx:
            known = devices.by_id(tx, floor.device)
            assert known is not None
            tasks.take(tx, known, reported(session), self.now_ms())
        while projection.fold_next(self.storage):
            pass
        more = True
        while more:
            meta = session.cache.meta
            page = feed.page(
                self.storage, self.site.site, int(meta("cursor") or 0), FEED_ROWS_MAX, meta("generation"),
                floor.device, self.now_ms(), int(meta("began") or 0),
            )  # fmt: skip
            take_page(session, PageArrived(page=page))
            more = page.more
        session.knows.forget_scan()

    def settle(self) -> None:
        """All of them, until each has heard of what the others did."""
        for _ in range(2):
            for floor in self.floors:
                self.sync(floor)

    def tally(self, paper: str) -> Tally:
        """The server's own count of a paper."""
        with self.storage.read() as reader:
            body = replica.get(reader, "tally", paper, self.site.site)
        return msgspec.json.decode(body, type=Tally) if body else Tally()

    def contradictions(self) -> int:
        """How many exceptions the server has."""
        with self.storage.read() as reader:
            row = reader.row("SELECT count(*) FROM exception")
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Everything."""
        for floor in self.floors:
            floor.close()
        self.storage.close()
