"""Production: what the screen asks for, and the positions of the bill beside it."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import production_new
from scanner_app.workflows.flow import Knowledge, ListLine, Prompt, State
from scanner_app.workflows.production_state import Bench, ProductionState, bench_of, slots_in
from scanner_app.workflows.subject import prompt_of_parts
from tracking.assembly import next_slot
from tracking.documents import Document
from tracking.phrases import Said


def prompt(state: State, knows: Knowledge) -> Prompt:
    """What is asked for at this point of an order."""
    assert isinstance(state, ProductionState)
    document = knows.document(state.document) if state.document else None
    if state.taking_out and not state.product and state.parts.empty:
        more = document.product if document is not None else state.finished
        return Prompt(name="remove", more=more, keys=("remove", "back"))
    if document is None:
        return Prompt(name="next_work_order" if state.finished else "work_order", more=state.finished)
    if state.fresh:
        return production_new.prompt(state, document)
    if not state.product:
        return _between_two_units(state, document, knows)
    return _at_the_bench(state, bench_of(state, document, knows), knows)


def _between_two_units(state: ProductionState, document: Document, knows: Knowledge) -> Prompt:
    more = document.product
    if state.parts.serial:
        return Prompt(name="item", more=state.parts.serial)
    if state.parts.item:
        return Prompt(name="serial", more=state.parts.item)
    keys = ("number", "done") if production_new.gives_numbers(document, knows) else ("done", "back")
    return Prompt(name="product", fields={"item": document.product}, more=more, keys=keys)


def _at_the_bench(state: ProductionState, bench: Bench, knows: Knowledge) -> Prompt:
    half = _half_a_label(state, knows)
    if half is not None:
        return half
    if state.taking_out:
        return Prompt(name="remove", more=bench.name, keys=("remove", "back"))
    keys = ("scrap", "remove") if state.out_serial else ("remove", "done")
    slot = next_slot(bench.slots)
    if slot is None:
        if production_new.gives_numbers(bench.document, knows):
            keys = ("number", "remove")
        product = bench.document.product
        return Prompt(name="product_next", fields={"item": product}, more=bench.name, keys=keys)
    name = "component_at" if slot.line.position else "component"
    fields: dict[str, Said] = {"item": slot.line.item, "position": slot.position}
    return Prompt(name=name, fields=fields, more=bench.name, keys=keys)


def _half_a_label(state: ProductionState, knows: Knowledge) -> Prompt | None:
    """What the label in hand lacks; None where none is in hand."""
    need = prompt_of_parts(state.parts, knows)
    if need is None or need.name != "quantity":
        return need
    return msgspec.structs.replace(need, keys=("done", "back"))


def listing(state: State, knows: Knowledge) -> tuple[ListLine, ...]:
    """The positions of the bill with what is in them; what is asked for is marked."""
    assert isinstance(state, ProductionState)
    document = knows.document(state.document) if state.document else None
    if document is None or not state.product:
        return ()
    slots = slots_in(document, document.product, state.product, knows)
    now = next_slot(slots)
    lines: list[ListLine] = []
    for slot in slots:
        head = f"{slot.position} {slot.line.item}"
        lines += [
            ListLine(f"{head}  {_shown(one.serial, one.lot, one.quantity)}", "done") for one in slot.filled
        ]
        if slot.missing:
            count = f"  {slot.missing} x" if slot.missing > 1 else ""
            lines.append(ListLine(f"{head}{count}", "now" if slot is now else "open"))
    return tuple(lines)


def _shown(serial: str, lot: str, quantity: int) -> str:
    return serial or f"{lot}, {quantity}".removeprefix(", ")
