"""The unit projection: state, exceptions and document credits of each unit whose events changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from server import derived_exceptions
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
    before = {Credit(*row) for row in tx.rows_of(sql, again)}
    changes = store_credits(tx, before, {one for each in plans for one in each.credits})
    _store_states(tx, feed, plans)
    standing = [one for plan in plans for one in plan.exceptions]
    derived_exceptions.forget_but(tx, feed, again, {record.key for _, record in standing})
    derived_exceptions.store(tx, feed, standing)
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
