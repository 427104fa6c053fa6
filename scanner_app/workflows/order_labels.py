"""The label prompt of an order: parts come together, the whole is judged, and becomes an event."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge, Scanned, Step
from scanner_app.workflows.gathering import gather, waiting_answer
from scanner_app.workflows.meaning import Meaning, understand
from scanner_app.workflows.order_containers import by_container
from scanner_app.workflows.order_judging import question, settled_event
from scanner_app.workflows.order_state import OrderState, Task, completion, without_parts
from scanner_app.workflows.parts import Parts
from tracking import rules
from tracking.documents import Document, Line, complete
from tracking.events import Event
from tracking.identifiers.reader import split_aim
from tracking.phrases import Said, phrase
from tracking.site import Item
from tracking.verdicts import Verdict, verdict


def label_prompt(
    task: Task, state: OrderState, given: Scanned, document: Document | None, knows: Knowledge
) -> Step:
    """A scan at the label prompt."""
    state = msgspec.structs.replace(state, confirming="")
    quantity = _typed_quantity(state, given, knows)
    if quantity:
        return add_quantity(task, state, quantity, document, knows)
    meaning = understand(given, state.parts, document, knows)
    match meaning.kind:
        case "refused":
            return Step(state=state, verdict=meaning.refusal or verdict("unknown_code"))
        case "document" if meaning.value == state.document:
            return Step(state=state, verdict=verdict("document_opened", document=meaning.value))
        case "location" if not task.going_out:
            located = msgspec.structs.replace(state, location=meaning.value)
            return Step(state=located, verdict=verdict("location_selected", location=meaning.value))
        case "container":
            return by_container(task, state, meaning.value, document, knows)
        case "label":
            step = add_parts(task, state, meaning.parts, document, knows)
            return _with_code(step, given)
        case _:
            return Step(state=state, verdict=wrong_kind(meaning, given.texts[0], phrase("need_unit")))


def _with_code(step: Step, given: Scanned) -> Step:
    """Names the code that turned out to be the part number: the serial number is on the label beside it."""
    said = step.verdict
    if said.code != "item_selected" or len(given.texts) != 1:
        return step
    code, _ = split_aim(given.texts[0], "")
    if code == said.item:
        return step
    described = " ".join(filter(None, (said.fields.get("description", ""), f"= {code}")))
    shown = msgspec.structs.replace(said, fields={**said.fields, "description": described})
    return msgspec.structs.replace(step, verdict=shown)


NAMED_KINDS = frozenset({"badge", "location", "document", "container", "party"})


def wrong_kind(meaning: Meaning, text: str, need: Said) -> Verdict:
    """Says what was scanned instead, and what to scan."""
    kind = meaning.kind if meaning.kind in NAMED_KINDS else "other"
    return verdict("wrong_kind", raw=text, kind=phrase(f"kind_{kind}"), need=need)


def _typed_quantity(state: OrderState, given: Scanned, knows: Knowledge) -> int:
    """A number keyed in while a quantity is asked for."""
    text = given.texts[0].strip()
    if not given.typed or not text.isascii() or not text.isdecimal() or len(text) > 7 or not state.parts.item:
        return 0
    item = knows.item(state.parts.item)
    waiting = item is not None and (
        item.tracking == "none" or (item.tracking == "lot" and bool(state.parts.lot))
    )
    return int(text) if waiting else 0


def add_parts(
    task: Task, state: OrderState, read: Parts, document: Document | None, knows: Knowledge
) -> Step:
    """What was read joins what is held of this label."""
    if state.quantity_next and not read.serial and not read.quantity:
        read = msgspec.structs.replace(read, quantity=state.quantity_next)
    got = gather(state.parts, read, document, knows, going_out=task.going_out)
    if got.answer is not None:
        ambiguous_serial = got.answer.code == "ambiguous" and not state.parts.serial and not read.item
        keep = got.parts if got.answer.level == "none" or ambiguous_serial else state.parts
        return Step(state=msgspec.structs.replace(state, parts=keep), verdict=got.answer)
    assert got.item is not None
    if got.need:
        return _partial(task, state, got.parts, got.item, got.need, document, knows)
    return _settle(task, state, got.parts, got.item, document, knows)


def _partial(
    task: Task,
    state: OrderState,
    parts: Parts,
    item: Item,
    need: str,
    document: Document | None,
    knows: Knowledge,
) -> Step:
    """Half a label: refused at once where the whole would be refused too, so that nobody scans the rest in vain."""
    unit, context = question(task, parts, item, document, knows)
    early = rules.may(task.intent(knows), unit, context)
    if early.stops and (parts.serial or early.code in {"not_on_document", "wrong_item", "over_quantity"}):
        return Step(state=_after_refusal(state, parts, early), verdict=early)
    return Step(state=msgspec.structs.replace(state, parts=parts), verdict=waiting_answer(parts, item, need))


def _settle(
    task: Task, state: OrderState, parts: Parts, item: Item, document: Document | None, knows: Knowledge
) -> Step:
    """A whole label: judged, and if it may be, an event."""
    unit, context = question(task, parts, item, document, knows)
    intent = task.intent(knows)
    answer = rules.may(intent, unit, context)
    if answer.stops:
        return Step(state=_after_refusal(state, parts, answer), verdict=answer)
    cleared = without_parts(state)
    if not parts.serial and answer.level == "ok":
        shown = verdict(
            "quantity_recorded",
            item=item.item,
            lot=parts.lot,
            quantity=str(parts.quantity),
            expiry=unit.expiry,
        )
        answer = shown
    event = settled_event(intent, state, parts, unit, context, answer)
    return _counted(cleared, answer, event, document, context.line, knows)


def _after_refusal(state: OrderState, parts: Parts, answer: Verdict) -> OrderState:
    """Where only the serial number was misread, the rest of the label still stands: the trigger is pulled again."""
    if answer.code not in {"bad_check_digit", "serial_pattern"} or not state.parts.item:
        return without_parts(state)
    return msgspec.structs.replace(state, parts=msgspec.structs.replace(parts, serial=""))


def _counted(
    state: OrderState,
    answer: Verdict,
    event: Event,
    document: Document | None,
    line: Line | None,
    knows: Knowledge,
) -> Step:
    """The event, and the completion of the order where this was the last of it."""
    if document is None:
        return Step(state=state, verdict=named(answer, event, document, knows), events=(event,))
    tally = knows.tally(document.number)
    already = event.step == "shipping" and knows.unit(event.item, event.serial).status == "picked"
    after = tally.plus(line.line, 0 if already else event.quantity) if line is not None else tally
    shown = named(answer, event, document, knows)
    if knows.policy.complete_on_last_scan and complete(document, after):
        events = (event, completion(document, ""))
        return Step(
            state=OrderState(location=state.location, finished=document.number), verdict=shown, events=events
        )
    return Step(state=state, verdict=shown, events=(event,))


def named(answer: Verdict, event: Event, document: Document | None, knows: Knowledge) -> Verdict:
    """The answer with the customer or supplier by name, not the story of an earlier step."""
    party = knows.party(event.party) if event.party else None
    fields = {**answer.fields, "party": (party.name or party.party) if party else event.party}
    for name in ("operator", "when", "where"):
        fields.pop(name, None)
    if document is not None:
        fields["document"] = document.number
    return msgspec.structs.replace(answer, fields={name: text for name, text in fields.items() if text})


def add_quantity(
    task: Task, state: OrderState, quantity: int, document: Document | None, knows: Knowledge
) -> Step:
    """A quantity for the item at hand, or for the next one."""
    item = knows.item(state.parts.item) if state.parts.item else None
    if item is None or item.tracking == "serial":
        if item is not None or state.parts.serial:
            what = verdict(
                "wrong_kind", raw=str(quantity), kind=phrase("kind_quantity"), need=phrase("need_serials")
            )
            return Step(state=state, verdict=what)
        held = msgspec.structs.replace(state, quantity_next=quantity)
        return Step(
            state=held,
            verdict=msgspec.structs.replace(
                verdict("quantity_recorded", quantity=str(quantity)), words={"item": phrase("next_item")}
            ),
        )
    return add_parts(task, state, Parts(quantity=quantity), document, knows)
