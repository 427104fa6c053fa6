"""Unpacking: a unit, a quantity or a carton comes out, and behind the last one somebody looks whether it is empty."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge, Step
from scanner_app.workflows.gathering import gather, waiting_answer
from scanner_app.workflows.held_together import whole_of
from scanner_app.workflows.pack_state import PackState
from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking import rules
from tracking.events import Event
from tracking.site import Item
from tracking.verdicts import verdict


def label(state: PackState, read: Parts, text: str, knows: Knowledge) -> Step:
    """A unit or a lot comes out of the open carton, or out of whichever it is in where none is open."""
    got = gather(state.parts, read, None, knows, going_out=True)
    if got.answer is not None or got.item is None:
        said = got.answer or verdict("unknown_code", raw=text)
        keep = got.parts if said.level == "none" or said.code == "ambiguous" else state.parts
        return Step(state=msgspec.structs.replace(state, parts=keep), verdict=said)
    if got.need:
        held = msgspec.structs.replace(state, parts=got.parts)
        return Step(state=held, verdict=waiting_answer(got.parts, got.item, got.need))
    if not got.parts.serial:
        return quantity(state, got.parts, knows)
    unit = knows.unit(got.item.item, got.parts.serial)
    carton = unit.container
    if not carton or (state.container and carton not in whole_of(state.container, knows).containers):
        return _not_in(state, got.item, got.parts, knows)
    event = Event(
        step="unpacking",
        action="DELETE",
        item=unit.item,
        serial=unit.serial,
        lot=unit.lot,
        parent_container=carton,
        code="unpacked",
    )
    left = whole_of(carton, knows).pieces - 1
    said = verdict("unpacked", item=unit.item, serial=unit.serial, container=carton)
    after = msgspec.structs.replace(state, parts=NO_PARTS, emptied="" if left else carton)
    # It is out whatever it is; the stop says where a recalled one goes.
    return Step(state=after, verdict=rules.stopped_anywhere(unit) or said, events=(event,))


def _not_in(state: PackState, item: Item, parts: Parts, knows: Knowledge) -> Step:
    """Found in the carton, or beside it, though nobody packed it: said, with where it is, and left as it is."""
    unit = knows.unit(item.item, parts.serial) if parts.serial else None
    alarm = rules.stopped_anywhere(unit) if unit is not None else None
    where = unit.container if unit is not None else ""
    said = verdict(
        "unexpected",
        item=item.item,
        serial=parts.serial,
        lot=parts.lot,
        loose="" if parts.serial else item.item,
        container=where,
        absent=state.container,
        nowhere="" if state.container else "yes",
    )
    return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=alarm or said)


def quantity(state: PackState, parts: Parts, knows: Knowledge) -> Step:
    """So many of a lot come out of the open carton; never more than are known to be in it."""
    item = knows.item(parts.item) or Item(item=parts.item)
    within = knows.quantities_in("", state.container) if state.container else ()
    known = sum(one.quantity for one in within if (one.item, one.lot) == (parts.item, parts.lot))
    if not known:
        return _not_in(state, item, parts, knows)
    cleared = msgspec.structs.replace(state, parts=NO_PARTS)
    if parts.quantity > known:
        said = verdict(
            "over_quantity",
            item=parts.item,
            lot=parts.lot,
            loose=parts.item,
            container=state.container,
            inside=str(known),
        )
        return Step(state=cleared, verdict=said)
    event = Event(
        step="unpacking",
        action="DELETE",
        item=parts.item,
        lot=parts.lot,
        quantity=parts.quantity,
        parent_container=state.container,
        code="unpacked",
    )
    left = whole_of(state.container, knows).pieces - parts.quantity
    said = verdict(
        "unpacked", item=parts.item, lot=parts.lot, quantity=str(parts.quantity), container=state.container
    )
    after = msgspec.structs.replace(cleared, emptied="" if left else state.container)
    return Step(state=after, verdict=said, events=(event,))


def container(state: PackState, code: str, knows: Knowledge) -> Step:
    """A carton comes off its pallet; one that stands alone is emptied: all that was in it is out."""
    here = knows.container(code)
    if here.parent:
        event = Event(
            step="unpacking", action="DELETE", container=code, parent_container=here.parent, code="unpacked"
        )
        said = verdict("unpacked", box=code, container=here.parent)
        left = whole_of(here.parent, knows).pieces - whole_of(code, knows).pieces
        after = msgspec.structs.replace(state, parts=NO_PARTS, emptied="" if left else here.parent)
        return Step(state=after, verdict=said, events=(event,))
    events = _all_out(code, knows)
    if not events:
        return Step(state=state, verdict=verdict("unexpected", bare=code))
    said = verdict("unpacked", container=code, count=str(len(events)))
    after = PackState(taking_out=True, emptied=code)
    return Step(state=after, verdict=said, events=events)


def _all_out(code: str, knows: Knowledge) -> tuple[Event, ...]:
    units = tuple(
        Event(
            step="unpacking",
            action="DELETE",
            item=unit.item,
            serial=unit.serial,
            lot=unit.lot,
            parent_container=code,
            evidence="ranged",
            code="unpacked",
        )
        for unit in knows.inside("", code)
    )
    lots = tuple(
        Event(
            step="unpacking",
            action="DELETE",
            item=one.item,
            lot=one.lot,
            quantity=one.quantity,
            parent_container=code,
            code="unpacked",
        )
        for one in knows.quantities_in("", code)
    )
    boxes = tuple(
        Event(step="unpacking", action="DELETE", container=box, parent_container=code, code="unpacked")
        for box in knows.boxes_in(code)
    )
    return (*units, *lots, *boxes)


def is_empty(state: PackState) -> Step:
    """A person looked: nothing is left in it."""
    event = Event(step="inspecting", container=state.emptied, reason="empty", code="inspected")
    said = verdict("inspected", empty=state.emptied)
    return Step(state=PackState(taking_out=state.taking_out), verdict=said, events=(event,), afresh=True)
