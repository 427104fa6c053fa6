"""``scanner trace`` on a handheld's data: what a serial number is, where, what happened to it here, what is inside."""

from __future__ import annotations

from typing import Any

from scanner_app.handheld import Handheld
from scanner_app.knowledge import HandheldKnowledge
from scanner_app.trace_at import as_it_was
from scanner_app.workflows.look_up import warranty_until
from tracking.dates import parse_iso
from tracking.events import Event, decode_body
from tracking.genealogy import Name
from tracking.units import UnitState

DEPTH_MAX = 20


def trace(handheld: Handheld, serial: str, item: str = "", at: str = "") -> dict[str, Any]:
    """The units with this serial number, or whose serial ends so; an empty list where none is known.

    With ``at`` what was in what then, as far as this handheld did it; of what others did it knows how it is today.
    Raises :class:`ValueError` where ``at`` is no date.
    """
    knows = handheld.session.knows
    exact = [unit for unit in knows.units_of_serial(serial) if not item or unit.item == item]
    units = exact or [unit for unit in knows.units_ending(serial) if not item or unit.item == item]
    shown = [_unit(handheld, unit) for unit in units]
    return {"units": [as_it_was(handheld, one, at) for one in shown] if at else shown}


def _unit(handheld: Handheld, unit: UnitState) -> dict[str, Any]:
    knows = handheld.session.knows
    until = warranty_until(unit, knows)
    last_day = parse_iso(until) if until else None
    parent = {"item": unit.installed_in_item, "serial": unit.installed_in_serial}
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
        "contains": _tree(knows, unit, frozenset()),
        "history": [_entry(event) for event in _history(handheld, unit)],
    }


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


def _history(handheld: Handheld, unit: UnitState) -> list[Event]:
    """What this handheld itself recorded. A refused scan is in the audit trail, not in the unit's history, unless it
    was a sighting of a stolen or recalled unit.
    """
    journal = handheld.journal
    events = (
        decode_body(body, device=journal.device, epoch=epoch, seq=seq)
        for epoch, seq, body, _ in journal.rows()
    )
    return [
        event
        for event in events
        if (event.item, event.serial) == (unit.item, unit.serial)
        and (event.step != "sighting" or event.code in {"stolen", "recalled"})
    ]


def _entry(event: Event) -> dict[str, Any]:
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
        "cancels": event.cancels,
        "reason": event.reason,
        "supervisor": event.supervisor,
        "waived": event.waived,
    }
