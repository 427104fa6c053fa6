"""Exports of a handheld's data: events, units and documents as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from scanner_app.handheld import Handheld
from tracking.events import Event, decode_body
from tracking.units import UnitState


def event_row(event: Event) -> dict[str, Any]:
    """An event with every field that others script against, empty ones included, and its own fields beside."""
    row: dict[str, Any] = {
        "event_id": event.event_id,
        "device": event.device,
        "epoch": event.epoch,
        "seq": event.seq,
        "at": event.at,
        "operator": event.operator,
        "step": event.step,
        "action": event.action,
        "item": event.item,
        "serial": event.serial,
        "lot": event.lot,
        "quantity": event.quantity,
        "location": event.location,
        "document": event.document,
        "raw": event.raw,
        "symbology_id": event.symbology_id,
        "evidence": event.evidence,
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }
    more = msgspec.to_builtins(event)
    return row | {name: value for name, value in more.items() if name not in row}


def events(handheld: Handheld) -> Iterator[dict[str, Any]]:
    """Every event of the journal, oldest first, with its place in the chain."""
    journal = handheld.journal
    previous: dict[int, str] = {}
    for epoch, seq, body, link in journal.rows():
        before = previous.get(epoch)
        if before is None:
            first = journal.link_before(epoch, seq)
            before = first.hex() if first is not None else ""
        event = decode_body(
            body, device=journal.device, epoch=epoch, seq=seq, prev_hash=before, hash=link.hex()
        )
        previous[epoch] = link.hex()
        yield event_row(event)


def unit_row(unit: UnitState) -> dict[str, Any]:
    """A unit's state."""
    row: dict[str, Any] = {
        "item": unit.item,
        "serial": unit.serial,
        "status": unit.status,
        "flags": list(unit.flags),
    }
    more = msgspec.to_builtins(unit)
    return row | {name: value for name, value in more.items() if name not in row}


def units(handheld: Handheld) -> Iterator[dict[str, Any]]:
    """Every unit known: the cache's with own events on top, then own new ones."""
    knows = handheld.session.knows
    seen: set[tuple[str, str]] = set()
    for unit in handheld.cache.all_units():
        seen.add((unit.item, unit.serial))
        yield unit_row(knows.unit(unit.item, unit.serial))
        knows.forget_scan()
    for item, serial in handheld.journal.overlay_units():
        if (item, serial) not in seen:
            state = knows.unit(item, serial)
            if state.status != "unknown":
                yield unit_row(state)
            knows.forget_scan()


def documents(handheld: Handheld) -> Iterator[dict[str, Any]]:
    """Every document with what is done on its lines."""
    for number, body in handheld.cache.records("document"):
        tally = handheld.session.knows.tally(number)
        row: dict[str, Any] = msgspec.json.decode(body)
        done = {str(line): count for line, count in tally.done.items()}
        yield row | {"done": done, "closed": tally.closed}


KINDS = {"events": events, "units": units, "documents": documents}
