"""What a count found against the books, for the office to decide about.

The books are those of the count's own time: what was moved, received or shipped while people counted is no
difference. For each place the last count stands; what the first counter missed and the second found is not missing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from server import counted_by, ledger, replica
from server.counted_by import CountedBy
from server.storage import Reader
from server.subjects import COUNT, Subject, events_of
from tracking.documents import Document
from tracking.events import Event
from tracking.lifecycle import IN_STOCK
from tracking.site import Location
from tracking.units import UnitState, fold, without_cancelled

PLACES_MAX = 100_000
PLACES_DEEP_MAX = 16


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is not as the books say."""

    kind: str
    """``missing``, ``found`` (was missing), ``misplaced``, ``unexpected`` or ``quantity``."""
    item: str
    serial: str = ""
    lot: str = ""
    location: str = ""
    """Where it was counted; empty for a missing one."""
    books: str = ""
    """Where the books have it."""
    status: str = ""
    flags: tuple[str, ...] = ()
    counted: int = 0
    expected: int = 0
    operator: str = ""
    at: str = ""
    fixable: bool = True
    """False where an approval corrects nothing: what is built in must be taken out first."""

    @property
    def key(self) -> str:
        """Names the difference in a decision."""
        return "/".join((self.kind, self.item, self.serial or self.lot))


