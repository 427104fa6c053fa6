"""Exports of a handheld's data: events, units and documents as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from scanner_app.handheld import Handheld
from scanner_app.journal import Journal
from scanner_app.journal_reader import JournalReader
from tracking import chain
from tracking.events import Event, decode_body
from tracking.units import UnitState

_EVENT_FIELDS = frozenset(Event.__struct_fields__)


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


def events(journal: Journal | JournalReader) -> Iterator[dict[str, Any]]:
    """Every event of the journal, oldest first, with its place in the chain.

    Fields of a newer version are passed on as they are; an event that cannot be read at all keeps its bytes as
    ``body``.
    """
    nonces = journal.nonces()
    previous: dict[int, bytes] = {epoch: begin.link for epoch, begin in journal.anchors().items()}
    for epoch, seq, body, link in journal.rows():
        before = previous.get(epoch)
        if before is None and seq == 1 and epoch in nonces:
            before = chain.first_link(journal.device, epoch, nonces[epoch])
        previous[epoch] = link
        yield row_of(body, (journal.device, epoch, seq), before, link)


def row_of(body: bytes, place: tuple[str, int, int], before: bytes | None, link: bytes) -> dict[str, Any]:
    """An event as it is exported: its bytes, its device, epoch and seq, and the chain before and after it."""
    device, epoch, seq = place
    said: dict[str, Any] = {
        "device": device,
        "epoch": epoch,
        "seq": seq,
        "prev_hash": before.hex() if before is not None else "",
        "hash": link.hex(),
    }
    try:
        return event_row(decode_body(body, **said)) | _unknown(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return said | {"body": body.decode("utf-8", "replace")}


def _unknown(body: bytes) -> dict[str, Any]:
    """The fields of an event that this version does not know."""
    said: dict[str, Any] = msgspec.json.decode(body)
    return {name: value for name, value in said.items() if name not in _EVENT_FIELDS}


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


KINDS = {"units": units, "documents": documents}
"""What needs the whole handheld; events are read from the journal alone."""
