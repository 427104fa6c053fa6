"""The overlay: own effects that the cache does not show yet, so that nothing that turned green flickers back.

An effect is never forgotten when the cache shows it, only set aside: the cache may be lost, go back by a few pages
in a power cut, or be downloaded again. Then what it no longer shows comes back from here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple

from scanner_app.journal_schema import OVERLAY_OF_SQL
from tracking.events import Event, decode_body


class OverlayRow(NamedTuple):
    """An own event that the cache does not show yet."""

    event: Event
    before: bytes


class Overlay:
    """The part of the journal that knows what the cache lacks. :class:`scanner_app.journal.Journal` is one."""

    connection: sqlite3.Connection
    device: str

    def _transaction(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def overlay_of(self, serial: str) -> list[OverlayRow]:
        """Own events of a serial number that the cache does not show yet, oldest first."""
        return [
            OverlayRow(decode_body(body, device=self.device, epoch=epoch, seq=seq), before or b"")
            for epoch, seq, before, body in self.connection.execute(OVERLAY_OF_SQL, (serial,)).fetchall()
        ]

    def overlay_tallies(self) -> tuple[dict[str, dict[int, int]], dict[str, int]]:
        """Document -> line -> credit, and document -> how often closed, by own events that the cache lacks."""
        credited: dict[str, dict[int, int]] = {}
        closed: dict[str, int] = {}
        for document, line, delta, closes in self.connection.execute(
            "SELECT document, line, sum(delta), sum(closes) FROM overlay WHERE document != '' GROUP BY document, line"
        ):
            if delta:
                credited.setdefault(document, {})[line] = delta
            if closes:
                closed[document] = closed.get(document, 0) + closes
        return credited, closed

    def overlay_units_of(self, document: str) -> list[tuple[str, str]]:
        """``(item, serial)`` of own events on a document that the cache lacks."""
        sql = "SELECT DISTINCT item, serial FROM overlay WHERE document = ? AND serial != ''"
        return list(self.connection.execute(sql, (document,)))

    def overlay_units(self) -> list[tuple[str, str]]:
        """``(item, serial)`` of every unit with own events that the cache lacks."""
        return list(self.connection.execute("SELECT DISTINCT item, serial FROM overlay WHERE serial != ''"))

    def relations(self) -> Iterator[Event]:
        """Own events that the cache lacks and that put something into something, or took it out; oldest first."""
        yield from self._decoded(_RELATIONS)

    def covered_quantities(self) -> Iterator[Event]:
        """The same of lots, untracked parts and containers that the cache has heard of: it does not keep the first."""
        yield from self._decoded(_COVERED_QUANTITIES)

    def _decoded(self, sql: str) -> Iterator[Event]:
        for epoch, seq, body in self.connection.execute(sql).fetchall():
            yield decode_body(body, device=self.device, epoch=epoch, seq=seq)

    def later_steps(self, item: str, serial: str, epoch: int, seq: int) -> list[Event]:
        """Own events of a unit that came after one of them, taken back or not, oldest first."""
        sql = " UNION ".join(
            f"SELECT epoch, seq FROM {table} WHERE serial = ?1 AND item = ?2 AND (epoch, seq) > (?3, ?4)"  # noqa: S608
            for table in ("overlay", "covered")
        )
        found = self.connection.execute(f"{sql} ORDER BY epoch, seq", (serial, item, epoch, seq)).fetchall()
        events = (self.event(*identity) for identity in found)
        return [event for event in events if event is not None]

    def whole_epochs(self) -> set[int]:
        """Epochs of which every event is held."""
        return {epoch for (epoch,) in self.connection.execute(_WHOLE)}

    def event(self, epoch: int, seq: int) -> Event | None:
        """One own event by its identity."""
        raise NotImplementedError

    def overlay_ending(self, tail: str, limit: int) -> list[tuple[str, str]]:
        """``(item, serial)`` of own new units whose serial ends so."""
        sql = "SELECT DISTINCT item, serial FROM overlay WHERE substr(serial, ?) = ? LIMIT ?"
        return list(self.connection.execute(sql, (-len(tail), tail, limit)))

    def match_overlay(self, applied: Mapping[int, int]) -> bool:
        """Brings the overlay into step with the cache. ``applied``: epoch -> the newest own event that it shows.

        What it shows now is set aside, what it no longer shows comes back. True if anything changed; often nothing.
        """
        moves: list[tuple[str, tuple[int, int]]] = []
        for (epoch,) in self.connection.execute("SELECT epoch FROM epoch").fetchall():
            values = (epoch, applied.get(epoch, 0))
            if self._any("SELECT 1 FROM overlay WHERE epoch = ? AND seq <= ? LIMIT 1", values):
                moves += [(sql, values) for sql in _SET_ASIDE]
            if self._any("SELECT 1 FROM covered WHERE epoch = ? AND seq > ? LIMIT 1", values):
                moves += [(sql, values) for sql in _BRING_BACK]
        if moves:
            with self._transaction():
                for sql, values in moves:
                    self.connection.execute(sql, values)
        return bool(moves)

    def _any(self, sql: str, values: tuple[int, int]) -> bool:
        return self.connection.execute(sql, values).fetchone() is not None


_WHOLE = """SELECT epoch FROM epoch p WHERE EXISTS (SELECT 1 FROM event e WHERE e.epoch = p.epoch)
AND NOT EXISTS (SELECT 1 FROM anchor a WHERE a.epoch = p.epoch)"""

# A body says what it puts something into in fields of these names; looking for them spares reading the others.
_RELATIONS = """SELECT o.epoch, o.seq, e.body FROM overlay o JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq
WHERE instr(e.body, CAST('"parent_' AS BLOB)) OR instr(e.body, CAST('"container"' AS BLOB)) ORDER BY o.epoch, o.seq"""
_COVERED_QUANTITIES = """SELECT o.epoch, o.seq, e.body FROM covered o
JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq
WHERE o.serial = '' AND (instr(e.body, CAST('"parent_' AS BLOB)) OR instr(e.body, CAST('"container"' AS BLOB)))
ORDER BY o.epoch, o.seq"""

_SET_ASIDE = (
    """INSERT OR REPLACE INTO covered (serial, item, epoch, seq, document, line, delta, closes, before)
    SELECT serial, item, epoch, seq, document, line, delta, closes, before FROM overlay
    WHERE epoch = ? AND seq <= ?""",
    "DELETE FROM overlay WHERE epoch = ? AND seq <= ?",
)
_BRING_BACK = (
    """INSERT OR REPLACE INTO overlay (serial, item, epoch, seq, document, line, delta, closes, before)
    SELECT serial, item, epoch, seq, document, line, delta, closes, before FROM covered
    WHERE epoch = ? AND seq > ?""",
    "DELETE FROM covered WHERE epoch = ? AND seq > ?",
)
