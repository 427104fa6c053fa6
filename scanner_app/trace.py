"""``scanner trace`` on a handheld's data: what a serial number is, where, what happened to it here, what is inside."""

from __future__ import annotations

from typing import Any

import msgspec

from scanner_app.handheld import Handheld
from scanner_app.knowledge import HandheldKnowledge
from scanner_app.trace_at import as_it_was, own_events
from scanner_app.workflows.look_up import warranty_until
from tracking.boxed import Boxed, boxed, container_after
from tracking.dates import parse_iso
from tracking.events import Event
from tracking.genealogy import Name
from tracking.units import UnitState, fold

DEPTH_MAX = 20
NOTE = "from this handheld's own records: of a unit marked incomplete, the server may know more"
"""Said where an answer may lack something."""


def trace(handheld: Handheld, serial: str, item: str = "", at: str = "") -> dict[str, Any]:
    """The units with this serial number, or whose serial ends so; an empty list where none is known.

    With ``at`` what was in what then, as far as this handheld did it; of what others did it knows how it is today. Each
    unit says whether its story is ``complete``, and where one is not, ``note`` says what may be lacking.
    Raises :class:`ValueError` where ``at`` is no date.
    """
    knows = handheld.session.knows
    exact = [unit for unit in knows.units_of_serial(serial) if not item or unit.item == item]
    units = exact or [unit for unit in knows.units_ending(serial) if not item or unit.item == item]
    own = own_events(handheld) if units else []
    shown = [_unit(handheld, unit, own) for unit in units]
    if at:
        shown = [as_it_was(handheld, one, own, at) for one in shown]
    note = NOTE if any(not one["complete"] for one in shown) else ""
    return {"units": shown, "note": note}


def _unit(handheld: Handheld, unit: UnitState, own: list[Event]) -> dict[str, Any]:
    knows = handheld.session.knows
    until = warranty_until(unit, knows)
    last_day = parse_iso(until) if until else None
    parent = {"item": unit.installed_in_item, "serial": unit.installed_in_serial}
    mine = [event for event in own if (event.item, event.serial) == (unit.item, unit.serial)]
    within = container_after(unit.item, unit.serial, mine)
    return {
        "item": unit.item,
        "serial": unit.serial,
        "status": unit.status,
        "flags": list(unit.flags),
        "location": unit.location,
        "lot": unit.lot,
        "expiry": unit.expiry,
        "supplier": unit.supplier,
        "customer": unit.customer,
        "warranty": {"until": until or None, "in_warranty": last_day is not None and knows.today <= last_day},
        "installed_in": parent if unit.installed_in_serial else None,
        "within": _path_up(knows, unit),
        "container": unit.container,
        "containers": [msgspec.to_builtins(one) for one in _containers(unit, mine)],
        "contains": _tree(knows, unit, frozenset()),
        "history": [_entry(event, within.get(event.ref, "")) for event in mine if _belongs_in_history(event)],
        "complete": explains(mine, unit),
    }


def _containers(unit: UnitState, mine: list[Event]) -> list[Boxed]:
    """What own events tell, and the one that it is in today though somebody else put it there."""
    told = list(boxed(unit.item, unit.serial, mine))
    if unit.container and not any(one.container == unit.container and not one.until for one in told):
        told.append(Boxed(container=unit.container))
    return told


def explains(mine: list[Event], unit: UnitState) -> bool:
    """True where own events alone come to all that is known of a unit: then nobody else is known to have had it."""
    state = fold(unit.item, unit.serial, mine).state
    names = ("status", "flags", "lot", "location", "container", "installed_in_serial", "customer", "ref")
    return all(getattr(state, name) == getattr(unit, name) for name in names)


def _path_up(knows: HandheldKnowledge, unit: UnitState) -> list[dict[str, str]]:
    """What it is in, step by step to the outermost product."""
    path: list[dict[str, str]] = []
    while unit.installed_in_serial and len(path) < DEPTH_MAX:
        path.append({"item": unit.installed_in_item, "serial": unit.installed_in_serial})
        unit = knows.unit(unit.installed_in_item, unit.installed_in_serial)
    return path


def _tree(knows: HandheldKnowledge, unit: UnitState, above: frozenset[Name]) -> list[dict[str, Any]]:
    """What is in a unit today, own events included, of any depth. A circle of wrong events ends where it began."""
    name = Name(unit.item, unit.serial)
    if name in above or len(above) >= DEPTH_MAX:
        return []
    around = above | {name}
    parts = [
        {
            "item": part.item,
            "serial": part.serial,
            "position": part.position,
            "lot": part.lot,
            "quantity": 1,
            "within": _path_up(knows, unit),
            "contains": _tree(knows, part, around),
        }
        for part in knows.inside(*name)
        if (part.item, part.serial) not in around
    ]
    quantities = [{**one._asdict(), "contains": []} for one in knows.quantities_in(*name)]
    return sorted([*parts, *quantities], key=_place)


def _place(part: dict[str, Any]) -> tuple[str, ...]:
    return (part["position"], part["item"], part["serial"], part["lot"])


def _belongs_in_history(event: Event) -> bool:
    """A refused scan is in the audit trail, not in the unit's history, unless it was a sighting of a wanted unit."""
    return event.step != "sighting" or event.code in {"stolen", "recalled"}


def _entry(event: Event, container: str) -> dict[str, Any]:
    parent = " ".join(filter(None, (event.parent_item, event.parent_serial))) or event.parent_container
    return {
        "at": event.at,
        "device": event.device,
        "operator": event.operator,
        "step": event.step,
        "document": event.document,
        "evidence": event.evidence,
        "event_id": event.event_id,
        "action": event.action,
        "location": event.location,
        "parent": parent,
        "container": container,
        "cancels": event.cancels,
        "reason": event.reason,
        "supervisor": event.supervisor,
        "waived": event.waived,
    }
