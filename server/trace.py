"""Everything about a unit: its state, what happened to it, what it is in, what is in it, what contradicts."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from server import ledger, replica
from server.storage import Reader
from server.subjects import INSIDE
from server.trace_at import NOW_MS, genealogy_at, path_at
from sync.wire import OperatorRow, SiteRow
from tracking import genealogy
from tracking.boxed import Boxed, boxed, container_after
from tracking.dates import add_months, parse_iso
from tracking.events import Event
from tracking.exceptions import ExceptionRecord, from_contradictions
from tracking.genealogy import Genealogy, links_of_quantities
from tracking.moments import moment_ms
from tracking.site import Item
from tracking.units import Folded, UnitState, fold, without_cancelled

FOUND_MAX = 50
SUFFIX_CHARS_MIN = 3
DEPTH_MAX = 20
PARTS_MAX = 10_000


class Warranty(msgspec.Struct, frozen=True, kw_only=True):
    """How long the maker stands for it; ``until`` is null where that is not defined."""

    until: str | None = None
    in_warranty: bool = False


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A unit or a quantity within a unit, and what is in it in turn."""

    item: str
    serial: str
    position: str = ""
    lot: str = ""
    quantity: int = 1
    """How many of a lot or an untracked item, whose serial is empty; 1 for a unit."""
    contains: tuple[Part, ...] = ()


class UnitName(msgspec.Struct, frozen=True, kw_only=True):
    """Names a unit."""

    item: str
    serial: str


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a unit's life."""

    at: str
    device: str
    operator: str
    step: str
    document: str
    evidence: str
    event_id: str
    action: str = ""
    site: str = ""
    location: str = ""
    party: str = ""
    parent: str = ""
    """The unit or container that it went into or came out of."""
    container: str = ""
    """The container that the unit was in after it."""
    flag: str = ""
    reason: str = ""
    operator_name: str = ""
    supervisor: str = ""
    """Badge of who took a stop upon himself; ``reason`` says why."""
    supervisor_name: str = ""
    waived: str = ""
    """The code of that stop."""
    ref: str = ""
    cancels: str = ""
    counted: bool = True
    """False where it was cancelled, contradicts what was there before, or is an import that came too late to say
    where the unit stands.
    """
    contradicts: bool = False
    cancelled: bool = False
    received_ms: int = 0
    """When the server received it."""
    clock_ahead: bool = False
    """True where the server does not believe its clock: it counts from when it was received. ``at`` is what the device
    said all the same.
    """


class TracedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of an answer."""

    item: str
    serial: str
    status: str
    flags: tuple[str, ...]
    location: str
    lot: str
    supplier: str
    customer: str
    warranty: Warranty
    installed_in: UnitName | None
    within: tuple[UnitName, ...]
    """What it is in, step by step to the outermost product."""
    contains: tuple[Part, ...]
    history: tuple[HistoryEntry, ...]
    exceptions: tuple[ExceptionRecord, ...]
    description: str = ""
    site: str = ""
    container: str = ""
    containers: tuple[Boxed, ...] = ()
    """Every container that it was in, oldest first."""
    expiry: str = ""
    revision: str = ""
    sold_on: str = ""
    document: str = ""
    reason: str = ""


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """Answer to a question about a serial number: the units that have it."""

    units: tuple[TracedUnit, ...]


def find(reader: Reader, text: str, item: str = "") -> list[tuple[str, str]]:
    """Units (item, serial) with this serial number; where there are none, those whose serial ends with it."""
    text = text.strip()
    for wanted in dict.fromkeys((text, text.upper())):
        found = _named(reader, wanted) or _ending(reader, wanted)
        found = [name for name in found if not item or name[0] == item]
        if found:
            return found
    return []


def _named(reader: Reader, serial: str) -> list[tuple[str, str]]:
    """By the events rather than the states: a unit whose only receipt was undone still has a history."""
    sql = "SELECT item, serial FROM unit WHERE serial = ? ORDER BY item LIMIT ?"
    return [(row[0], row[1]) for row in reader.rows(sql, serial, FOUND_MAX)]


def _ending(reader: Reader, end: str) -> list[tuple[str, str]]:
    if len(end) < SUFFIX_CHARS_MIN:
        return []
    start = end[::-1]
    sql = (
        "SELECT item, serial FROM unit WHERE serial_reversed >= ? AND serial_reversed < ?"
        " ORDER BY serial, item LIMIT ?"
    )
    return [(row[0], row[1]) for row in reader.rows(sql, start, start + "\U0010ffff", FOUND_MAX)]


def trace(reader: Reader, item: str, serial: str, today: date, at: str = "") -> TracedUnit | None:
    """One unit, or None where no event names it; with ``at`` as it was then, by the events that still stand.

    Raises :class:`ValueError` where ``at`` is no date.
    """
    entries = {entry.ref: entry for entry in ledger.of_subject(reader, "unit", item, serial)}
    events = [event for entry in entries.values() if isinstance(event := ledger.event_of(entry), Event)]
    if not events:
        return None
    folded = fold(item, serial, events)
    at_ms = moment_ms(at, _zone(reader, folded.state.site)) if at else 0
    if at:
        events = [event for event in without_cancelled(events) if event.hlc >> 16 <= at_ms]
        folded = fold(item, serial, events)
    received_ms = {ref: entry.received_ms for ref, entry in entries.items()}
    state = folded.state
    around = path_at(reader, item, serial, at_ms or NOW_MS)
    product = _item(reader, item)
    inside = UnitName(item=state.installed_in_item, serial=state.installed_in_serial)
    return TracedUnit(
        item=item,
        serial=serial,
        status=state.status,
        flags=state.flags,
        location=state.location,
        lot=state.lot,
        supplier=state.supplier,
        customer=state.customer,
        warranty=_warranty(product, state, today),
        installed_in=inside if inside.serial else None,
        within=tuple(UnitName(item=whole.item, serial=whole.serial) for whole in around),
        contains=_contains_at(reader, item, serial, at_ms) if at else _contains(reader, item, serial),
        history=_histories(reader, events, folded, received_ms),
        exceptions=from_contradictions(folded.contradictions, events),
        description=product.description if product else "",
        site=state.site,
        container=state.container,
        containers=tuple(boxed(item, serial, events)),
        expiry=state.expiry,
        revision=state.revision,
        sold_on=state.sold_on,
        document=state.document,
        reason=state.reason,
    )


def _histories(
    reader: Reader, events: list[Event], folded: Folded, received_ms: dict[str, int]
) -> tuple[HistoryEntry, ...]:
    """The events as a history, in the fold's order."""
    standing = {event.ref for event in without_cancelled(events)}
    counted = {event.ref for event in folded.accepted}
    contradicting = {found.second.ref for found in folded.contradictions}
    within = container_after(events[0].item, events[0].serial, events) if events else {}
    people = {
        (event.site, badge) for event in events for badge in (event.operator, event.supervisor) if badge
    }
    names = _operator_names(reader, people)
    return tuple(
        _history(
            event,
            names,
            container=within.get(event.ref, ""),
            counted=event.ref in counted,
            contradicts=event.ref in contradicting,
            cancelled=event.ref not in standing and not event.cancels,
            received_ms=received_ms[event.ref],
        )
        for event in sorted(events, key=lambda event: event.order)
        if _belongs_in_history(event)
    )


def _belongs_in_history(event: Event) -> bool:
    """A refused scan is for the audit trail, not the unit's history, unless it is a sighting of a wanted unit."""
    return event.step != "sighting" or event.code in {"stolen", "recalled"}


