"""Exceptions: contradictions between facts, derived from the fold, named, kept until a person settles them.

Nothing here is stored as truth: the same events give the same exceptions on every device and on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tracking.events import Event
from tracking.units import Contradiction, fold


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


class ExceptionRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Two facts about one unit that cannot both be right."""

    kind: str
    """``received_twice``, ``shipped_twice``, ``shipping_while_consumed`` ..."""
    item: str
    serial: str
    first: Witness
    second: Witness

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
    """The exceptions of a fold, with both sides filled from the events."""
    by_ref = {event.ref: event for event in events}
    return tuple(_record(contradiction, by_ref) for contradiction in found)


def exceptions_of(item: str, serial: str, events: list[Event]) -> tuple[ExceptionRecord, ...]:
    """All exceptions of one unit from all its events, in the fold's order."""
    return from_contradictions(fold(item, serial, events).contradictions, events)
