"""The commands of production: done, confirm, back, quantity, take out, scrap."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import production_new, production_parts
from scanner_app.workflows.flow import Asked, Knowledge, Step
from scanner_app.workflows.order_state import completion
from scanner_app.workflows.own_labels import unit_label
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.production_state import Bench, ProductionState, bench_of
from tracking.documents import Document, complete
from tracking.events import Event
from tracking.phrases import phrase
from tracking.verdicts import verdict


def command(state: ProductionState, document: Document | None, asked: Asked, knows: Knowledge) -> Step:
    """A command while an order is built, or at the order prompt."""
    bench = bench_of(state, document, knows) if document is not None and state.product else None
    if document is not None and state.fresh:
        return production_new.command(state, document, asked, knows)
    at_bench = _at_the_bench(state, bench, asked, knows) if bench is not None else None
    if at_bench is not None:
        return at_bench
    match asked.name:
        case "number" if document is not None:
            return production_new.take(state, document, knows)
        case "remove":
            taking_out = not state.taking_out
            there = ProductionState(
                document=state.document,
                product=state.product,
                taking_out=taking_out,
                finished=state.finished,
            )
            return Step(
                state=there,
                verdict=verdict("command", what=phrase("what_take_out" if taking_out else "what_put_in")),
            )
        case "scrap" if document is not None:
            return _scrap(state, document, asked.argument, knows)
        case "done" if document is not None:
            return _done(state, document, bench, knows)
        case "confirm" if document is not None and state.confirming == "done":
            if knows.tally(document.number).closed:  # the unit stays unfinished; its order was closed before
                return Step(state=ProductionState(), verdict=verdict("command", what=phrase("what_back")))
            return _close(document, knows, "partial")
        case "back":
            return _back(state, document)
        case _:
            return Step(state=state, quiet=True)


def _at_the_bench(state: ProductionState, bench: Bench, asked: Asked, knows: Knowledge) -> Step | None:
    """What a command means to the part or the unit at hand; None where it means the order."""
    match asked.name:
        case "reprint":
            return _reprint(state, bench)
        case "quantity":
            return _quantity(state, bench, asked.argument, knows)
        case "confirm" if state.confirming not in {"", "done"}:
            return production_parts.confirm(state, bench, knows)
        case "confirm" | "done" if _waits_for_quantity(state, knows):
            return _all_that_lack(state, bench, knows)
        case _:
            return None


def _reprint(state: ProductionState, bench: Bench) -> Step:
    """The label of the unit on the bench, once more."""
    label = unit_label(
        bench.item, bench.unit.serial, lot=bench.unit.lot, expiry=bench.unit.expiry, again=True
    )
    return Step(state=state, verdict=verdict("command", what=phrase("what_reprint")), labels=(label,))


def _quantity(state: ProductionState, bench: Bench, argument: str, knows: Knowledge) -> Step:
    number = int(argument[:8]) if argument.isascii() and argument.isdecimal() else 0
    if not number:
        said = verdict("unknown_code", raw=argument or "0", why=phrase("why_quantity_at_least"))
        return Step(state=state, verdict=said)
    return production_parts.add_quantity(state, bench, number, knows)


def _waits_for_quantity(state: ProductionState, knows: Knowledge) -> bool:
    item = knows.item(state.parts.item) if state.parts.item else None
    return item is not None and (
        item.tracking == "none" or (item.tracking == "lot" and bool(state.parts.lot))
    )


def _all_that_lack(state: ProductionState, bench: Bench, knows: Knowledge) -> Step:
    """DONE where a quantity is asked for: as many as are missing, or all that is to be taken out."""
    mine = [slot for slot in bench.slots if slot.takes(state.parts.item)]
    if state.taking_out:
        lot = (state.parts.item, state.parts.lot)
        number = sum(one.quantity for slot in mine for one in slot.filled if (one.item, one.lot) == lot)
    else:
        number = next((slot.missing for slot in mine if slot.missing), 1)
    return production_parts.add_quantity(state, bench, max(number, 1), knows)


def _scrap(state: ProductionState, document: Document, reason: str, knows: Knowledge) -> Step:
    """The part that was taken out last is thrown away; without one, the unit on the bench if it is empty."""
    item, serial = state.out_item, state.out_serial
    if not serial:
        return Step(state=state, quiet=True)
    unit = knows.unit(item, serial)
    if unit.status in {"consumed", "written_off"}:
        return Step(state=state, quiet=True)
    event = Event(
        step="destroying",
        action="DELETE",
        item=item,
        serial=serial,
        document=document.number,
        reason=reason or "scrap",
        code="scrapped",
    )
    kept = ProductionState(document=state.document, product=state.product)
    said = verdict("scrapped", item=item, serial=serial, reason=reason)
    return Step(state=kept, verdict=said, events=(event,))


def _done(state: ProductionState, document: Document, bench: Bench | None, knows: Knowledge) -> Step:
    tally = knows.tally(document.number)
    missing = ""
    if bench is not None:
        missing = ", ".join(f"{slot.missing} x {slot.line.item}" for slot in bench.slots if slot.missing)
    if tally.closed and not missing:  # a finished unit was changed on the bench; its order is closed already
        return Step(state=ProductionState(), verdict=verdict("completed", document=document.number))
    if complete(document, tally) and not tally.closed:
        return _close(document, knows, "")
    what = phrase(
        "lacks",
        document=document.number,
        missing=str(document.total - tally.total),
        total=str(document.total),
    )
    asked = verdict("confirm_required", document=document.number, what=what, missing=missing)
    return Step(state=msgspec.structs.replace(state, confirming="done", parts=NO_PARTS), verdict=asked)


def _close(document: Document, knows: Knowledge, reason: str) -> Step:
    tally = knows.tally(document.number)
    missing = max(document.total - tally.total, 0)
    said = verdict(
        "completed",
        document=document.number,
        done=str(tally.total),
        total=str(document.total),
        missing=str(missing) if missing else "",
    )
    return Step(
        state=ProductionState(finished=document.number), verdict=said, events=(completion(document, reason),)
    )


def _back(state: ProductionState, document: Document | None) -> Step:
    """One step back: the half label, then the unit (its parts stay in), then the order, then the start screen."""
    said = verdict("command", what=phrase("what_back"))
    if state.confirming or state.taking_out or not state.parts.empty:
        there = ProductionState(document=state.document, product=state.product, finished=state.finished)
        return Step(state=there, verdict=said)
    if state.product and document is not None:
        return Step(state=ProductionState(document=document.number), verdict=said)
    if state.document:
        return Step(state=ProductionState(), verdict=said)
    return Step(state=state, verdict=said, leave=True)