class Unread(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code that could not be read, and the good ones around it: somebody goes and looks."""

    raw: str
    code: str
    location: str = ""
    after: str = ""
    before: str = ""
    operator: str = ""
    at: str = ""


class CountReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A count sheet as the office sees it."""

    number: str
    location: str = ""
    site: str = ""
    state: str = "open"
    """``open``, ``counted``, ``approved`` or ``rejected`` (and open again)."""
    reason: str = ""
    counted: int = 0
    people: tuple[str, ...] = ()
    recounts: int = 0
    began_at: str = ""
    ended_at: str = ""
    counted_by: tuple[CountedBy, ...] = ()
    """Who counted what, and which places were found empty; of what stands, as :attr:`counted`."""
    differences: tuple[Difference, ...] = ()
    unread: tuple[Unread, ...] = ()
    seen: int = 0
    """How many events this stands on: a decision names it, so that nobody approves what he did not see."""


class Sheet(msgspec.Struct, frozen=True):
    """The events of a sheet that count, sorted out."""

    document: Document
    counts: tuple[Event, ...]
    closings: tuple[Event, ...]
    unread: tuple[Event, ...]
    seen: int
    newest_hlc: int


def sheet_of(reader: Reader, number: str) -> Sheet | None:
    """A count sheet with its events; None where there is no such sheet."""
    sites = replica.sites_of(reader, "document", number)
    body = replica.get(reader, "document", number, sites[0]) if sites else None
    document = msgspec.json.decode(body, type=Document) if body is not None else None
    if document is None or document.type != "count_sheet":
        return None
    events = [event for _, event in events_of(reader, Subject(COUNT, number))]
    standing = without_cancelled(events)
    return Sheet(
        document,
        _last_counts([event for event in standing if event.step == "stock_taking"], document.recount),
        tuple(event for event in standing if event.step == "completing"),
        tuple(event for event in standing if event.step == "sighting" and not event.serial),
        len(events),
        max((event.hlc for event in events), default=0),
    )


def _last_counts(counts: Sequence[Event], since: int) -> tuple[Event, ...]:
    """Of each place its last count; of each unit the last place."""
    counted = [event for event in counts if event.action == "OBSERVE" and event.recount >= since]
    last: dict[str, int] = {}
    for event in counted:
        last[event.location] = max(event.recount, last.get(event.location, 0))
    standing: dict[tuple[object, ...], Event] = {}
    for event in sorted(counted, key=lambda one: (one.recount, one.order)):
        if event.recount == last[event.location]:
            key = (event.item, event.serial) if event.serial else (event.item, event.lot, event.ref)
            standing[key] = event
    return tuple(standing.values())


def report(reader: Reader, number: str) -> CountReport | None:
    """A count sheet with its differences; None where there is no such sheet."""
    sheet = sheet_of(reader, number)
    if sheet is None:
        return None
    document, counts = sheet.document, sheet.counts
    ended = [event for event in sheet.closings if event.action != "DELETE"]
    last = sheet.closings[-1] if sheet.closings else None
    return CountReport(
        number=number,
        location=document.location,
        site=document.site,
        state=_state(last),
        reason=last.reason if last is not None and last.code in {"approved", "rejected"} else "",
        counted=sum(event.quantity for event in counts),
        people=tuple(sorted({event.operator for event in counts if event.operator})),
        recounts=max((event.recount for event in counts), default=0),
        began_at=min((event.at for event in counts), default=""),
        ended_at=ended[-1].at if ended else "",
        counted_by=counted_by.rows(counts),
        differences=tuple(_differences(reader, sheet)),
        unread=tuple(_unread(sheet)),
        seen=sheet.seen,
    )


def _state(last: Event | None) -> str:
    if last is None:
        return "open"
    return last.code if last.code in {"approved", "rejected"} else "counted"


# -- differences ----------------------------------------------------------------------------------------------------


class _Places:
    """The places of a site: which lies in which."""

    def __init__(self, reader: Reader, site: str) -> None:
        rows = replica.listing(reader, "location", limit=PLACES_MAX)
        found = (msgspec.json.decode(body, type=Location) for _, where, body in rows if where == site)
        self._parent = {place.location: place.parent for place in found}

    def within(self, place: str, area: str) -> bool:
        """True when a place is an area or lies in it."""
        for _ in range(PLACES_DEEP_MAX):
            if place == area:
                return True
            place = self._parent.get(place, "")
            if not place:
                return False
        return False

    def agree(self, books: str, counted: str) -> bool:
        """True when the books do not speak against where it was counted."""
        return not books or not counted or self.within(books, counted) or self.within(counted, books)

    def under(self, area: str) -> set[str]:
        """An area and everything in it."""
        return {area} | {place for place in self._parent if self.within(place, area)}


def _differences(reader: Reader, sheet: Sheet) -> Iterable[Difference]:
    """Missing first, then what was counted and is not as the books say."""
    places = _Places(reader, sheet.document.site)
    counted = {(event.item, event.serial): event for event in sheet.counts if event.serial}
    if sheet.counts:
        yield from _missing(reader, sheet, places, counted)
    for name, event in counted.items():
        found = _of_unit(reader, name, event, sheet, places)
        if found is not None:
            yield found
    yield from _quantities(reader, sheet)


def _missing(
    reader: Reader, sheet: Sheet, places: _Places, counted: Mapping[tuple[str, str], Event]
) -> Iterable[Difference]:
    document = sheet.document
    began = min(event.hlc for event in sheet.counts)
    scope = places.under(document.location) if document.location else set()
    asked = {line.item for line in document.lines}
    for item, serial in sorted(_expected(reader, document, scope) - counted.keys()):
        if asked and item not in asked:
            continue
        events = _events(reader, item, serial)
        now = fold(item, serial, events).state
        then = fold(item, serial, [event for event in events if event.hlc < began]).state
        named = document.line_expecting(item, serial) is not None
        # What came or went while people counted could not be counted: neither is missing.
        if not all(_on_the_shelf(state, scope, named) for state in (then, now)) or now.has("missing"):
            continue
        yield Difference(
            kind="missing",
            item=item,
            serial=serial,
            books=now.location,
            status=now.status,
            flags=now.flags,
            expected=1,
        )


def _on_the_shelf(state: UnitState, scope: set[str], named: bool) -> bool:
    return state.status in IN_STOCK and (named or state.location in scope)


def _expected(reader: Reader, document: Document, scope: set[str]) -> set[tuple[str, str]]:
    """Units that the books have in the sheet's places now, and those that its lines name."""
    named = {(line.item, serial) for line in document.lines for serial in line.serials}
    if not scope:
        return named
    rows = reader.rows("SELECT item, serial, location, status FROM unit WHERE site = ?", document.site)
    return named | {
        (item, serial) for item, serial, place, status in rows if place in scope and status in IN_STOCK
    }


def _events(reader: Reader, item: str, serial: str) -> list[Event]:
    return [event for _, event in events_of(reader, Subject("unit", item, serial))]


def _of_unit(
    reader: Reader, name: tuple[str, str], count: Event, sheet: Sheet, places: _Places
) -> Difference | None:
    """The difference of one counted unit, or None: the books agree now, or did at some time of the count."""
    row = reader.row("SELECT status, location, flags FROM unit WHERE item = ? AND serial = ?", *name)
    status, location, flags = (str(value) for value in row) if row else ("unknown", "", "")
    flagged = tuple(flags.split())
    alarmed = bool({"stolen", "recalled"} & set(flagged))
    if status in IN_STOCK and places.agree(location, count.location):
        kind = "found" if "missing" in flagged else "alarm" if alarmed else ""
    elif _agreed_then(reader, name, count, places) and not alarmed:
        return None
    else:
        kind = "misplaced" if status in IN_STOCK else "unexpected"
    if not kind:
        return None
    return Difference(
        kind=kind,
        item=name[0],
        serial=name[1],
        location=count.location,
        books=location,
        status=status,
        flags=flagged,
        counted=1,
        expected=int(status in IN_STOCK),
        operator=count.operator,
        at=count.at,
        fixable=status != "consumed" and kind != "alarm",
    )


def _agreed_then(reader: Reader, name: tuple[str, str], count: Event, places: _Places) -> bool:
    """True when the books agreed at the moment of the count: it was moved or shipped since."""
    before = [event for event in _events(reader, *name) if event.hlc <= count.hlc]
    then = fold(*name, before).state
    return then.status in IN_STOCK and places.agree(then.location, count.location)


def _quantities(reader: Reader, sheet: Sheet) -> Iterable[Difference]:
    """Lots and loose parts against the sheet's own lines; without a line there is nothing to compare with."""
    sums: dict[tuple[str, str], int] = {}
    newest: dict[str, Event] = {}
    for event in sheet.counts:
        if not event.serial:
            sums[event.item, event.lot] = sums.get((event.item, event.lot), 0) + event.quantity
            newest[event.item] = max(newest.get(event.item, event), event, key=lambda one: one.order)
    for line in sheet.document.lines:
        body = replica.get(reader, "item", line.item)
        tracking = msgspec.json.decode(body).get("tracking", "serial") if body else "serial"
        if tracking == "serial" or not sheet.counts:
            continue
        counted = sum(n for (item, lot), n in sums.items() if item == line.item and line.lot in {"", lot})
        if counted != line.quantity:
            last = newest.get(line.item)
            yield Difference(
                kind="quantity",
                item=line.item,
                lot=line.lot,
                counted=counted,
                expected=line.quantity,
                operator=last.operator if last is not None else "",
                at=last.at if last is not None else "",
            )


def _unread(sheet: Sheet) -> Iterable[Unread]:
    """Codes that nobody could read, with the good scans before and after each on the same handheld."""
    good: dict[str, list[Event]] = {}
    seen = (count for count in sheet.counts if count.item)
    for count in sorted(seen, key=lambda one: one.order):
        good.setdefault(count.device, []).append(count)
    for event in sheet.unread:
        row = good.get(event.device, [])
        place = bisect_right(row, event.order, key=lambda one: one.order)
        following = row[place] if place < len(row) else None
        yield Unread(
            raw=event.raw,
            code=event.code,
            location=event.location,
            after=event.reason.removeprefix("after "),
            before=(following.serial or following.lot or following.item) if following is not None else "",
            operator=event.operator,
            at=event.at,
        )


def seen_now(reader: Reader, number: str) -> int:
    """How many events a sheet has."""
    return len(ledger.of_subject(reader, COUNT, number, ""))
