"""``scanner trace --at`` on a handheld's data: its own events up to a moment, on top of what others did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from scanner_app.handheld import Handheld
from tracking.events import Event, decode_body
from tracking.genealogy import FOR_EVER_MS, Genealogy, Link, Name, Part, links_of_quantities, links_of_unit
from tracking.moments import moment_ms
from tracking.units import fold, without_cancelled


def as_it_was(handheld: Handheld, shown: dict[str, Any], own: list[Event], at: str) -> dict[str, Any]:
    """The answer about a unit, as of a moment. Raises :class:`ValueError` where ``at`` is no date.

    What is so today since before that moment was so then. Of what changed later the own events up to the moment tell;
    where there are none, nobody here knows.
    """
    at_ms = moment_ms(at, handheld.session.zone)
    tree = Genealogy(_links(handheld, own))
    name = Name(shown["item"], shown["serial"])
    path = tree.path_up(*name, at_ms)
    mine = [event for event in own if (event.item, event.serial) == name]
    until_then = [event for event in mine if event.hlc >> 16 <= at_ms]
    then = fold(*name, [event for event in without_cancelled(mine) if event.hlc >> 16 <= at_ms]).state
    unit = handheld.session.knows.unit(*name)
    since_before = _moment(unit.at) <= at_ms
    kept = {event.event_id for event in until_then}
    stretches = [one for one in shown["containers"] if _moment(one["since"]) <= at_ms]
    inside = next((one["container"] for one in stretches if _stands(one, at_ms)), "")
    return {
        **shown,
        "status": unit.status if since_before else then.status,
        "location": then.location if kept else shown["location"] if since_before else "",
        "within": [whole._asdict() for whole in path],
        "installed_in": path[0]._asdict() if path else None,
        "container": inside,
        "containers": stretches,
        "contains": [_part(part) for part in tree.as_built(*name, at_ms)],
        "history": [entry for entry in shown["history"] if entry["event_id"] in kept],
    }


def _moment(at: str) -> int:
    """Milliseconds of an event's time; 0, long ago, for a time that nobody knows."""
    try:
        return moment_ms(at, UTC) if at else 0
    except ValueError:
        return 0


def _stands(one: dict[str, Any], at_ms: int) -> bool:
    return not one["until"] or at_ms < _moment(one["until"])


def own_events(handheld: Handheld) -> list[Event]:
    """Every event of this handheld that it still holds."""
    journal = handheld.journal
    return [
        decode_body(body, device=journal.device, epoch=epoch, seq=seq)
        for epoch, seq, body, _ in journal.rows()
    ]


def _links(handheld: Handheld, own: list[Event]) -> Iterator[Link]:
    """What was in what: of own events when, of everything else as it is today."""
    by_unit: dict[Name, list[Event]] = defaultdict(list)
    for event in own:
        if event.serial and event.step in {"installing", "removing"}:
            by_unit[Name(event.item, event.serial)].append(event)
    for name, events in by_unit.items():
        standing = without_cancelled(events)
        if standing and standing[0].step == "removing":  # it was in before this handheld heard of it
            first = standing[0]
            whole = Name(first.parent_item, first.parent_serial)
            yield Link(name, whole, first.position, first.lot, 1, 0, first.hlc >> 16)
        yield from links_of_unit(*name, events)
    for unit in handheld.cache.all_units():
        name = Name(unit.item, unit.serial)
        if unit.installed_in_serial and name not in by_unit:
            whole = Name(unit.installed_in_item, unit.installed_in_serial)
            yield Link(name, whole, unit.position, unit.lot, 1, 0, FOR_EVER_MS)
    yield from links_of_quantities(event for event in own if not event.serial)


def _part(part: Part) -> dict[str, Any]:
    return {
        "item": part.item,
        "serial": part.serial,
        "position": part.position,
        "lot": part.lot,
        "quantity": part.quantity,
        "contains": [_part(inner) for inner in part.contains],
    }
