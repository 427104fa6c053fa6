"""Production: the unit that is built. It comes onto the bench, and it is produced when nothing of it is missing."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge, Step
from scanner_app.workflows.order_state import completion
from scanner_app.workflows.production_state import Bench, ProductionState, bench_of
from tracking import rules
from tracking.assembly import Slot, complete, product_line
from tracking.documents import Document
from tracking.documents import complete as all_built
from tracking.events import Event
from tracking.rules import Context
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict


def select_product(
    state: ProductionState, document: Document, item_number: str, serial: str, knows: Knowledge
) -> Step:
    """A unit comes onto the bench; a new serial number is written down as planned, and a bill of nothing is built."""
    opened = ProductionState(document=document.number, product=serial, taking_out=state.taking_out)
    bench = bench_of(opened, document, knows)
    answer = _may_build(bench, document, knows)
    if answer.stops:
        return Step(state=_between(state), verdict=answer)
    begun = Event(
        step="commissioning",
        action="ADD",
        item=item_number,
        serial=serial,
        document=document.number,
        revision=bench.item.revision,
        new=True,
        code="product_selected",
    )
    events = (begun,) if bench.unit.status == "unknown" else ()
    fields = {"revision": bench.item.revision, "description": bench.item.description}
    shown = verdict(answer.code, item=item_number, serial=serial, document=document.number, **fields)
    if document.bom or is_produced(bench.unit):
        return Step(state=opened, verdict=shown, events=events, afresh=True)
    built = finished(bench, bench.slots, knows)
    shown = msgspec.structs.replace(shown, code="produced" if shown.level == "ok" else shown.code)
    return Step(state=after(opened, built, knows), verdict=shown, events=(*events, *built), afresh=True)


def _between(state: ProductionState) -> ProductionState:
    """The state with no half label in it; the unit on the bench stays."""
    return ProductionState(document=state.document, product=state.product)


def may_begin(document: Document, item: Item, serial: str, knows: Knowledge) -> Verdict:
    """Whether a unit that does not exist yet may be built on this order."""
    unit = UnitState(item=item.item, serial=serial)
    return _may_build(Bench(document, item, product_line(document), unit, ()), document, knows)


def _may_build(bench: Bench, document: Document, knows: Knowledge) -> Verdict:
    tally = knows.tally(document.number)
    again = is_produced(bench.unit)
    context = Context(
        item=bench.item,
        document=document if bench.line is not None else None,
        line=None if again else bench.line,
        tally=tally,
        policy=knows.policy,
        waived=knows.waived,
        today=knows.today,
        expires_soon_days=0,
        new=bench.unit.status == "unknown",
    )
    return rules.may("assembling", bench.unit, context)


def is_produced(unit: UnitState) -> bool:
    """True for a unit that was built to its end once; its parts may still be changed."""
    return unit.status not in {"unknown", "planned", "received", "booked"}


def finished(bench: Bench, slots: tuple[Slot, ...], knows: Knowledge) -> tuple[Event, ...]:
    """The events of a unit that lacks nothing any more, and of an order of which it was the last; else none."""
    if is_produced(bench.unit) or not complete(slots):
        return ()
    document = order_of(bench, knows)
    line = product_line(document)
    built = Event(
        step="assembling",
        action="ADD",
        item=bench.unit.item,
        serial=bench.unit.serial,
        revision=bench.item.revision,
        document=document.number,
        line=line.line if line is not None else 0,
        code="produced",
    )
    if document.number != bench.document.number or knows.tally(document.number).closed:
        return (built,)
    if line is None:
        return (built, completion(document, ""))
    after_it = knows.tally(document.number).plus(line.line, 1)
    if knows.policy.complete_on_last_scan and all_built(document, after_it):
        return (built, completion(document, ""))
    return (built,)


def order_that_built(unit: UnitState, knows: Knowledge) -> Document | None:
    """The work order that a unit was built by: its own, or that of what is in it; None where none is known."""
    parts = knows.inside(unit.item, unit.serial)
    for number in dict.fromkeys((unit.document, *(part.document for part in parts))):
        document = knows.document(number) if number else None
        if document is not None and document.type == "work_order" and document.product == unit.item:
            return document
    return None


def order_of(bench: Bench, knows: Knowledge) -> Document:
    """The order that counts the unit: the one that built it, else the one that is worked on."""
    unit = bench.unit
    built = unit.status == "produced" or unit.step == "assembling"
    own = knows.document(unit.document) if built and unit.document else None
    return own if own is not None and own.product == unit.item else bench.document


def after(state: ProductionState, events: tuple[Event, ...], knows: Knowledge) -> ProductionState:
    """Where the task stands after these events: at the same unit, between two units, or behind the order."""
    steps = {event.step for event in events}
    if "completing" in steps or ("assembling" in steps and knows.tally(state.document).closed):
        return ProductionState(finished=state.document)
    if "assembling" in steps:
        return ProductionState(document=state.document)
    return state
