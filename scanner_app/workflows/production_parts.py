"""Production: a part goes into the unit on the bench, or is booked to the order ahead."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import production_out
from scanner_app.workflows.flow import Knowledge, Step
from scanner_app.workflows.gathering import waiting_answer
from scanner_app.workflows.order_state import QUANTITY_MAX
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.production_state import Bench, ProductionState, named, slots_in
from scanner_app.workflows.production_units import after, finished
from tracking import rules
from tracking.assembly import Inside, Slot, bill_of, slot_for
from tracking.documents import Document
from tracking.events import Event
from tracking.lifecycle import FLAGS
from tracking.phrases import phrase
from tracking.rules import Context
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict


def add(state: ProductionState, bench: Bench, parts: Parts, item: Item, need: str, knows: Knowledge) -> Step:
    """A part, or as much as is known of it: refused at once where the whole would be refused too."""
    slot = slot_for(bench.slots, item.item)
    if need == "quantity" and slot is not None and slot.missing == 1:
        parts, need = msgspec.structs.replace(parts, quantity=1), ""
    answer = _may_install(bench, slot, parts, item, knows)
    if need:
        if answer.stops:
            return Step(state=cleared(state), verdict=answer)
        held = msgspec.structs.replace(state, parts=parts, confirming="")
        return Step(state=held, verdict=waiting_answer(parts, item, need))
    if answer.stops or slot is None:
        return Step(state=cleared(state), verdict=answer)
    if item.item != slot.line.item:
        return _ask(state, slot, parts, item)
    return _install(state, bench, slot, parts, item, answer, knows)


def cleared(state: ProductionState) -> ProductionState:
    """The state with no half label and nothing to confirm in it."""
    return msgspec.structs.replace(state, parts=NO_PARTS, confirming="", substitute=NO_PARTS)


def _ask(state: ProductionState, slot: Slot, parts: Parts, item: Item) -> Step:
    """A part that may stand in for another: only once a person confirms it, by CONFIRM or by scanning it again."""
    what = f"{item.item} {parts.serial or parts.lot} -> {slot.line.item}, {slot.position}"
    asked = verdict("confirm_required", item=item.item, serial=parts.serial, what=what)
    waiting = msgspec.structs.replace(state, parts=NO_PARTS, confirming=named(parts), substitute=parts)
    return Step(state=waiting, verdict=asked)


def is_again(state: ProductionState, read: Parts) -> bool:
    """True where the very part that waits to be confirmed was scanned again."""
    waits = state.substitute
    same_serial = bool(read.serial) and read.serial == waits.serial and read.item in {"", waits.item}
    return same_serial or (bool(read.lot) and not waits.serial and read.lot == waits.lot)


def confirm(state: ProductionState, bench: Bench, knows: Knowledge) -> Step:
    """The substitute that waits is taken; judged anew, since something may have happened meanwhile."""
    parts, item = state.substitute, knows.item(state.substitute.item) or Item(item=state.substitute.item)
    slot = slot_for(bench.slots, item.item)
    answer = _may_install(bench, slot, parts, item, knows)
    if answer.stops or slot is None:
        return Step(state=cleared(state), verdict=answer)
    if answer.level == "ok":
        answer = msgspec.structs.replace(answer, code="substitution_confirmed")
    return _install(state, bench, slot, parts, item, answer, knows)


def _unit(parts: Parts, item: Item, knows: Knowledge) -> UnitState:
    """The part with its label's lot and dates and the flags of its lot. A quantity is taken for stock."""
    unit = knows.unit(item.item, parts.serial) if parts.serial else UnitState(item=item.item, serial="")
    lot = parts.lot or unit.lot
    flags = {*unit.flags, *(knows.lot_flags(item.item, lot) if lot else ())}
    return msgspec.structs.replace(
        unit,
        lot=lot,
        expiry=parts.expiry or unit.expiry,
        made=parts.made or unit.made,
        flags=tuple(flag for flag in sorted(flags) if flag in FLAGS),
        status=unit.status if parts.serial else "received",
    )


def _may_install(bench: Bench, slot: Slot | None, parts: Parts, item: Item, knows: Knowledge) -> Verdict:
    bill, tally = bill_of(bench.document, bench.slots, item.item)
    context = Context(
        item=item,
        document=bill,
        line=bill.line_of(slot.number) if slot is not None else None,
        tally=tally,
        quantity=max(parts.quantity, 1),
        policy=knows.policy,
        waived=knows.waived,
        today=knows.today,
        expires_soon_days=knows.expires_soon_days,
    )
    answer = rules.may("installing", _unit(parts, item, knows), context)
    where = bench.name if answer.code == "bom_complete" else answer.fields.get("parent", "")
    return msgspec.structs.replace(answer, fields=_without_empty({**answer.fields, "parent": where}))


def _without_empty(fields: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if text}


