"""Where a journal begins once old events were let go of: the chain goes on from an anchor, and can still be verified.

An event goes only when a verified backup of the server holds it and a receipt says so much, when it is old, when the
cache shows it, and never the newest of an epoch.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import NamedTuple

from tracking.clock import unix_ms
from tracking.events import Event

GONE_BYTES = 8
"""Of a link that are kept: enough to tell two events apart, thirty times less than the event."""
PRUNED_MAX = 5000
"""Events that are let go of in one transaction: a scan that comes meanwhile does not notice."""


class Anchor(NamedTuple):
    """What is left of the events up to ``seq`` of an epoch."""

    seq: int
    link: bytes
    """The chain after event ``seq``."""


class Anchors:
    """The part of the journal that knows what is gone. :class:`scanner_app.journal.Journal` is one."""

    connection: sqlite3.Connection

    def _transaction(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def event(self, epoch: int, seq: int) -> Event | None:
        """One own event by its identity."""
        raise NotImplementedError

    def anchors(self) -> dict[int, Anchor]:
        """Epoch -> where what is held of it begins; no entry where that is event 1."""
        rows = self.connection.execute("SELECT epoch, seq, link FROM anchor")
        return {epoch: Anchor(seq, bytes(link)) for epoch, seq, link in rows}

    def anchor(self, epoch: int) -> Anchor | None:
        """The anchor of one epoch."""
        row = self.connection.execute("SELECT seq, link FROM anchor WHERE epoch = ?", (epoch,)).fetchone()
        return Anchor(row[0], bytes(row[1])) if row else None

    def link_before(self, epoch: int, seq: int) -> bytes | None:
        """The chain before an event; None where the event before it is no longer held."""
        raise NotImplementedError

    def same_at(self, epoch: int, seq: int, link: str) -> bool | None:
        """Whether this, hex, is the own chain after an event, also one that was let go of; None where nobody knows."""
        ours = self.link_before(epoch, seq + 1) or self._gone_link(epoch, seq)
        return None if ours is None else bool(link) and link.startswith(ours.hex())

    def _gone_link(self, epoch: int, seq: int) -> bytes | None:
        row = self.connection.execute(
            "SELECT substr(links, length(links) - (last - ?2 + 1) * ?3 + 1, ?3), last - ?2 + 1, length(links) / ?3 "
            "FROM gone WHERE epoch = ?1 AND last >= ?2 ORDER BY last LIMIT 1",
            (epoch, seq, GONE_BYTES),
        ).fetchone()
        return bytes(row[0]) if row is not None and row[1] <= row[2] else None

    def known_from(self, epoch: int) -> int:
        """The first event of an epoch whose link is still known."""
        begin = self.anchor(epoch)
        if begin is None:
            return 1
        rows = self.connection.execute(
            "SELECT last - length(links) / ? + 1, last FROM gone WHERE epoch = ? ORDER BY last DESC",
            (GONE_BYTES, epoch),
        )
        known = begin.seq
        for first, last in rows:
            if last not in {known, known - 1}:
                break
            known = first
        return int(known)

    def gone_links(self, epoch: int) -> tuple[int, bytes]:
        """What is known of those let go of right before the anchor: the first of them, and each link's beginning."""
        begin = self.anchor(epoch)
        last_due = begin.seq if begin is not None else 0
        parts: list[bytes] = []
        sql = "SELECT last, links FROM gone WHERE epoch = ? ORDER BY last DESC"
        for last, links in self.connection.execute(sql, (epoch,)):
            if last != last_due:
                break
            parts.append(bytes(links))
            last_due -= len(links) // GONE_BYTES
        return last_due + 1, b"".join(reversed(parts))

    def note_backed_up(self, marks: dict[int, int]) -> None:
        """The server's word of what its last verified backup holds, by epoch. After a restore it may be less."""
        changed = [(seq, epoch, seq) for epoch, seq in marks.items()]
        sql = "SELECT count(*) FROM epoch WHERE epoch = ? AND backed_up <> ?"
        if any(self.connection.execute(sql, (epoch, seq)).fetchone()[0] for seq, epoch, _ in changed):
            with self._transaction():
                sql = "UPDATE epoch SET backed_up = ? WHERE epoch = ? AND backed_up <> ?"
                self.connection.executemany(sql, changed)

    def backed_up(self) -> dict[int, int]:
        """Epoch -> what the server's last verified backup holds of it, by its word; 0 for nothing."""
        return dict(self.connection.execute("SELECT epoch, backed_up FROM epoch"))

    def prune(self, before_ms: int) -> int:
        """Lets go of events from before a moment that a backup holds; how many those were."""
        gone = 0
        rows = self.connection.execute("SELECT epoch, backed_up FROM epoch WHERE backed_up > 0").fetchall()
        for epoch, backed_up in rows:
            begin = self.anchor(epoch)
            first = begin.seq + 1 if begin else 1
            if self._older(epoch, first, first, before_ms) < first:
                continue
            last = min(backed_up, self._through(epoch), first + PRUNED_MAX - 1)
            seq = self._older(epoch, first, last, before_ms)
            if seq >= first:
                self._cut(epoch, seq)
                gone += seq - first + 1
        return gone

    def _through(self, epoch: int) -> int:
        """Up to where the server confirmed it and gave a receipt, and the cache shows it; never the newest."""
        sql = """SELECT min(acked, (SELECT coalesce(max(hwm), 0) FROM receipt WHERE epoch = ?1),
        (SELECT coalesce(max(seq), 1) - 1 FROM event WHERE epoch = ?1),
        coalesce((SELECT min(seq) - 1 FROM overlay WHERE epoch = ?1), acked)) FROM epoch WHERE epoch = ?1"""
        return int(self.connection.execute(sql, (epoch,)).fetchone()[0])

    def _older(self, epoch: int, first: int, last: int, before_ms: int) -> int:
        """The last of these events that is from before a moment; ``first - 1`` for none. Their times only grow."""
        low, high = first - 1, last
        while low < high:
            middle = (low + high + 1) // 2
            event = self.event(epoch, middle)
            if event is not None and unix_ms(event.hlc) < before_ms:
                low = middle
            else:
                high = middle - 1
        return low

    def _cut(self, epoch: int, seq: int) -> None:
        with self._transaction():
            run = self.connection.execute
            (link,) = run("SELECT hash FROM event WHERE epoch = ? AND seq = ?", (epoch, seq)).fetchone()
            run(
                "INSERT INTO anchor VALUES (?, ?, ?) ON CONFLICT (epoch) DO UPDATE SET seq = excluded.seq,"
                " link = excluded.link",
                (epoch, seq, link),
            )
            links = run(
                "SELECT substr(hash, 1, ?) FROM event WHERE epoch = ? AND seq <= ? ORDER BY seq",
                (GONE_BYTES, epoch, seq),
            )
            run("INSERT INTO gone VALUES (?, ?, ?)", (epoch, seq, b"".join(bytes(row[0]) for row in links)))
            for table in ("event", "covered"):
                run(f"DELETE FROM {table} WHERE epoch = ? AND seq <= ?", (epoch, seq))  # noqa: S608 - constants
            run("DELETE FROM receipt WHERE epoch = ? AND hwm < ?", (epoch, seq))
