"""The unit projection: state, exceptions and document credits of each unit whose events changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from server import devices
from server.replica import Feed
from server.storage import Reader, Writer
from server.subjects import Subject, events_of
from sync.wire import pair_key
from tracking.documents import credit, takes_off
from tracking.events import Event
from tracking.exceptions import ExceptionRecord, from_contradictions, still_open
from tracking.units import UnitState, fold


class Credit(NamedTuple):
    """What one event adds to one line of a document."""

    document: str
    line: int
    item: str
    serial: str
    position: int
    quantity: int


class UnitPlan(NamedTuple):
    """What one unit is after its events were folded anew."""

    state: UnitState
    exceptions: tuple[tuple[int, ExceptionRecord], ...]
    """(position of the second fact, record)."""
    credits: tuple[Credit, ...]
    first_seen: bool
    """The unit had no events before this batch: there is nothing to take away."""

    @property
    def known(self) -> bool:
        """False where nothing that stands says that this unit exists."""
        return self.state.status != "unknown" or bool(self.state.flags)


def plan(reader: Reader, subject: Subject, extra: set[int], batch: Mapping[int, Event]) -> UnitPlan:
    """Fold one unit from all its events, those of the batch included."""
    found = events_of(reader, subject, extra, batch)
    position_of = {event.ref: position for position, event in found}
    events = [event for _, event in found]
    folded = fold(subject.name, subject.part, events)
    records = still_open(from_contradictions(folded.contradictions, events))
    return UnitPlan(
        state=folded.state,
        exceptions=tuple((position_of[record.second.ref], record) for record in records),
        credits=tuple(credits_of(folded.accepted, position_of)),
        first_seen=len(extra) == len(found),
    )


def credits_of(accepted: Sequence[Event], position_of: Mapping[str, int]) -> list[Credit]:
    """The credits of events that count, in the fold's order. A unit counts once on a line, whatever it goes through."""
    credited: dict[tuple[object, ...], Credit] = {}
    for event in accepted:
        quantity = credit(event, "", "")
        if quantity:
            position = position_of[event.ref]
            one = Credit(event.document, event.line, event.item, event.serial, position, quantity)
            key = one[:4] if event.serial else one[:5]
            if takes_off(event):
                credited.pop(key, None)
            else:
                credited.setdefault(key, one)
    return list(credited.values())


def store(tx: Writer, feed: Feed, plans: Sequence[UnitPlan]) -> set[str]:
    """Write the plans down; the numbers of the documents whose credits may have changed."""
    touched: set[str] = set()
    again = [(one.state.item, one.state.serial) for one in plans if not one.first_seen]
    for item, serial in again:
        rows = tx.rows("SELECT DISTINCT document FROM credit WHERE item = ? AND serial = ?", item, serial)
        touched.update(row[0] for row in rows)
    tx.run_many("DELETE FROM credit WHERE item = ? AND serial = ?", again)
    tx.run_many(
        "INSERT INTO credit (document, line, item, serial, position, quantity) VALUES (?, ?, ?, ?, ?, ?)",
        [one for each in plans for one in each.credits],
    )
    touched.update(one.document for each in plans for one in each.credits)
    _store_states(tx, feed, plans)
    for one in plans:
        _store_exceptions(tx, feed, one)
    return touched


def _store_states(tx: Writer, feed: Feed, plans: Sequence[UnitPlan]) -> None:
    known = [one.state for one in plans if one.known]
    gone = [one.state for one in plans if not one.known]
    tx.run_many(
        "INSERT INTO unit (item, serial, serial_reversed, status, flags, site, location, lot, document,"
        " parent_item, parent_serial, bom_position, supplier, customer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (item, serial) DO UPDATE SET status = excluded.status, flags = excluded.flags,"
        " site = excluded.site, location = excluded.location, lot = excluded.lot, document = excluded.document,"
        " parent_item = excluded.parent_item, parent_serial = excluded.parent_serial,"
        " bom_position = excluded.bom_position, supplier = excluded.supplier, customer = excluded.customer",
        map(_columns, known),
    )
    for state in known:
        feed.put("unit", pair_key(state.item, state.serial), msgspec.json.encode(state))
    tx.run_many("DELETE FROM unit WHERE item = ? AND serial = ?", [(one.item, one.serial) for one in gone])
    for state in gone:
        feed.delete("unit", pair_key(state.item, state.serial))


def _columns(state: UnitState) -> tuple[str, ...]:
    return (
        state.item,
        state.serial,
        state.serial[::-1],
        state.status,
        " ".join(state.flags),
        state.site,
        state.location,
        state.lot,
        state.document,
        state.installed_in_item,
        state.installed_in_serial,
        state.position,
        state.supplier,
        state.customer,
    )


def _store_exceptions(tx: Writer, feed: Feed, one: UnitPlan) -> None:
    keys = {record.key for _, record in one.exceptions}
    if not one.first_seen:
        rows = tx.rows(
            "SELECT key FROM exception WHERE item = ? AND serial = ? AND kind NOT IN (?, ?)",
            one.state.item,
            one.state.serial,
            *OF_NO_UNIT,
        )
        for (key,) in rows:
            if key not in keys:
                forget_exception(tx, feed, key)
    for position, record in one.exceptions:
        store_exception(tx, feed, position, record)


def forget_exceptions(tx: Writer, feed: Feed, name: str, keys: set[str]) -> None:
    """Take away a container's exceptions but those with these keys."""
    rows = tx.rows(
        "SELECT key FROM exception WHERE item = '' AND serial = ? AND kind NOT IN (?, ?)", name, *OF_NO_UNIT
    )
    for (key,) in rows:
        if key not in keys:
            forget_exception(tx, feed, key)


def forget_exception(tx: Writer, feed: Feed, key: str) -> None:
    """It is explained, or settled: no list and no handheld shows it any more."""
    tx.run("DELETE FROM exception WHERE key = ?", key)
    feed.delete_everywhere("exception", key)


NOT_UNDERSTOOD = "not_understood"
"""The kind of exception that an event in the quarantine makes."""

LOST_RANGE = "lost_range"
"""The kind of exception that a hole in a device's numbers makes."""

OF_NO_UNIT = (NOT_UNDERSTOOD, LOST_RANGE)
"""Kinds of exceptions that are about no unit and no container."""


def store_exception(tx: Writer, feed: Feed, position: int, record: ExceptionRecord) -> None:
    """Write an exception down, and tell the sites of the devices that it concerns."""
    body = msgspec.json.encode(record)
    tx.run(
        "INSERT INTO exception (key, kind, item, serial, position, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET body = excluded.body, position = excluded.position",
        record.key,
        record.kind,
        record.item,
        record.serial or record.container,
        position,
        body,
    )
    concerned = [devices.by_id(tx, device) for device in sorted(record.devices)]
    sites = {device.site for device in concerned if device is not None} - {""}
    for site in sites or {""}:
        feed.put("exception", record.key, body, site)
