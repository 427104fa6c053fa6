"""Production: a part comes out of a unit. A finished one is not finished any more, until it is complete again."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge, Scanned, Step
from scanner_app.workflows.gathering import waiting_answer
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.production_state import Bench, ProductionState, bench_of
from scanner_app.workflows.production_units import order_of, order_that_built, select_product
from tracking import rules
from tracking.assembly import Inside, Slot, complete, product_line
from tracking.documents import Document
from tracking.events import Event
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import verdict


def take_out(state: ProductionState, bench: Bench, read: Parts, given: Scanned, knows: Knowledge) -> Step:
    """A part comes out of the unit on the bench; a lot by its label, and as much as is asked for."""
    within = [one for slot in bench.slots for one in slot.filled]
    found = [one for one in within if _matches(one, read, state.parts)]
    units = [one for one in found if one.serial]
    if len(units) == 1 and read.serial:
        return _taken(state, bench, units[0], 1, knows)
    lots = [one for one in found if not one.serial]
    if lots and not read.serial:
        first = lots[0]
        if len({one.lot for one in lots}) > 1:
            held = msgspec.structs.replace(state, parts=Parts(item=first.item))
            item = knows.item(first.item) or Item(item=first.item)
            return Step(state=held, verdict=waiting_answer(held.parts, item, "lot"))
        held = msgspec.structs.replace(state, parts=Parts(item=first.item, lot=first.lot))
        if first.quantity == 1:
            return take_quantity(held, bench, msgspec.structs.replace(held.parts, quantity=1), knows)
        item = knows.item(first.item) or Item(item=first.item)
        return Step(state=held, verdict=waiting_answer(held.parts, item, "quantity"))
    strange = [unit for unit in knows.inside(bench.unit.item, bench.unit.serial) if _is(unit, read)]
    if len(strange) == 1:  # in it, and of no position of this bill
        unit = strange[0]
        return _taken(state, bench, Inside(unit.item, unit.serial, unit.lot, unit.position, 1), 1, knows)
    return _not_in(state, read, given, bench.document.number, bench.name)


def _matches(one: Inside, read: Parts, held: Parts) -> bool:
    item = read.item or held.item
    return (
        (not item or one.item == item)
        and (not read.serial or one.serial == read.serial)
        and (not read.lot or one.lot == read.lot)
    )


def _is(unit: UnitState, read: Parts) -> bool:
    return bool(read.serial) and unit.serial == read.serial and read.item in {"", unit.item}


def _not_in(state: ProductionState, read: Parts, given: Scanned, document: str, parent: str) -> Step:
    said = verdict(
        "wrong_component",
        item=read.item,
        serial=read.serial,
        raw=given.texts[0],
        document=document,
        parent=parent,
    )
    return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)


def _taken(state: ProductionState, bench: Bench, one: Inside, quantity: int, knows: Knowledge) -> Step:
    """Out it comes, whatever it is: a recalled part has to. The stop says where to put it."""
    again = _unfinished(bench, one, quantity, knows)
    if again and again[0].step == "assembling":
        stopped = rules.step_stop("assembling", "DELETE", bench.unit)
        if stopped is not None:
            return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=stopped)
    alarm = rules.stopped_anywhere(knows.unit(one.item, one.serial)) if one.serial else None
    out = ProductionState(
        document=bench.document.number,
        product=bench.unit.serial,
        out_item=one.item if one.serial else "",
        out_serial=one.serial,
    )
    said = verdict(
        "removed",
        item=one.item,
        serial=one.serial,
        lot=one.lot if not one.serial else "",
        quantity=str(quantity) if not one.serial else "",
        parent=bench.name,
        position=one.position,
        reopened=bench.unit.serial if again else "",
    )
    event = Event(
        step="removing",
        action="DELETE",
        item=one.item,
        serial=one.serial,
        lot=one.lot,
        quantity=quantity,
        document=bench.document.number,
        parent_item=bench.unit.item,
        parent_serial=bench.unit.serial,
        position=one.position,
        code="removed",
    )
    return Step(state=out, verdict=alarm or said, events=(event, *again))


def _unfinished(bench: Bench, one: Inside, quantity: int, knows: Knowledge) -> tuple[Event, ...]:
    """The event that says that a finished unit lacks something again; none where it was not finished, or still is.

    It takes the unit off the line of the order that built it: there it counts again when it is complete again.
    """
    unit = bench.unit
    begun = unit.status in {"unknown", "planned", "returned"}
    never = unit.status == "received" and not complete(bench.slots)
    if begun or never or complete(_without(bench, one, quantity)):
        return ()
    order = order_of(bench, knows)
    line = product_line(order)
    counted = unit.status == "produced" and unit.document == order.number
    return (
        Event(
            step="assembling",
            action="DELETE",
            item=unit.item,
            serial=unit.serial,
            document=order.number,
            line=line.line if line is not None and counted else 0,
            code="removed",
        ),
    )


def _without(bench: Bench, one: Inside, quantity: int) -> tuple[Slot, ...]:
    """The positions once so much of it is out."""
    return tuple(
        msgspec.structs.replace(slot, filled=_less(slot.filled, one, quantity)) for slot in bench.slots
    )


def _less(filled: tuple[Inside, ...], one: Inside, quantity: int) -> tuple[Inside, ...]:
    left = (each._replace(quantity=each.quantity - quantity) if each == one else each for each in filled)
    return tuple(each for each in left if each.quantity > 0)


def take_quantity(state: ProductionState, bench: Bench, parts: Parts, knows: Knowledge) -> Step:
    """So much of a lot or an untracked part comes out."""
    within = [one for slot in bench.slots for one in slot.filled if not one.serial]
    one = next((one for one in within if (one.item, one.lot) == (parts.item, parts.lot)), None)
    if one is None or parts.quantity > one.quantity:
        said = verdict(
            "over_quantity",
            item=parts.item,
            lot=parts.lot,
            loose=parts.item,
            inside=str(one.quantity if one is not None else 0),
        )
        return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)
    return _taken(state, bench, one, parts.quantity, knows)


# -- with no unit on the bench --------------------------------------------------------------------------------------


def out_of_any(
    state: ProductionState, document: Document | None, read: Parts, given: Scanned, knows: Knowledge
) -> Step:
    """A part comes out of whatever it is in, or is no longer kept for the order; its product comes onto the bench."""
    units = [unit for unit in knows.units_of_serial(read.serial) if _is(unit, read)]
    kept = [unit for unit in units if document is not None and _is_kept(unit, document)]
    built_in = [
        (unit, order) for unit in units if (order := _order_around(unit, document, knows)) is not None
    ]
    if len(kept) + len(built_in) != 1:
        return _not_in(state, read, given, state.document, state.document)
    if kept:
        return _no_longer_kept(state, kept[0])
    part, order = built_in[0]
    at_bench = ProductionState(document=order.number, product=part.installed_in_serial, taking_out=True)
    onto = select_product(at_bench, order, part.installed_in_item, part.installed_in_serial, knows)
    if onto.verdict.stops:
        return msgspec.structs.replace(onto, state=msgspec.structs.replace(state, parts=NO_PARTS))
    return take_out(at_bench, bench_of(at_bench, order, knows), read, given, knows)


def _is_kept(unit: UnitState, document: Document) -> bool:
    return unit.status == "booked" and unit.document == document.number


def _order_around(unit: UnitState, document: Document | None, knows: Knowledge) -> Document | None:
    """The order under which the product that a part is in comes onto the bench; None where there is none."""
    if not unit.installed_in_serial:
        return None
    if document is not None:
        return document if document.product == unit.installed_in_item else None
    return order_that_built(knows.unit(unit.installed_in_item, unit.installed_in_serial), knows)


def _no_longer_kept(state: ProductionState, unit: UnitState) -> Step:
    event = Event(
        step="reserving",
        action="DELETE",
        item=unit.item,
        serial=unit.serial,
        document=unit.document,
        code="removed",
    )
    said = verdict("removed", item=unit.item, serial=unit.serial, parent=unit.document)
    there = ProductionState(document=state.document)
    return Step(state=there, verdict=said, events=(event,))
