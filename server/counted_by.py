"""Who counted what of a sheet: a row for each place, item and person, and for each place that was found empty.

By the events of whoever counted, so it is right whichever handheld a count began on and whichever it ended on.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tracking.documents import says_empty
from tracking.events import Event


class CountedBy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one person counted of one item at one place in one round, on one handheld."""

    location: str
    item: str = ""
    """Empty where the place was found empty."""
    counted: int = 0
    operator: str = ""
    device: str = ""
    recount: int = 0
    began_at: str = ""
    ended_at: str = ""
    empty: bool = False
    """Nothing was there, and the person said so."""


def rows(counts: Iterable[Event]) -> tuple[CountedBy, ...]:
    """``counts`` are the counts of a sheet that stand. By place, then by time."""
    found: dict[tuple[object, ...], list[Event]] = {}
    held: set[str] = set()
    for event in counts:
        # A serial number says that something is there, whatever was said of the place before or after.
        if not says_empty(event):
            held.add(event.location)
        key = (event.location, event.item, event.operator, event.device, event.recount)
        found.setdefault(key, []).append(event)
    kept = [events for events in found.values() if not (says_empty(events[0]) and events[0].location in held)]
    told = [_row(sorted(events, key=lambda event: event.order)) for events in kept]
    return tuple(sorted(told, key=lambda row: (row.location, row.began_at, row.item, row.operator)))


def _row(events: list[Event]) -> CountedBy:
    first, last = events[0], events[-1]
    return CountedBy(
        location=first.location,
        item=first.item,
        counted=sum(event.quantity for event in events),
        operator=first.operator,
        device=first.device,
        recount=first.recount,
        began_at=first.at,
        ended_at=last.at,
        empty=says_empty(first),
    )
