"""Exceptions: contradictions between facts, derived from the fold, named, kept until a person settles them.

Nothing here is stored as truth: the same events give the same exceptions on every device and on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tracking.crossings import PACKED_TWICE
from tracking.events import Event
from tracking.units import Contradiction, fold, without_cancelled

LOST_RANGE = "lost_range"
"""The kind of exception that a hole in a device's numbers makes: the first and the last event that nobody holds."""


CLOCK_AHEAD = "clock_ahead"
"""The kind of exception of a handheld whose clock cannot be right: what it said, and when the server received it."""


class Witness(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One side of an exception: who says so, where and when."""

    ref: str = ""
    event_id: str = ""
    step: str = ""
    device: str = ""
    operator: str = ""
    at: str = ""
    site: str = ""
    location: str = ""
    document: str = ""
    party: str = ""
    parent: str = ""
    """What it went into: a container, or a product as item and serial number."""
    supervisor: str = ""
    """Badge of who took a stop upon himself before it was done."""
    waived: str = ""
    """The code of that stop."""
    reason: str = ""
    """Why he did."""


class ExceptionRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Two facts about one unit that cannot both be right."""

    kind: str
    """``received_twice``, ``shipped_twice``, ``shipping_while_consumed`` ..."""
    item: str
    serial: str
    container: str = ""
    """Instead of item and serial number: the carton that is said to stand on two pallets."""
    first: Witness
    second: Witness
    settled: Witness | None = None
    """Who answered for it, when; None while it waits for somebody."""
    settled_reason: str = ""

    @property
    def relation(self) -> str:
        """For what was done twice: ``other_site``, ``other_document`` or ``same_document``; else empty."""
        if not self.kind.endswith("_twice") or not self.second.document:
            return ""
        if self.first.site and self.second.site and self.first.site != self.second.site:
            return "other_site"
        return "same_document" if self.first.document == self.second.document else "other_document"

    @property
    def key(self) -> str:
        """Stable name: the second fact is what made it one."""
        return f"{self.kind}/{self.second.ref}"

    @property
    def devices(self) -> frozenset[str]:
        """The handhelds that ought to be told."""
        return frozenset({self.first.device, self.second.device} - {""})


def witness(event: Event) -> Witness:
    """The side of an exception that an event is."""
    return Witness(
        ref=event.ref,
        event_id=event.event_id,
        step=event.step,
        device=event.device,
        operator=event.operator,
        at=event.at,
        site=event.site,
        location=event.location,
        document=event.document,
        party=event.party,
        parent=event.parent_container or " ".join(filter(None, (event.parent_item, event.parent_serial))),
        supervisor=event.supervisor,
        waived=event.waived,
        reason=event.reason if event.waived else "",
    )


def _record(found: Contradiction, by_ref: Mapping[str, Event]) -> ExceptionRecord:
    first = by_ref.get(found.first)
    before = found.before
    return ExceptionRecord(
        kind=found.kind,
        item=before.item,
        serial=before.serial,
        first=witness(first)
        if first is not None
        else Witness(
            ref=before.ref,
            step=before.step,
            device=before.device,
            operator=before.operator,
            at=before.at,
            site=before.site,
            location=before.location,
            document=before.document,
        ),
        second=witness(found.second),
    )


def from_contradictions(
    found: Iterable[Contradiction], events: Iterable[Event]
) -> tuple[ExceptionRecord, ...]:
    """The exceptions of a fold, with both sides filled from the events; those that are settled say so."""
    contradictions = tuple(found)
    if not contradictions:
        return ()
    by_ref = {event.ref: event for event in events}
    return _with_answers(tuple(_record(one, by_ref) for one in contradictions), by_ref)


def of_container(container: str, events: Iterable[Event]) -> tuple[ExceptionRecord, ...]:
    """Where a container is said to stand in two others: it was put into one, and nobody took it out of the other."""
    by_ref = {event.ref: event for event in events}
    records: list[ExceptionRecord] = []
    inside: Event | None = None
    for event in without_cancelled(by_ref.values()):
        if event.step == "packing" and event.parent_container:
            if inside is not None and inside.parent_container != event.parent_container:
                records.append(
                    ExceptionRecord(
                        kind=PACKED_TWICE,
                        item="",
                        serial="",
                        container=container,
                        first=witness(inside),
                        second=witness(event),
                    )
                )
            inside = event
        elif event.step in {"unpacking", "shipping"}:
            inside = None
    return _with_answers(tuple(records), by_ref)


def _with_answers(
    records: tuple[ExceptionRecord, ...], by_ref: Mapping[str, Event]
) -> tuple[ExceptionRecord, ...]:
    if not records or not any(map(_answers, by_ref.values())):
        return records
    standing = [event for event in without_cancelled(by_ref.values()) if _answers(event)]
    return tuple(_settled(record, standing, by_ref) for record in records)


def _answers(event: Event) -> bool:
    return bool(event.settles) or _taken_into_books(event)


def _taken_into_books(event: Event) -> bool:
    """True for the office's word that what was counted is there."""
    return event.step == "stock_taking" and event.action == "ADD"


def _settled(
    record: ExceptionRecord, answers: Iterable[Event], by_ref: Mapping[str, Event]
) -> ExceptionRecord:
    """The record with the last word on it. A count that the office approved answers for what it saw."""
    seen_late = record.kind.startswith("stock_taking_while_")
    for event in reversed(list(answers)):
        later = event.order > by_ref[record.second.ref].order
        if event.settles == record.key or (seen_late and later and _taken_into_books(event)):
            return msgspec.structs.replace(record, settled=witness(event), settled_reason=event.reason)
    return record


def exceptions_of(item: str, serial: str, events: list[Event]) -> tuple[ExceptionRecord, ...]:
    """All exceptions of one unit from all its events, in the fold's order, settled ones too."""
    return from_contradictions(fold(item, serial, events).contradictions, events)


def still_open(records: Iterable[ExceptionRecord]) -> tuple[ExceptionRecord, ...]:
    """Those that wait for somebody."""
    return tuple(record for record in records if record.settled is None)
