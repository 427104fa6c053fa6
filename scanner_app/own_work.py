"""What follows from this device's own events beside units and orders: counts by place, and flags on whole lots.

Read from the journal when first asked for, then kept up event by event, so that the ten thousandth scan of a count
costs what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner_app.journal import Journal
from scanner_app.workflows.flow import Counted
from tracking.documents import says_empty
from tracking.events import Event, decode_body
from tracking.lifecycle import FLAGS

SHEETS_KEPT_MAX = 32
"""Sheets whose counts are kept in memory."""

_OF_SHEET = frozenset({"stock_taking", "completing", "inspecting"})
_OF_SHEET_SQL = """SELECT o.epoch, o.seq, e.body FROM
(SELECT epoch, seq FROM overlay WHERE document = ?1 UNION SELECT epoch, seq FROM covered WHERE document = ?1) o
JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq"""

_OF_LOTS_SQL = """SELECT o.epoch, o.seq, e.body FROM overlay o
JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq
WHERE o.serial = '' AND instr(e.body, CAST('"step":"holding"' AS BLOB)) > 0"""


class _Sheet:
    """Counts of one sheet, all rounds."""

    def __init__(self) -> None:
        self.here: dict[int, dict[str, int]] = {}
        self.people: dict[int, set[str]] = {}
        self.closed: dict[int, int] = {}
        self.empty: dict[tuple[int, str], int] = {}
        self.inspected: dict[tuple[str, str, str], int] = {}

    def note(self, event: Event) -> None:
        """A count or the end of a round, or one that is taken back."""
        change = -1 if event.cancels else 1
        if event.step == "completing":
            self.closed[event.recount] = self.closed.get(event.recount, 0) + change
            return
        if event.step == "inspecting":
            key = (event.item, event.serial, event.lot)
            self.inspected[key] = self.inspected.get(key, 0) + change
            return
        here = self.here.setdefault(event.recount, {})
        here[event.location] = here.get(event.location, 0) + change * event.quantity
        if says_empty(event):
            key_of_place = (event.recount, event.location)
            self.empty[key_of_place] = self.empty.get(key_of_place, 0) + change
        if not event.cancels:
            self.people.setdefault(event.recount, set()).add(event.operator)


class OwnWork:
    """Counts and lot flags by this device's own events."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._sheets: dict[str, _Sheet] = {}
        self._lots: dict[tuple[str, str], dict[str, bool]] | None = None

    def forget(self) -> None:
        """After a feed page: what the cache shows by now is no longer read from here."""
        self._lots = None

    def note(self, events: Iterable[Event]) -> None:
        """Events that were just written."""
        for event in events:
            if event.step in _OF_SHEET and event.document in self._sheets:
                self._sheets[event.document].note(event)
            if event.step == "holding" and not event.serial:
                self._lots = None

    def counted(self, number: str, recount: int) -> Counted:
        """What was counted here on a sheet in one round."""
        sheet = self._sheet(number)
        return Counted(
            dict(sheet.here.get(recount, {})),
            frozenset(sheet.people.get(recount, ())),
            sheet.closed.get(recount, 0) > 0,
            frozenset(place for (of, place), times in sheet.empty.items() if of == recount and times > 0),
        )

    def inspected(self, number: str) -> int:
        """How many units of a document were inspected here."""
        return sum(times > 0 for times in self._sheet(number).inspected.values())

    def _sheet(self, number: str) -> _Sheet:
        sheet = self._sheets.get(number)
        if sheet is None:
            if len(self._sheets) >= SHEETS_KEPT_MAX:
                self._sheets.clear()
            sheet = self._sheets[number] = _Sheet()
            for event in self._events(_OF_SHEET_SQL, number):
                if event.step in _OF_SHEET:
                    sheet.note(event)
        return sheet

    def lot_flags(self, item: str, lot: str, base: tuple[str, ...]) -> tuple[str, ...]:
        """The flags of a lot: the cache's, with what was set and cleared here on top."""
        if self._lots is None:
            self._lots = self._read_lots()
        own = self._lots.get((item, lot), {})
        flags = (set(base) | {flag for flag, on in own.items() if on}) - {
            f for f, on in own.items() if not on
        }
        return tuple(sorted(flags))

    def _read_lots(self) -> dict[tuple[str, str], dict[str, bool]]:
        events = sorted(self._events(_OF_LOTS_SQL), key=lambda event: event.order)
        cancelled = {event.cancels for event in events if event.cancels}
        lots: dict[tuple[str, str], dict[str, bool]] = {}
        for event in events:
            if event.step == "holding" and not event.serial and event.flag in FLAGS:
                known = lots.setdefault((event.item, event.lot), {})
                if event.cancels and event.cancels not in {other.ref for other in events}:
                    known[event.flag] = event.action == "DELETE"  # the cache shows what is taken back
                elif not event.cancels and event.ref not in cancelled:
                    known[event.flag] = event.action != "DELETE"
        return lots

    def _events(self, sql: str, *values: str) -> Iterator[Event]:
        device = self._journal.device
        # Row by row: a day's count in one list would stay in the process's memory for good.
        for epoch, seq, body in self._journal.connection.execute(sql, values):
            yield decode_body(body, device=device, epoch=epoch, seq=seq)
