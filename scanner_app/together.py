"""What belongs together: the units of a lot, at a place, of a customer, from a supplier.

No index tells these, and an index for each would be paid for by every unit of the company. So the table is walked, in
SQLite and not in Python, as far as :data:`STEPS_MAX` goes; whoever asks is told whether that was all. A code that is no
lot, which is asked for whenever a code means nothing else, is answered by the list of their names. The last answer
is kept until something is written or a page of the feed arrives: a screen asks again with every picture.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from scanner_app import records
from scanner_app.cache import Cache
from scanner_app.journal import Journal
from scanner_app.workflows.gathered import KnownLot, Together
from sync.cache_file import SHAPE_AT, straight
from tracking.documents import Document
from tracking.events import Event, decode_body
from tracking.units import UnitState, without_cancelled

if TYPE_CHECKING:
    from scanner_app.knowledge import HandheldKnowledge

UNITS_MAX = 20_000
"""Units that are told of one lot, place or party; of more it is said that there are more."""
STEPS_MAX, STEPS_A_CALL = 300, 100_000
"""The walk ends after so many times so many steps of SQLite's machine: some three million units."""

_OWN_LOTS_SQL = """SELECT o.epoch, o.seq, e.body FROM
(SELECT epoch, seq FROM overlay WHERE serial = '' UNION SELECT epoch, seq FROM covered WHERE serial = '') o
JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq WHERE instr(e.body, ?)"""
_FOUND_SQL = f"""SELECT turned, item_id, state, more FROM unit
WHERE (more IS NOT NULL AND instr(more, ?)) OR (state >> {SHAPE_AT}) IN (%s)"""  # noqa: S608 - a constant, and numbers that the file gave


class Gatherer:
    """Asks cache and journal together. Only the session's thread may call it."""

    def __init__(self, cache: Cache, journal: Journal, knows: HandheldKnowledge) -> None:
        self._cache, self._journal, self._knows = cache, journal, knows
        self._kept: tuple[str, str, Together] | None = None

    def forget(self) -> None:
        """Something was written, or a page arrived."""
        self._kept = None

    def units(self, field: str, value: str) -> Together:
        """Units of which a field of their state has this value, own events included; by item and serial number."""
        if self._kept is not None and self._kept[:2] == (field, value):
            return self._kept[2]
        own = {name: self._knows.unit(*name) for name in self._journal.overlay_units()}
        there, whole = self._walked(field, value, UNITS_MAX)
        found = [unit for unit in there if (unit.item, unit.serial) not in own]
        found += [unit for unit in own.values() if getattr(unit, field) == value and unit.status != "unknown"]
        found.sort(key=lambda unit: (unit.item, unit.serial))
        self._kept = (
            field,
            value,
            Together(tuple(found[:UNITS_MAX]), whole=whole and len(found) <= UNITS_MAX),
        )
        return self._kept[2]

    def _walked(self, field: str, value: str, limit: int) -> tuple[list[UnitState], bool]:
        """The cache's units, and True where that is all of them."""
        if field == "lot" and not self._cache.may_have_lot(value):
            return [], True
        # A key and its value stand side by side in a row's bytes, and no text can look like the two.
        needle = msgspec.msgpack.encode(field) + msgspec.msgpack.encode(value)
        connection = self._cache.connection
        shapes = connection.execute("SELECT id FROM shape WHERE instr(body, ?)", (needle,)).fetchall()
        sql = _FOUND_SQL % (", ".join(str(int(number)) for (number,) in shapes) or "-1")
        found: list[UnitState] = []
        calls = iter(range(STEPS_MAX))
        connection.set_progress_handler(lambda: next(calls, None) is None, STEPS_A_CALL)
        try:
            for turned, item_id, state, more in connection.execute(sql, (needle,)):
                if len(found) >= limit:
                    return found, False
                found.append(self._cache.unit_of_row(straight(turned), item_id, state, more))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return found, False
        finally:
            connection.set_progress_handler(None, 0)
        return found, True

    def lots(self, lot: str) -> tuple[KnownLot, ...]:
        """What is known of lots of this name that are tracked by quantity, own receipts included; by item."""
        found = {known.item: known for known in self._recorded(lot)}
        for event in self._own_of_lot(lot):
            known = found.get(event.item) or KnownLot(item=event.item, lot=lot)
            if event.step == "receiving":
                known = msgspec.structs.replace(
                    known,
                    supplier=event.party or known.supplier,
                    expiry=event.expiry or known.expiry,
                    received_here=known.received_here + event.quantity,
                )
            found[event.item] = known
        return tuple(found[item] for item in sorted(found))

    def _recorded(self, lot: str) -> Iterator[KnownLot]:
        ending = "," + msgspec.json.encode(lot).decode() + "]"
        sql = "SELECT key, body FROM record WHERE kind = 'lot' AND substr(key, ?) = ?"
        for key, body in self._cache.connection.execute(sql, (-len(ending), ending)):
            item, name = msgspec.json.decode(key, type=tuple[str, str])
            if name == lot:
                known = records.LOT.decode(body)
                yield KnownLot(item=item, lot=lot, supplier=known.supplier, expiry=known.expiry)

    def _own_of_lot(self, lot: str) -> list[Event]:
        needle = b'"lot":' + msgspec.json.encode(lot)
        rows = self._journal.connection.execute(_OWN_LOTS_SQL, (needle,)).fetchall()
        own = [
            decode_body(body, device=self._journal.device, epoch=epoch, seq=seq) for epoch, seq, body in rows
        ]
        return [event for event in without_cancelled(own) if event.lot == lot and event.step != "sighting"]

    def documents(self, party: str) -> tuple[Document, ...]:
        """The site's documents for a supplier or customer, by number."""
        needle = b'"party":' + msgspec.json.encode(party)
        sql = "SELECT body FROM record WHERE kind = 'document' AND instr(body, ?) ORDER BY key"
        found = (records.DOCUMENT.decode(body) for (body,) in self._cache.connection.execute(sql, (needle,)))
        return tuple(document for document in found if document.party == party)

    def containers(self, location: str) -> tuple[str, ...]:
        """Containers that stand at a place, own moves included; those within others are told by them."""
        needle = b'"location":' + msgspec.json.encode(location)
        sql = "SELECT key FROM record WHERE kind = 'container' AND instr(body, ?) ORDER BY key"
        there = (key for (key,) in self._cache.connection.execute(sql, (needle,)).fetchall())
        names = dict.fromkeys((*there, *self._knows.contents.containers()))
        return tuple(name for name in names if self._knows.container(name).location == location)