def _install(
    state: ProductionState,
    bench: Bench,
    slot: Slot,
    parts: Parts,
    item: Item,
    answer: Verdict,
    knows: Knowledge,
) -> Step:
    unit = _unit(parts, item, knows)
    quantity = max(parts.quantity, 1)
    event = Event(
        step="installing",
        action="ADD",
        item=item.item,
        serial=parts.serial,
        lot=unit.lot,
        expiry=unit.expiry,
        made=unit.made,
        revision=unit.revision or item.revision,
        quantity=quantity,
        document=bench.document.number,
        parent_item=bench.unit.item,
        parent_serial=bench.unit.serial,
        position=slot.position,
        code=answer.code or "",
    )
    put_in = Inside(
        item=item.item, serial=parts.serial, lot=unit.lot, position=slot.position, quantity=quantity
    )
    slots = tuple(
        msgspec.structs.replace(one, filled=(*one.filled, put_in)) if one.number == slot.number else one
        for one in bench.slots
    )
    built = finished(bench, slots, knows)
    missing = sum(one.missing for one in slots)
    told = {
        **answer.fields,
        "parent": bench.name,
        "position": slot.position,
        "missing": str(missing) if missing else "",
        "built": "" if missing else bench.unit.serial,
        "document": bench.document.number,
        "quantity": str(quantity) if not parts.serial else "",
    }
    for story in ("operator", "when", "where"):
        told.pop(story, None)
    shown = msgspec.structs.replace(answer, fields=_without_empty(told))
    return Step(state=after(cleared(state), built, knows), verdict=shown, events=(event, *built))


# -- quantities -----------------------------------------------------------------------------------------------------


def add_quantity(state: ProductionState, bench: Bench, quantity: int, knows: Knowledge) -> Step:
    """So many of the lot or untracked part in hand."""
    item = knows.item(state.parts.item) if state.parts.item else None
    if item is None or item.tracking == "serial" or (item.tracking == "lot" and not state.parts.lot):
        said = verdict(
            "wrong_kind", raw=str(quantity), kind=phrase("kind_quantity"), need=phrase("need_part_first")
        )
        return Step(state=state, verdict=said)
    if not 1 <= quantity <= QUANTITY_MAX:
        said = verdict("unknown_code", raw=str(quantity), why=phrase("why_quantity", most=str(QUANTITY_MAX)))
        return Step(state=state, verdict=said)
    parts = msgspec.structs.replace(state.parts, quantity=quantity)
    if state.taking_out:
        return production_out.take_quantity(state, bench, parts, knows)
    step = add(state, bench, parts, item, "", knows)
    if step.verdict.code == "installed":
        return msgspec.structs.replace(
            step, verdict=msgspec.structs.replace(step.verdict, code="quantity_recorded")
        )
    return step


# -- booking --------------------------------------------------------------------------------------------------------


def book(state: ProductionState, document: Document, parts: Parts, item: Item, knows: Knowledge) -> Step:
    """A part scanned before any unit is on the bench: it is kept for this order."""
    unit = _unit(parts, item, knows)
    held = msgspec.structs.replace(state, parts=NO_PARTS)
    ours = [one for one in knows.units_of_document(document.number) if one.item == item.item]
    slots = slots_in(document, document.product, "", knows)
    slot = slot_for(slots, item.item)
    bill, _ = bill_of(document, slots, item.item)
    whole = max(document.total, 1)
    lines = tuple(msgspec.structs.replace(line, quantity=line.quantity * whole) for line in bill.lines)
    bill = msgspec.structs.replace(bill, lines=lines)
    context = Context(
        item=item,
        document=bill,
        line=bill.line_of(slot.number) if slot is not None else None,
        policy=knows.policy,
        waived=knows.waived,
        today=knows.today,
        expires_soon_days=knows.expires_soon_days,
    )
    answer = rules.may("reserving", unit, context)
    if not answer.stops and unit.status == "booked":
        return Step(
            state=held,
            verdict=verdict("booked", item=unit.item, serial=unit.serial, document=document.number),
        )
    room = sum(one.line.quantity for one in slots if one.takes(item.item)) * whole
    used = sum(one.status in {"booked", "consumed"} for one in ours)
    if not answer.stops and used >= room:
        said = verdict(
            "bom_complete",
            item=unit.item,
            serial=unit.serial,
            document=document.number,
            parent=document.number,
        )
        return Step(state=held, verdict=said)
    if answer.stops:
        return Step(state=held, verdict=answer)
    event = Event(
        step="reserving",
        action="ADD",
        item=unit.item,
        serial=unit.serial,
        lot=unit.lot,
        document=document.number,
        code=answer.code or "",
    )
    fields = {**answer.fields, "document": document.number}
    for story in ("operator", "when", "where"):
        fields.pop(story, None)
    return Step(state=held, verdict=msgspec.structs.replace(answer, fields=fields), events=(event,))
