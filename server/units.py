"""The unit projection: state, exceptions and document credits of each unit whose events changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from server import devices
from server.many_keys import rows_of_keys
from server.replica import Feed
from server.storage import Writer
from server.subjects import Found, Subject
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


CreditChange = tuple[Credit, int]
"""A credit that came or went, and what that adds to its line; less than 0 where it went."""


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


def plan(subject: Subject, found: Found, added: int) -> UnitPlan:
    """Fold one unit from all its events, of which so many came with this batch."""
    position_of = {event.ref: position for position, event in found}
    events = [event for _, event in found]
    folded = fold(subject.name, subject.part, events)
    records = still_open(from_contradictions(folded.contradictions, events))
    return UnitPlan(
        state=folded.state,
        exceptions=tuple((position_of[record.second.ref], record) for record in records),
        credits=tuple(credits_of(folded.accepted, position_of)),
        first_seen=added == len(found),
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


def store(tx: Writer, feed: Feed, plans: Sequence[UnitPlan]) -> list[CreditChange]:
    """Write the plans down; what that adds to documents and takes off them."""
    again = [(one.state.item, one.state.serial) for one in plans if not one.first_seen]
    sql = (
        "SELECT c.document, c.line, c.item, c.serial, c.position, c.quantity FROM wanted w CROSS JOIN credit c"
        " WHERE c.item = w.a AND c.serial = w.b AND c.serial <> ''"
    )
    before = {Credit(*row) for row in rows_of_keys(tx, sql, again)}
    changes = store_credits(tx, before, {one for each in plans for one in each.credits})
    _store_states(tx, feed, plans)
    forget_exceptions(tx, feed, again, {record.key for one in plans for _, record in one.exceptions})
    for one in plans:
        for position, record in one.exceptions:
            store_exception(tx, feed, position, record)
    return changes


def store_credits(tx: Writer, before: set[Credit], after: set[Credit]) -> list[CreditChange]:
    """In place of some credits, others: only what differs is written."""
    gone, new = sorted(before - after), sorted(after - before)
    tx.run_many(
        "DELETE FROM credit WHERE document = ? AND line = ? AND item = ? AND serial = ? AND position = ?",
        [one[:5] for one in gone],
    )
    tx.insert("credit", Credit._fields, new)
    return [(one, -one.quantity) for one in gone] + [(one, one.quantity) for one in new]


def _store_states(tx: Writer, feed: Feed, plans: Sequence[UnitPlan]) -> None:
    known = [one.state for one in plans if one.known]
    gone = [one.state for one in plans if not one.known]
    tx.put("unit", _COLUMNS, list(map(_columns, known)), _UPDATE)
    for state in known:
        feed.put("unit", pair_key(state.item, state.serial), msgspec.json.encode(state))
    tx.run_many("DELETE FROM unit WHERE item = ? AND serial = ?", [(one.item, one.serial) for one in gone])
    for state in gone:
        feed.delete("unit", pair_key(state.item, state.serial))


_COLUMNS = (
    "item", "serial", "serial_reversed", "status", "flags", "site", "location", "lot", "document", "parent_item",
    "parent_serial", "bom_position", "supplier", "customer",
)  # fmt: skip
_UPDATE = "(item, serial) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[3:])


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


def forget_exceptions(
    tx: Writer, feed: Feed, names: Sequence[tuple[str, str]], standing: Collection[str]
) -> None:
    """Take away the exceptions of units, and with an empty item of containers, but those with ``standing`` keys."""
    sql = "SELECT x.key, x.kind FROM wanted w CROSS JOIN exception x WHERE x.item = w.a AND x.serial = w.b"
    for key, kind in rows_of_keys(tx, sql, names):
        if kind not in OF_NO_UNIT and key not in standing:
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
