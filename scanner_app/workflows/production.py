"""Production: which component went into which finished unit, position by position, until the order is built."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import (
    production_commands,
    production_new,
    production_out,
    production_parts,
    production_prompt,
)
from scanner_app.workflows.flow import (
    Asked,
    Input,
    Knowledge,
    Scanned,
    State,
    Step,
    Workflow,
)
from scanner_app.workflows.gathering import gather, waiting_answer
from scanner_app.workflows.guard import guarded
from scanner_app.workflows.meaning import Meaning, understand
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.own_labels import built_labels
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.production_state import Bench, ProductionState, bench_of, slots_in
from scanner_app.workflows.production_units import order_that_built, select_product
from scanner_app.workflows.subject import typed_quantity
from tracking.assembly import bill_of, complete
from tracking.documents import Document, Line
from tracking.phrases import phrase
from tracking.verdicts import Verdict, verdict


def _guarded(state: State, given: Input, knows: Knowledge) -> Step:
    step = guarded(_advance(state, given, knows), given, knows)
    built = tuple(built_labels(step, knows))
    return msgspec.structs.replace(step, labels=(*step.labels, *built)) if built else step


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, ProductionState)
    document = knows.document(state.document) if state.document else None
    if isinstance(given, Asked):
        return production_commands.command(state, document, given, knows)
    if document is None:
        return _order_prompt(state, given, knows)
    if state.fresh:
        return production_new.verify(state, document, given, knows)
    if not state.product:
        return _product_prompt(state, document, given, knows)
    return _component_prompt(state, bench_of(state, document, knows), given, knows)


# -- the order ------------------------------------------------------------------------------------------------------


def _order_prompt(state: ProductionState, given: Scanned, knows: Knowledge) -> Step:
    meaning = understand(given, NO_PARTS, None, knows)
    text = given.texts[0]
    if meaning.kind == "document":
        return _open(state, meaning.value, knows)
    if meaning.kind == "label" and meaning.parts.serial:
        onto = _rework(state, meaning, text, knows)
        if state.taking_out and onto.verdict.code == "wrong_kind":
            return production_out.out_of_any(state, None, meaning.parts, given, knows)
        return onto
    if meaning.kind == "label":
        said = verdict(
            "wrong_kind",
            raw=text,
            kind=phrase("kind_item"),
            need=phrase("need_work_order"),
            item=meaning.parts.item,
        )
        return Step(state=state, verdict=said)
    if meaning.kind != "refused":
        return Step(state=state, verdict=wrong_kind(meaning, text, phrase("need_work_order")))
    card = given.readings[0][0].kind == "command"
    unknown = meaning.refusal is None or (meaning.refusal.code == "unknown_code" and not card)
    said = (
        verdict("document_unknown", document=text) if unknown else meaning.refusal or verdict("unknown_code")
    )
    return Step(state=state, verdict=said)


def _rework(state: ProductionState, meaning: Meaning, text: str, knows: Knowledge) -> Step:
    """A finished unit at the order prompt: back onto the bench, under the order that built it."""
    units = knows.units_of_serial(meaning.parts.serial)
    for unit in units:
        document = order_that_built(unit, knows) if meaning.parts.item in {"", unit.item} else None
        if document is not None:
            at_order = ProductionState(document=document.number, taking_out=state.taking_out)
            return select_product(at_order, document, unit.item, unit.serial, knows)
    item = units[0].item if len(units) == 1 else meaning.parts.item
    said = verdict(
        "wrong_kind",
        raw=text,
        kind=phrase("kind_serial"),
        need=phrase("need_work_order"),
        item=item,
        serial=meaning.parts.serial,
    )
    return Step(state=state, verdict=said)


def _open(state: ProductionState, number: str, knows: Knowledge) -> Step:
    document = knows.document(number)
    if document is None:
        return Step(state=state, verdict=verdict("document_unknown", document=number))
    if document.type != "work_order" or not document.product:
        kind = phrase(f"kind_{document.type}")
        said = verdict("wrong_kind", raw=number, kind=kind, need=phrase("need_work_order_here"))
        return Step(state=state, verdict=said)
    tally = knows.tally(number)
    if tally.closed:
        return Step(state=state, verdict=verdict("document_closed", document=number))
    missing = max(document.total - tally.total, 0)
    said = verdict("document_opened", document=number, party=document.product, missing=str(missing))
    return Step(state=ProductionState(document=number), verdict=said)


# -- the unit to be built -------------------------------------------------------------------------------------------


def _both(document: Document, bill: Document) -> Document:
    """The product and the parts of its bill as one paper: what may be scanned at this order."""
    product = Line(line=len(bill.lines) + 1, item=document.product)
    return msgspec.structs.replace(bill, lines=(product, *bill.lines))


def _product_prompt(state: ProductionState, document: Document, given: Scanned, knows: Knowledge) -> Step:
    slots = slots_in(document, document.product, "", knows)
    bill, _ = bill_of(document, slots)
    meaning = understand(given, state.parts, _both(document, bill), knows)
    aside = _not_a_label(state, document, meaning, given)
    if aside is not None:
        return aside
    if state.taking_out and meaning.parts.serial:
        read = meaning.parts
        if not any(unit.item == document.product for unit in knows.units_of_serial(read.serial)):
            return production_out.out_of_any(state, document, read, given, knows)
    got = gather(state.parts, meaning.parts, _both(document, bill), knows, going_out=True)
    if got.answer is not None or got.item is None:
        return _half(state, got.parts, got.answer or verdict("unknown_code", raw=given.texts[0]))
    if got.item.item == document.product:
        if got.need:
            return _half(state, got.parts, waiting_answer(got.parts, got.item, got.need))
        return select_product(state, document, got.item.item, got.parts.serial, knows)
    if got.item.tracking != "serial":
        need = phrase("need_product", item=document.product)
        said = verdict(
            "wrong_kind", raw=given.texts[0], kind=phrase("kind_item"), need=need, item=got.item.item
        )
        return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)
    if got.need:
        return _half(state, got.parts, waiting_answer(got.parts, got.item, got.need))
    return production_parts.book(state, document, got.parts, got.item, knows)


def _half(state: ProductionState, parts: object, said: Verdict) -> Step:
    keep = parts if said.level in {"none", "ok"} or said.code == "ambiguous" else state.parts
    return Step(state=msgspec.structs.replace(state, parts=keep, confirming=""), verdict=said)


def _not_a_label(state: ProductionState, document: Document, meaning: Meaning, given: Scanned) -> Step | None:
    """The answer to what is no label of a product or a part; None for a label."""
    match meaning.kind:
        case "label":
            return None
        case "refused":
            return Step(state=state, verdict=meaning.refusal or verdict("unknown_code", raw=given.texts[0]))
        case "document" if meaning.value == document.number:
            return Step(state=state, verdict=verdict("document_opened", document=document.number))
        case _:
            return Step(state=state, verdict=wrong_kind(meaning, given.texts[0], phrase("need_serial")))


# -- the components -------------------------------------------------------------------------------------------------


def _component_prompt(state: ProductionState, bench: Bench, given: Scanned, knows: Knowledge) -> Step:
    bill, _ = bill_of(bench.document, bench.slots)
    paper = _both(bench.document, bill)
    quantity = typed_quantity(state.parts, given, knows)
    if quantity:
        return production_parts.add_quantity(state, bench, quantity, knows)
    meaning = understand(given, state.parts, paper, knows)
    aside = _not_a_label(state, bench.document, meaning, given)
    if aside is not None:
        return aside
    if state.taking_out:
        return production_out.take_out(state, bench, meaning.parts, given, knows)
    again = state.confirming and production_parts.is_again(state, meaning.parts)
    if again:
        return production_parts.confirm(state, bench, knows)
    got = gather(state.parts, meaning.parts, paper, knows, going_out=True)
    if got.answer is not None or got.item is None:
        return _half(state, got.parts, got.answer or verdict("unknown_code", raw=given.texts[0]))
    if got.item.item == bench.item.item:
        if got.need:
            return _half(state, got.parts, waiting_answer(got.parts, got.item, got.need))
        return select_product(state, bench.document, got.item.item, got.parts.serial, knows)
    return production_parts.add(state, bench, got.parts, got.item, got.need, knows)


def is_built(document: Document, serial: str, knows: Knowledge) -> bool:
    """True where nothing of the bill is missing in this unit."""
    return complete(slots_in(document, document.product, serial, knows))


PRODUCTION = Workflow(
    name="production",
    state_type=ProductionState,
    initial=ProductionState,
    advance=_guarded,
    prompt=production_prompt.prompt,
    own_commands=frozenset({"remove", "reprint"}),
    listing=production_prompt.listing,
    document_types=("work_order",),
)
