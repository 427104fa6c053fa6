"""Known ways to get it wrong, put into the product on purpose: the simulation must find each of them, quickly."""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest.mock import patch

import msgspec

from scanner_app import feeding
from scanner_app.cache import Cache
from scanner_app.journal import Journal
from server import ingest, ledger, losses, projection, replica, units
from server.judge import Judged, judge
from server.replica import Feed
from server.storage import Writer
from sync.wire import WireError
from tests.simulation import bugs_copies, bugs_downward, bugs_papers
from tests.simulation.centre import Centre
from tests.simulation.faulty import Bug
from tracking import clock
from tracking.events import Event
from tracking.units import Folded, fold


def _no_gap_check() -> AbstractContextManager[object]:
    """Whatever comes is appended, also where something before it is missing."""

    def judged(*args: Any, **named: Any) -> Judged:
        real = judge(*args, **named)
        return Judged("append") if real.answer == "gap" else real

    return patch.object(ingest, "judge", judged)


@contextlib.contextmanager
def _insert_or_replace() -> Iterator[None]:
    """What has the same number is taken for the same event, and overwritten."""

    def append(
        tx: Writer,
        device: str,
        epoch: int,
        first: int,
        bodies: Sequence[bytes],
        links: Sequence[bytes],
        ms: int,
    ) -> None:
        for trigger in ("ledger_keeps", "ledger_stands"):
            tx.run(f"DROP TRIGGER IF EXISTS {trigger}")
        rows = [
            (device, epoch, first + n, *pair, ms) for n, pair in enumerate(zip(bodies, links, strict=True))
        ]
        tx.run_many(
            "INSERT OR REPLACE INTO ledger (device, epoch, seq, body, chain, received_ms) VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )

    def judged(*args: Any, **named: Any) -> Judged:
        real = judge(*args, **named)
        return Judged("append") if real.answer in {"duplicate", "fork"} else real

    with patch.object(ledger, "append", append), patch.object(ingest, "judge", judged):
        yield


def _no_rewind() -> AbstractContextManager[object]:
    """What was confirmed once is confirmed for ever, whatever became of the server."""
    real = Journal.acknowledge

    def acknowledge(self: Journal, epoch: int, hwm: int, receipt: bytes = b"") -> None:
        real(self, epoch, max(hwm, self.acked().get(epoch, 0)), receipt)

    return patch.object(Journal, "acknowledge", acknowledge)


@contextlib.contextmanager
def _ack_before_commit() -> Iterator[None]:
    """The answer goes out while the last batches are still on their way to the disk."""
    ask, stop, asked = Centre.ask, Centre.stop, 0

    def asking(self: Centre, method: str, *args: Any) -> Any:
        nonlocal asked
        if method == "POST" and asked % 5 == 0:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(self.database, self.database.with_name("durable.db"))
        asked += method == "POST"
        return ask(self, method, *args)

    def stopping(self: Centre) -> None:
        stop(self)
        durable = self.database.with_name("durable.db")
        if durable.exists():
            shutil.copyfile(durable, self.database)

    with patch.object(Centre, "ask", asking), patch.object(Centre, "stop", stopping):
        yield


def _prune_too_early() -> AbstractContextManager[object]:
    """What the server has is deleted at once, though no backup holds it yet."""
    real = Journal.acknowledge

    def acknowledge(self: Journal, epoch: int, hwm: int, receipt: bytes = b"") -> None:
        real(self, epoch, hwm, receipt)
        self.connection.execute("DELETE FROM event WHERE epoch = ? AND seq < ?", (epoch, hwm))

    return patch.object(Journal, "acknowledge", acknowledge)


@contextlib.contextmanager
def _cursor_out_of_commit_order() -> Iterator[None]:
    """Numbers of the feed are drawn before the commit, so that a later one may be seen before an earlier one."""
    real, hole = Feed.flush, [0, 0]

    def flush(self: Feed) -> None:
        count, head = len(self._changes), replica.head(self._tx)
        if not count:
            return
        if hole[1] - hole[0] < count or hole[1] > head:
            hole[:] = [head, head + 40]
            self._tx.run("UPDATE meta SET value = ? WHERE name = 'feed_seq'", str(head + 40))
            real(self)
            return
        self._tx.run("UPDATE meta SET value = ? WHERE name = 'feed_seq'", str(hole[0]))
        real(self)
        self._tx.run("UPDATE meta SET value = ? WHERE name = 'feed_seq'", str(head))
        hole[0] = hole[1]

    with patch.object(Feed, "flush", flush):
        yield


def _overlay_dropped_early() -> AbstractContextManager[object]:
    """What the server has confirmed is no longer shown from the own journal, though the feed does not show it yet."""

    def match(journal: Journal, cache: Cache) -> bool:
        return journal.match_overlay(journal.acked())

    return patch.object(feeding, "match_overlay", match)


def _timestamp_as_winner() -> AbstractContextManager[object]:
    """Events are sorted by what the handhelds' clocks say."""

    def by_wall_clock(item: str, serial: str, events: Sequence[Event]) -> Folded:
        def stamped(event: Event) -> Event:
            wall_ms = round(datetime.fromisoformat(event.at).timestamp() * 1000)
            return msgspec.structs.replace(event, hlc=clock.pack(max(0, wall_ms)))

        return fold(item, serial, [stamped(event) for event in events])

    return patch.object(units, "fold", by_wall_clock)


def _clock_ahead_is_believed() -> AbstractContextManager[object]:
    """An event counts from the time that it gives, though it was received before that."""
    return patch.object(ledger, "as_received", lambda event, _: event)


def _duplicate_is_an_error() -> AbstractContextManager[object]:
    """What the server has already is refused."""

    def judged(*args: Any, **named: Any) -> Judged:
        real = judge(*args, **named)
        if real.answer == "duplicate":
            raise WireError("known already")
        return real

    return patch.object(ingest, "judge", judged)


def _orphans_forgotten() -> AbstractContextManager[object]:
    """Once a new epoch has begun, what was not sent of the old one is not looked at any more."""
    real = Journal.oldest_unsent

    def oldest(self: Journal, before: float = math.inf) -> tuple[int, int] | None:
        found = real(self, before)
        return found if found is None or found[0] == self.epoch else None

    return patch.object(Journal, "oldest_unsent", oldest)


def _folder_skips_a_unit() -> AbstractContextManager[object]:
    """The folder goes on behind a batch of which it did not fold everything."""
    real = projection.store

    def store(tx: Writer, feed: Feed, plan: projection.Plan) -> None:
        real(tx, feed, plan._replace(units=plan.units[:-1]) if len(plan.units) > 2 else plan)

    return patch.object(projection, "store", store)


def _loss_not_named() -> AbstractContextManager[object]:
    """What an old backup lost is bridged, and nobody is told."""
    return patch.object(losses, "holes", lambda *_: [])


def _pruned_before_the_backup() -> AbstractContextManager[object]:
    """What was confirmed is taken for backed up."""
    real = Journal.acknowledge

    def acknowledge(self: Journal, epoch: int, hwm: int, receipt: bytes = b"") -> None:
        real(self, epoch, hwm, receipt)
        self.note_backed_up({epoch: hwm})

    def noted(self: Journal, marks: dict[int, int]) -> None:
        real_noted(self, {epoch: max(seq, self.acked().get(epoch, 0)) for epoch, seq in marks.items()})

    real_noted = Journal.note_backed_up
    return patch.multiple(Journal, acknowledge=acknowledge, note_backed_up=noted)


BUGS: Mapping[str, Bug] = {
    "no gap check": _no_gap_check,
    "INSERT OR REPLACE": _insert_or_replace,
    "no rewind after a restore": _no_rewind,
    "answer before the commit": _ack_before_commit,
    "pruned too early": _prune_too_early,
    "cursor out of commit order": _cursor_out_of_commit_order,
    "overlay dropped early": _overlay_dropped_early,
    "timestamp as winner": _timestamp_as_winner,
    "a clock ahead is believed": _clock_ahead_is_believed,
    "a duplicate is an error": _duplicate_is_an_error,
    "orphans forgotten": _orphans_forgotten,
    "the folder skips a unit": _folder_skips_a_unit,
    "a loss is not named": _loss_not_named,
    "pruned before the backup": _pruned_before_the_backup,
    **bugs_downward.BUGS,
    **bugs_papers.BUGS,
    **bugs_copies.BUGS,
}
"""Name -> what puts it into the product for as long as it is open."""
