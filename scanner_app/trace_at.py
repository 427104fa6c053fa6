"""``scanner trace --at`` on a handheld's data: its own events up to a moment, on top of what others did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scanner_app.handheld import Handheld
from tracking.events import Event, decode_body
from tracking.genealogy import FOR_EVER_MS, Genealogy, Link, Name, Part, links_of_quantities, links_of_unit
from tracking.moments import moment_ms
from tracking.units import UnitState, evolve, without_cancelled


def as_it_was(handheld: Handheld, shown: dict[str, Any], at: str) -> dict[str, Any]:
    """The answer about a unit, as of a moment. Raises :class:`ValueError` where ``at`` is no date."""
    at_ms = moment_ms(at, handheld.session.zone)
    own = _own_events(handheld)
    tree = Genealogy(_links(handheld, own))
    name = Name(shown["item"], shown["serial"])
    path = tree.path_up(*name, at_ms)
    then = UnitState(item=name.item, serial=name.serial)
    mine = [event for event in own if (event.item, event.serial) == name]
    for event in without_cancelled(mine):
        if event.hlc >> 16 <= at_ms:
            then, _ = evolve(then, event)
    kept = {event.event_id for event in mine if event.hlc >> 16 <= at_ms}
    return {
        **shown,
        "status": then.status if kept else shown["status"],
        "location": then.location if kept else shown["location"],
        "within": [whole._asdict() for whole in path],
        "installed_in": path[0]._asdict() if path else None,
        "contains": [_part(part) for part in tree.as_built(*name, at_ms)],
        "history": [entry for entry in shown["history"] if entry["event_id"] in kept],
    }


def _own_events(handheld: Handheld) -> list[Event]:
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
