"""The handheld's picture of the world: cache plus overlay, as the workflows ask for it.

A unit is the cache's row with this device's own uncovered events folded on top, so nothing that turned green here
flickers back while the server has not shown it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from scanner_app import known_lots, records
from scanner_app.cache import NAMED, TAIL_CHARS_MIN, Cache, holder_key, holder_of
from scanner_app.contents import Contents
from scanner_app.handing.borrowed import Borrowed
from scanner_app.journal import Journal
from scanner_app.on_top import with_own
from scanner_app.overlay import OverlayRow
from scanner_app.own_work import OwnWork
from scanner_app.shapes import Shapes
from scanner_app.together import Gatherer
from scanner_app.workflows.flow import Counted, NextSerials
from sync.wire import pair_key
from sync.work_wire import TaskRow
from tracking.assembly import Inside
from tracking.containers import ContainerState
from tracking.dates import parse_iso
from tracking.documents import Document, Tally
from tracking.events import Event
from tracking.exceptions import ExceptionRecord
from tracking.later import Later
from tracking.people import KnownOperator
from tracking.policy import over
from tracking.site import Item, Location, Party, Policy
from tracking.units import UnitState

if TYPE_CHECKING:
    from scanner_app import own_numbers
else:
    own_numbers = Later("scanner_app.own_numbers")

UNITS_ENDING_MAX = 20
HOLDERS_KEPT_MAX = 64
"""Products and containers whose contents are kept in memory."""
RECORDS_KEPT_MAX = 256
"""Records kept in memory, those that are not there too: the person, the order at hand, what was scanned lately."""


class HandheldKnowledge:
    """Implements :class:`scanner_app.workflows.flow.Knowledge` over journal and cache."""

    def __init__(self, cache: Cache, journal: Journal, *, expires_soon_days: int, policy: Policy) -> None:
        self._cache = cache
        self._journal = journal
        self._default_policy = policy
        self.today = date.min
        """Set by the session before every input, in the site's time zone."""
        self.who = ""
        """Set by the session before every input."""
        self.waived: frozenset[str] = frozenset()
        """Set by the session while a supervisor's override is judged."""
        self.expires_soon_days = expires_soon_days
        self._own = OwnWork(journal)
        self.together = Gatherer(cache, journal, self)
        self._numbers: own_numbers.OwnNumbers | None = None
        self._by_serial: dict[str, tuple[UnitState, ...]] = {}
        self._fitting: dict[str, tuple[Item, ...]] = {}
        self._read: dict[tuple[str, str], bytes] = {}
        self._inside: dict[str, dict[tuple[str, str], UnitState]] = {}
        self.refresh()

    def refresh(self) -> None:
        """After a feed page: what is kept in memory is read again. Items are few and asked for at every scan."""
        self.site = self._cache.meta("site")
        self.fixed_today = parse_iso(self._cache.meta("today"))
        """The date that a site file for tests fixes; None on the floor."""
        self.policy = over(self._default_policy, self._cache.record("policy", self.site))
        rules_row = self._cache.record("prefix_rules", self.site)
        self.prefix_rules = records.prefix_rules(rules_row) if rules_row else ()
        self._items = {key: records.ITEM.decode(body) for key, body in self._cache.records("item")}
        self._gtins: dict[str, tuple[Item, ...]] = {}
        for item in self._items.values():
            for gtin in dict.fromkeys(code.zfill(14) for code in item.gtins):
                self._gtins[gtin] = (*self._gtins.get(gtin, ()), item)
        found = [records.EXCEPTION.decode(body) for _, body in self._cache.records("exception")]
        self._exceptions = sorted(found, key=lambda record: record.second.at)
        self._shapes = Shapes(
            [item for item in self._items.values() if item.tracking == "serial" and item.serial_pattern]
        )
        self._documents: dict[str, Document | None] = {}
        self._tallies: dict[str, Tally] = {}
        self._by_serial = {}
        self._read = {}
        self._contents: Contents | None = None
        self._inside = {}
        self._boxes: dict[str, list[str]] | None = None
        self._announced: dict[str, str] | None = None
        self._has_operators = next(self._cache.records("operator"), None) is not None
        self._own.forget()
        self.together.forget()
        if self._numbers is not None:
            self._numbers.forget()
        self._tasks: tuple[TaskRow, ...] | None = None
        self.borrowed = Borrowed(self._journal, self._cache)
        self._own_credits, self._own_closed = self._journal.overlay_tallies()

    def forget_scan(self) -> None:
        """Before every input: units are read afresh."""
        self._by_serial.clear()
        self._fitting.clear()

    def _record(self, kind: str, key: str) -> bytes:
        """The JSON of one record, or empty; read once until the feed changes something."""
        found = self._read.get((kind, key))
        if found is None:
            if len(self._read) >= RECORDS_KEPT_MAX:
                self._read.clear()
            if kind in NAMED:  # whoever asks whether a text names the one soon asks for the others
                there = self._cache.records_named(key)
                self._read.update({(name, key): there.get(name, b"") for name in NAMED})
            else:
                self._read[kind, key] = self._cache.record(kind, key)
            found = self._read[kind, key]
        return found

    # -- items ------------------------------------------------------------------------------------------------------

    def item(self, number: str) -> Item | None:
        """The item with this number."""
        return self._items.get(number)

    def items_of_gtin(self, gtin: str) -> tuple[Item, ...]:
        """The items with this GTIN, compared at 14 digits; two where two revisions share one."""
        return self._gtins.get(gtin.zfill(14), ())

    def items_fitting(self, serial: str) -> tuple[Item, ...]:
        """Serial-tracked items whose pattern this text fits."""
        found = self._fitting.get(serial)
        if found is None:
            found = self._fitting[serial] = self._shapes.fitting(serial)
        return found

    # -- units ------------------------------------------------------------------------------------------------------

    def units_of_serial(self, serial: str) -> tuple[UnitState, ...]:
        """Every unit known with this serial number, own events included."""
        found = self._by_serial.get(serial)
        if found is None:
            found = self._by_serial[serial] = self._read_units(serial)
        return found

    def _read_units(self, serial: str) -> tuple[UnitState, ...]:
        bases = {unit.item: unit for unit in self._cache.units_of_serial(serial)}
        own: dict[str, list[OverlayRow]] = {}
        for row in self._journal.overlay_of(serial) if serial else ():
            own.setdefault(row.event.item, []).append(row)
        if not bases and not own and not self.borrowed.units():  # nobody has seen it: most scans of a receipt
            return ()
        for item in (*own, *self.borrowed.items_of(serial)):
            bases.setdefault(item, UnitState(item=item, serial=serial))
        lent = {item: self.borrowed.rows_of(item, serial, base.ref) for item, base in bases.items()}
        states = (with_own(with_own(base, lent[item]), own.get(item, ())) for item, base in bases.items())
        # A stranger that was counted is remembered too: or it would be counted with every scan.
        return tuple(state for state in states if state.status != "unknown" or state.flags or state.seen_on)

    def unit(self, item: str, serial: str) -> UnitState:
        """One unit; status ``unknown`` where nobody has seen it."""
        known = (unit for unit in self.units_of_serial(serial) if unit.item == item)
        return next(known, UnitState(item=item, serial=serial))

    def own_history(self, item: str, serial: str) -> tuple[Event, ...]:
        """What this handheld did with a unit, oldest first, taken back or not."""
        return tuple(self._journal.later_steps(item, serial, 0, 0))

    def units_ending(self, tail: str) -> tuple[UnitState, ...]:
        """Units whose serial ends so."""
        if len(tail) < TAIL_CHARS_MIN:
            return ()
        keys = dict.fromkeys(self._cache.units_ending(tail, UNITS_ENDING_MAX))
        keys.update(dict.fromkeys(self._journal.overlay_ending(tail, UNITS_ENDING_MAX)))
        states = (self.unit(item, serial) for item, serial in list(keys)[:UNITS_ENDING_MAX])
        return tuple(state for state in states if state.status != "unknown" or state.flags)

    def units_of_document(self, number: str) -> tuple[UnitState, ...]:
        """Units that stand where they are because of this document."""
        keys = dict.fromkeys((unit.item, unit.serial) for unit in self._cache.units_of_document(number))
        keys.update(dict.fromkeys(self._journal.overlay_units_of(number)))
        keys.update(dict.fromkeys(self.borrowed.units()))
        states = (self.unit(item, serial) for item, serial in keys)
        return tuple(state for state in states if state.document == number)

    # -- what is in what --------------------------------------------------------------------------------------------

    @property
    def contents(self) -> Contents:
        """Own relations; read when they are first asked for."""
        if self._contents is None:
            self._contents = Contents(self._journal)
            for event in self.borrowed.events():
                self._contents.add(event)
        return self._contents

    def inside(self, item: str, serial: str) -> tuple[UnitState, ...]:
        """Units directly in a product; with an empty item, in the container of this code."""
        key = holder_key(item, serial)
        known = self._inside.get(key)
        if known is None:
            names = dict.fromkeys((unit.item, unit.serial) for unit in self._cache.units_in(key))
            names.update(dict.fromkeys(self.contents.candidates(item, serial)))
            states = ((name, self.unit(*name)) for name in names)
            known = {name: state for name, state in states if holder_of(state) == key}
            if len(self._inside) >= HOLDERS_KEPT_MAX:
                self._inside.clear()
            self._inside[key] = known
        return tuple(known.values())

    def quantities_in(self, item: str, serial: str) -> tuple[Inside, ...]:
        """Lots and untracked parts in a product, or with an empty item in a container, as far as is known here."""
        body = self._record("inside", pair_key(item, serial)) if serial else b""
        return self.contents.quantities(item, serial, records.INSIDE.decode(body) if body else None)

    def container(self, code: str) -> ContainerState:
        """A container; not ``known`` where nobody has seen it."""
        body = self._record("container", code) if code else b""
        base = records.CONTAINER.decode(body) if body else ContainerState(container=code)
        return self.contents.container(base)

    def boxes_in(self, code: str) -> tuple[str, ...]:
        """Containers that stand in this one."""
        if self._boxes is None:
            self._boxes = {}
            for key, body in self._cache.records("container"):
                self._boxes.setdefault(records.CONTAINER.decode(body).parent, []).append(key)
        names = dict.fromkeys((*self._boxes.get(code, ()), *self.contents.boxes(code)))
        return tuple(name for name in names if self.container(name).parent == code)

    def containers_picked(self, number: str) -> tuple[str, ...]:
        """Containers that lie ready for this order."""
        names = dict.fromkeys(code for code, _ in self._cache.records("container"))
        names.update(dict.fromkeys(self.contents.containers()))
        return tuple(name for name in names if self.container(name).picked_for == number)

    def announced(self, container: str) -> str:
        """The number of the notice that names this container; empty for none."""
        if self._announced is None:
            self._announced = {}
            for number, body in self._cache.records("document"):
                for line in records.DOCUMENT.decode(body).lines:
                    if line.container:
                        self._announced[line.container] = number
        return self._announced.get(container, "")

    def new_sscc(self) -> str:
        """An SSCC that this handheld has not given yet; empty where the site has no company prefix."""
        prefix = self.policy.company_prefix
        return own_numbers.new_sscc(self._journal, prefix, lambda code: self.container(code).known)

    @property
    def numbers(self) -> own_numbers.OwnNumbers:
        """The numbers that this handheld gives; most give none."""
        if self._numbers is None:
            self._numbers = own_numbers.OwnNumbers(
                self._journal, self._cache, lambda item, serial: self.unit(item, serial).status != "unknown"
            )
        return self._numbers

    def next_serials(self, item: Item, count: int) -> NextSerials:
        """The next serial numbers that this handheld may give to an item, or why there are none."""
        return self.numbers.next_serials(item, count, self.site, self.today)

    def numbers_given(self, events: Sequence[Event]) -> dict[str, str]:
        """What the journal notes with these events, so that no number that they give comes again."""
        if not any(event.step == "commissioning" for event in events):
            return {}
        return self.numbers.given(events, self.item, self.site, self.today)

    def wrote(self, event: Event) -> None:
        """An own event was written: what is kept of contents follows it."""
        if self._contents is not None:
            self._contents.add(event)
        if not self._inside or not event.serial:
            return
        name = (event.item, event.serial)
        for units in self._inside.values():
            units.pop(name, None)
        state = self.unit(*name)
        if holder_of(state) in self._inside:
            self._inside[holder_of(state)][name] = state

    # -- exceptions -------------------------------------------------------------------------------------------------

    def exceptions_of(self, item: str, serial: str) -> tuple[ExceptionRecord, ...]:
        """What the server found contradictory about a unit, oldest first."""
        return tuple(record for record in self._exceptions if (record.item, record.serial) == (item, serial))

    def own_exceptions(self) -> tuple[ExceptionRecord, ...]:
        """Exceptions that one of this device's events is a side of, newest first."""
        own = self._journal.device
        return tuple(record for record in reversed(self._exceptions) if own in record.devices)

    # -- documents --------------------------------------------------------------------------------------------------

    def document(self, number: str) -> Document | None:
        """A document of this site. Read once: it only changes with the feed."""
        if number not in self._documents:
            body = self._record("document", number) if number else b""
            if not body:
                return None
            self._documents[number] = records.DOCUMENT.decode(body)
        return self._documents[number]

    def tally(self, number: str) -> Tally:
        """How much of it is done: the server's count and this device's own on top."""
        tally = self._tallies.get(number)
        if tally is None:
            body = self._record("tally", number)
            base = records.TALLY.decode(body) if body else Tally()
            done = self.borrowed.done(number, base.done, self._own_credits.get(number, {}))
            own = self._own_closed.get(number, 0)
            tally = self._tallies[number] = Tally(done=done, closed=own > 0 if own else base.closed)
        return tally

    def counted(self, number: str, recount: int) -> Counted:
        """What was counted here on a sheet in one round."""
        return self.borrowed.counted(number, recount, self.counted_here(number, recount))

    def counted_here(self, number: str, recount: int) -> Counted:
        """The same without what others counted and handed over."""
        return self._own.counted(number, recount)

    def inspected(self, number: str) -> int:
        """How many units of a document were inspected here."""
        return self._own.inspected(number)

    def written(self, events: Iterable[Event]) -> None:
        """Own events were written: what is kept of them in memory follows."""
        self.together.forget()
        self._own.note(events)

    def credited(self, document: str, line: int, delta: int, closes: int) -> None:
        """An own event was written that credits or closes a document."""
        if delta:
            lines = self._own_credits.setdefault(document, {})
            lines[line] = lines.get(line, 0) + delta
        if closes:
            self._own_closed[document] = self._own_closed.get(document, 0) + closes
        self._tallies.pop(document, None)

    def hand_over(self, name: str) -> records.HandOver:
        """What the server says of a hand-over; an empty row where it has said nothing yet."""
        body = self._record("handover", name)
        return records.HAND_OVER.decode(body) if body else records.HandOver()

    def tasks_elsewhere(self) -> tuple[TaskRow, ...]:
        """Tasks in progress on other handhelds of the site, as the server last told."""
        if self._tasks is None:
            found = (records.TASK.decode(body) for _, body in self._cache.records("task"))
            self._tasks = tuple(row for row in found if row.device != self._journal.device)
        return self._tasks

    # -- places and people ------------------------------------------------------------------------------------------

    def location(self, code: str) -> Location | None:
        """A place of this site."""
        body = self._record("location", code)
        return records.LOCATION.decode(body) if body else None

    def party(self, code: str) -> Party | None:
        """A supplier, customer or owner."""
        body = self._record("party", code) if code else b""
        return records.PARTY.decode(body) if body else None

    def operator(self, badge: str) -> KnownOperator | None:
        """The person with this badge."""
        body = self._record("operator", badge)
        return records.OPERATOR.decode(body) if body else None

    def has_operators(self) -> bool:
        """True where people sign in."""
        return self._has_operators

    def is_lot(self, text: str, document: str) -> bool:
        """True for a lot that a paper here names, or that units of this document have."""
        if not text or known_lots.is_named(self._cache, text):
            return bool(text)
        return bool(document) and known_lots.is_on_order(self._cache, self._journal, text, document)

    def lot_flags(self, item: str, lot: str) -> tuple[str, ...]:
        """Flags on a whole lot."""
        body = self._record("lot", pair_key(item, lot))
        return self._own.lot_flags(item, lot, records.LOT.decode(body).flags if body else ())
