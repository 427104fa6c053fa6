"""``scanner trace`` on a handheld's data: what a serial number is, where, what happened to it here, what is inside."""

from __future__ import annotations

from typing import Any

from scanner_app.handheld import Handheld
from scanner_app.workflows.look_up import warranty_until
from tracking.dates import parse_iso
from tracking.events import Event, decode_body
from tracking.units import UnitState

DEPTH_MAX = 20


def trace(handheld: Handheld, serial: str, item: str = "") -> dict[str, Any]:
    """The units with this serial number, or whose serial ends so; an empty list where none is known."""
    knows = handheld.session.knows
    exact = [unit for unit in knows.units_of_serial(serial) if not item or unit.item == item]
    units = exact or [unit for unit in knows.units_ending(serial) if not item or unit.item == item]
    inside = _contents(handheld) if units else {}
    return {"units": [_unit(handheld, unit, inside) for unit in units]}


def _unit(
    handheld: Handheld, unit: UnitState, inside: dict[tuple[str, str], list[UnitState]]
) -> dict[str, Any]:
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
        "contains": _tree(unit, inside, DEPTH_MAX),
        "history": [_entry(event) for event in _history(handheld, unit)],
    }


def _contents(handheld: Handheld) -> dict[tuple[str, str], list[UnitState]]:
    """(item, serial) of a product -> the units installed in it."""
    found: dict[tuple[str, str], list[UnitState]] = {}
    for unit in handheld.cache.all_units():
        if unit.installed_in_serial:
            found.setdefault((unit.installed_in_item, unit.installed_in_serial), []).append(unit)
    for inside in found.values():
        inside.sort(key=lambda unit: (unit.serial, unit.item))
    return found


def _tree(
    unit: UnitState, inside: dict[tuple[str, str], list[UnitState]], depth: int
) -> list[dict[str, Any]]:
    if not depth:
        return []
    return [
        {
            "item": part.item,
            "serial": part.serial,
            "position": part.position,
            "contains": _tree(part, inside, depth - 1),
        }
        for part in inside.get((unit.item, unit.serial), ())
    ]


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
    }