def _history(
    event: Event,
    names: dict[str, str],
    *,
    container: str,
    counted: bool,
    contradicts: bool,
    cancelled: bool,
    received_ms: int,
) -> HistoryEntry:
    parent = " ".join(filter(None, (event.parent_item, event.parent_serial))) or event.parent_container
    return HistoryEntry(
        at=event.said_at or event.at,
        device=event.device,
        operator=event.operator,
        step=event.step,
        document=event.document,
        evidence=event.evidence,
        event_id=event.event_id,
        action=event.action,
        site=event.site,
        location=event.location,
        party=event.party,
        parent=parent,
        container=container,
        flag=event.flag or " ".join(event.flags),
        reason=event.reason,
        operator_name=names.get(event.operator, ""),
        supervisor=event.supervisor,
        supervisor_name=names.get(event.supervisor, ""),
        waived=event.waived,
        ref=event.ref,
        cancels=event.cancels,
        counted=counted or bool(event.cancels),
        contradicts=contradicts,
        cancelled=cancelled,
        received_ms=received_ms,
        clock_ahead=bool(event.said_hlc),
    )


def _operator_names(reader: Reader, who: set[tuple[str, str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    for site, badge in who:
        body = replica.get(reader, "operator", badge, site)
        if body is not None:
            names[badge] = msgspec.json.decode(body, type=OperatorRow).name
    return names


def _item(reader: Reader, item: str) -> Item | None:
    body = replica.get(reader, "item", item)
    return msgspec.json.decode(body, type=Item) if body is not None else None


def _warranty(product: Item | None, state: UnitState, today: date) -> Warranty:
    sold = parse_iso(state.sold_on)
    if product is None or not product.warranty_months or sold is None:
        return Warranty()
    until = add_months(sold, product.warranty_months)
    return Warranty(until=until.isoformat(), in_warranty=today <= until)


def _zone(reader: Reader, site: str) -> tzinfo:
    body = replica.get(reader, "site", site, site) if site else None
    try:
        return ZoneInfo(msgspec.json.decode(body, type=SiteRow).timezone) if body is not None else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _contains_at(reader: Reader, item: str, serial: str, at_ms: int) -> tuple[Part, ...]:
    """What was in it then, of any depth."""
    tree = genealogy_at(reader, item, serial, at_ms).as_built(item, serial, at_ms)
    return tuple(map(_part, tree))


def _part(part: genealogy.Part) -> Part:
    return Part(
        item=part.item,
        serial=part.serial,
        position=part.position,
        lot=part.lot,
        quantity=part.quantity,
        contains=tuple(map(_part, part.contains)),
    )


def _contains(reader: Reader, item: str, serial: str) -> tuple[Part, ...]:
    """What is in it today, of any depth; a circle of wrong events ends where it began."""
    left = PARTS_MAX

    def parts(name: tuple[str, str], above: frozenset[tuple[str, str]]) -> tuple[Part, ...]:
        nonlocal left
        sql = (
            "SELECT item, serial, bom_position, lot FROM unit WHERE parent_item = ? AND parent_serial = ?"
            " AND parent_serial <> '' ORDER BY bom_position, item, serial LIMIT ?"
        )
        rows = [row for row in reader.rows(sql, *name, max(left, 0)) if (row[0], row[1]) not in above]
        left -= len(rows)
        deeper = len(above) < DEPTH_MAX
        units = [
            Part(
                item=row[0],
                serial=row[1],
                position=row[2],
                lot=row[3],
                contains=parts((row[0], row[1]), above | {(row[0], row[1])}) if deeper else (),
            )
            for row in rows
        ]
        return tuple(
            sorted(
                [*units, *_quantities(reader, name)],
                key=lambda part: (part.position, part.item, part.serial, part.lot),
            )
        )

    return parts((item, serial), frozenset({(item, serial)}))


def _quantities(reader: Reader, product: tuple[str, str]) -> list[Part]:
    """Lots and untracked parts in a product: what went in less what came out."""
    entries = ledger.of_subject(reader, INSIDE, *product)
    events = [event for entry in entries if isinstance(event := ledger.event_of(entry), Event)]
    return [
        Part(item=link.part.item, serial="", position=link.position, lot=link.lot, quantity=link.quantity)
        for link in Genealogy(links_of_quantities(events)).inside(*product)
    ]


def today_utc(now_ms: int) -> date:
    """The server's day."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).date()
