"""What receiving and shipping share: an order is opened, labels are scanned against it, it is closed.

The two differ in their intent, in the documents they take and in what a finished label leads to; those differences
are a :class:`Task`, the rest is here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Asked, Input, Knowledge, Scanned, State, Step
from scanner_app.workflows.gathering import gather, waiting_answer
from scanner_app.workflows.lines import line_for, missing_text
from scanner_app.workflows.meaning import Meaning, refuse, understand
from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking import rules
from tracking.documents import Document, Line, Tally, complete
from tracking.events import Event
from tracking.lifecycle import FLAGS
from tracking.rules import Context
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

QUANTITY_MAX = 1_000_000


class OrderState(State, frozen=True, kw_only=True, omit_defaults=True):
    """Which order, and the halves of the label that is being read."""

    blind: bool = False
    """Receiving without an order."""
    parts: Parts = NO_PARTS
    quantity_next: int = 0
    """A quantity given before its item."""
    confirming: str = ""
    """``done`` or ``blind`` while a confirmation would mean that."""
    location: str = ""
    finished: str = ""
    """The order closed last, for the prompt after it."""


class Task(NamedTuple):
    """What tells one order workflow from another."""

    intent: Callable[[Knowledge], str]
    going_out: bool
    document_types: tuple[str, ...]
    document_words: str
    finish: Callable[[Document, Knowledge], tuple[Event, ...]]
    """Events beside the completion when a later confirmation closes the order."""


_NAMES = {
    "purchase_order": "A PURCHASE ORDER",
    "asn": "A SUPPLIER'S NOTICE",
    "sales_order": "A SALES ORDER",
    "work_order": "A WORK ORDER",
    "count_sheet": "A COUNT SHEET",
    "rma": "A RETURN",
    "recall": "A RECALL",
}


def advance(task: Task, state: OrderState, given: Input, knows: Knowledge) -> Step:
    """One input: to the order prompt or to the scan prompt."""
    if isinstance(given, Asked):
        return _command(task, state, given, knows)
    document = knows.document(state.document) if state.document else None
    if document is None and not state.blind:
        return _order_prompt(task, state, given, knows)
    return _label_prompt(task, state, given, document, knows)


# -- the order prompt -----------------------------------------------------------------------------------------------


def _order_prompt(task: Task, state: OrderState, given: Scanned, knows: Knowledge) -> Step:
    text = given.texts[0]
    meaning = understand(given, NO_PARTS, None, knows)
    need = f"the {task.document_words}"
    if meaning.kind == "document":
        return _open(task, state, meaning.value, knows)
    if meaning.kind == "label":
        what = "A PART NUMBER" if not meaning.parts.serial else "A SERIAL"
        return _answer(
            state, verdict("wrong_kind", raw=text, kind=what, need=need, serial=meaning.parts.serial)
        )
    if meaning.kind in {"badge", "location"}:
        return _answer(state, _wrong_kind(meaning, text, need))
    if meaning.refusal is not None and meaning.refusal.code == "unknown_code":
        return _answer(state, verdict("document_unknown", document=text))
    return _answer(state, meaning.refusal or verdict("document_unknown", document=text))


def _open(task: Task, state: OrderState, number: str, knows: Knowledge) -> Step:
    document = knows.document(number)
    if document is None:
        return _answer(state, verdict("document_unknown", document=number))
    if document.type not in task.document_types:
        name = _NAMES.get(document.type, "ANOTHER PAPER")
        what = verdict(
            "wrong_kind", raw=number, kind=name, need=f"a {task.document_words}, or change the task"
        )
        return _answer(state, what)
    tally = knows.tally(number)
    if tally.closed:
        return _answer(state, verdict("document_closed", document=number))
    party = knows.party(document.party)
    missing = document.total - tally.total
    opened = verdict(
        "document_opened",
        document=number,
        party=(party.name or party.party) if party else document.party,
        missing="" if document.blind else str(max(missing, 0)),
    )
    return Step(state=OrderState(document=number, location=state.location), verdict=opened)


# -- the label prompt -----------------------------------------------------------------------------------------------


def _label_prompt(
    task: Task, state: OrderState, given: Scanned, document: Document | None, knows: Knowledge
) -> Step:
    state = msgspec.structs.replace(state, confirming="")
    quantity = _typed_quantity(state, given, knows)
    if quantity:
        return _quantity(task, state, quantity, document, knows)
    meaning = understand(given, state.parts, document, knows)
    match meaning.kind:
        case "refused":
            return Step(state=state, verdict=meaning.refusal or verdict("unknown_code"))
        case "command":
            return advance(task, state, Asked(meaning.value, meaning.argument), knows)
        case "document" if meaning.value == state.document:
            return Step(state=state, verdict=verdict("document_opened", document=meaning.value))
        case "location" if not task.going_out:
            located = msgspec.structs.replace(state, location=meaning.value)
            return Step(state=located, verdict=verdict("location_selected", location=meaning.value))
        case "label":
            return _label(task, state, meaning.parts, document, knows)
        case _:
            return Step(state=state, verdict=_wrong_kind(meaning, given.texts[0], "the serial of the unit"))


def _wrong_kind(meaning: Meaning, text: str, need: str) -> Verdict:
    kinds = {"badge": "A BADGE", "location": "A PLACE", "document": "ANOTHER ORDER"}
    return verdict("wrong_kind", raw=text, kind=kinds.get(meaning.kind, "SOMETHING ELSE"), need=need)


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


def _label(task: Task, state: OrderState, read: Parts, document: Document | None, knows: Knowledge) -> Step:
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
    unit, context = _question(task, parts, item, document, knows)
    early = rules.may(task.intent(knows), unit, context)
    if early.stops and (parts.serial or early.code in {"not_on_document", "wrong_item", "over_quantity"}):
        return Step(state=_without_parts(state), verdict=early)
    return Step(state=msgspec.structs.replace(state, parts=parts), verdict=waiting_answer(parts, item, need))


def _question(
    task: Task, parts: Parts, item: Item, document: Document | None, knows: Knowledge
) -> tuple[UnitState, Context]:
    """The unit with its label's lot and dates, and what the question stands on."""
    unit = knows.unit(item.item, parts.serial) if parts.serial else UnitState(item=item.item, serial="")
    lot = parts.lot or unit.lot
    flags = set(unit.flags) | (set(knows.lot_flags(item.item, lot)) if lot else set())
    new = unit.status == "unknown"
    unit = msgspec.structs.replace(
        unit,
        lot=lot,
        expiry=parts.expiry or unit.expiry,
        made=parts.made or unit.made,
        flags=tuple(flag for flag in sorted(flags) if flag in FLAGS),
        status=unit.status if parts.serial else ("received" if task.going_out else "planned"),
    )
    tally = knows.tally(document.number) if document is not None else Tally()
    line = line_for(document, tally, item.item, parts.serial, lot) if document is not None else None
    context = Context(
        item=item,
        document=document,
        line=line,
        tally=tally,
        quantity=1 if parts.serial else max(parts.quantity, 1),
        policy=knows.policy,
        today=knows.today,
        expires_soon_days=knows.expires_soon_days,
        new=new,
    )
    return unit, context


def _settle(
    task: Task, state: OrderState, parts: Parts, item: Item, document: Document | None, knows: Knowledge
) -> Step:
    """A whole label: judged, and if it may be, an event."""
    unit, context = _question(task, parts, item, document, knows)
    intent = task.intent(knows)
    answer = rules.may(intent, unit, context)
    cleared = _without_parts(state)
    if answer.stops:
        return Step(state=cleared, verdict=answer)
    if not parts.serial and answer.level == "ok":
        shown = verdict(
            "quantity_recorded",
            item=item.item,
            lot=parts.lot,
            quantity=str(parts.quantity),
            expiry=unit.expiry,
        )
        answer = shown
    event = Event(
        step=intent,
        item=item.item,
        serial=parts.serial,
        lot=unit.lot,
        expiry=unit.expiry,
        made=unit.made,
        revision=unit.revision or item.revision,
        quantity=context.quantity,
        location=state.location,
        document=document.number if document is not None else "",
        line=context.line.line if context.line is not None else 0,
        party=document.party if document is not None else "",
        new=context.new and bool(parts.serial),
        code=answer.code or "",
    )
    return _counted(cleared, answer, event, document, context.line, knows)


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
        return Step(state=state, verdict=_named(answer, event, document, knows), events=(event,))
    tally = knows.tally(document.number)
    already = event.step == "shipping" and knows.unit(event.item, event.serial).status == "picked"
    after = tally.plus(line.line, 0 if already else event.quantity) if line is not None else tally
    shown = _named(answer, event, document, knows)
    if knows.policy.complete_on_last_scan and complete(document, after):
        events = (event, completion(document, ""))
        return Step(
            state=OrderState(location=state.location, finished=document.number), verdict=shown, events=events
        )
    return Step(state=state, verdict=shown, events=(event,))


def _named(answer: Verdict, event: Event, document: Document | None, knows: Knowledge) -> Verdict:
    """The answer with the customer or supplier by name, not the story of an earlier step."""
    party = knows.party(event.party) if event.party else None
    fields = {**answer.fields, "party": (party.name or party.party) if party else event.party}
    for name in ("operator", "when", "where"):
        fields.pop(name, None)
    if document is not None:
        fields["document"] = document.number
    return msgspec.structs.replace(answer, fields={name: text for name, text in fields.items() if text})


def completion(document: Document, reason: str) -> Event:
    """The event that closes a document."""
    return Event(
        step="completing",
        action="ADD",
        document=document.number,
        party=document.party,
        reason=reason,
        code="completed",
    )


# -- commands -------------------------------------------------------------------------------------------------------


def _command(task: Task, state: OrderState, asked: Asked, knows: Knowledge) -> Step:
    document = knows.document(state.document) if state.document else None
    at_labels = document is not None or state.blind
    match asked.name:
        case "quantity" if at_labels:
            return _quantity_command(task, state, asked.argument, document, knows)
        case "location" if at_labels and not task.going_out:
            return _location(state, asked.argument, knows)
        case "done" if at_labels:
            return _done(task, state, document, knows)
        case "confirm":
            return _confirm(task, state, document, knows)
        case "back":
            return _back(state, at_labels)
        case _:
            return Step(state=state, quiet=True)


def _quantity_command(
    task: Task, state: OrderState, argument: str, document: Document | None, knows: Knowledge
) -> Step:
    if not (argument.isascii() and argument.isdecimal()) or not 1 <= int(argument[:8]) <= QUANTITY_MAX:
        why = f"a quantity is a number from 1 to {QUANTITY_MAX}"
        return Step(
            state=state,
            verdict=refuse("unknown_code", argument or "no number", why=why).refusal or verdict(None),
        )
    return _quantity(task, state, int(argument), document, knows)


def _quantity(
    task: Task, state: OrderState, quantity: int, document: Document | None, knows: Knowledge
) -> Step:
    item = knows.item(state.parts.item) if state.parts.item else None
    if item is None or item.tracking == "serial":
        if item is not None or state.parts.serial:
            what = verdict(
                "wrong_kind", raw=str(quantity), kind="A QUANTITY", need="every serial, one by one"
            )
            return Step(state=state, verdict=what)
        held = msgspec.structs.replace(state, quantity_next=quantity)
        return Step(
            state=held, verdict=verdict("quantity_recorded", quantity=str(quantity), item="the next item")
        )
    return _label(task, state, Parts(quantity=quantity), document, knows)


def _location(state: OrderState, code: str, knows: Knowledge) -> Step:
    if knows.location(code) is None:
        return Step(state=state, verdict=verdict("unknown_code", raw=code, why="no place of this site"))
    located = msgspec.structs.replace(state, location=code)
    return Step(state=located, verdict=verdict("location_selected", location=code))


def _done(task: Task, state: OrderState, document: Document | None, knows: Knowledge) -> Step:
    if state.parts.serial:
        item = knows.item(state.parts.item)
        lacks_lot = item is not None and "lot" in item.requires and not state.parts.lot
        code = "missing_lot" if lacks_lot or item is None else "missing_expiry"
        return Step(state=state, verdict=verdict(code, item=state.parts.item, serial=state.parts.serial))
    if document is None:
        return Step(state=OrderState(location=state.location), verdict=verdict("completed"))
    tally = knows.tally(document.number)
    if complete(document, tally):
        return _close(task, state, document, knows, "")
    what = f"{document.number} lacks {document.total - tally.total} of {document.total}"
    missing = "" if document.blind else missing_text(document, tally, knows)
    asked = verdict("confirm_required", document=document.number, what=what, missing=missing)
    return Step(state=msgspec.structs.replace(state, confirming="done"), verdict=asked)


def _confirm(task: Task, state: OrderState, document: Document | None, knows: Knowledge) -> Step:
    if document is None and not state.blind and not task.going_out:
        opened = verdict("document_opened", document="no order", party="the office is told")
        return Step(state=OrderState(blind=True, location=state.location), verdict=opened)
    if document is not None and state.confirming == "done":
        return _close(task, state, document, knows, "partial")
    return Step(state=state, quiet=True)


def _close(task: Task, state: OrderState, document: Document, knows: Knowledge, reason: str) -> Step:
    tally = knows.tally(document.number)
    events = (*task.finish(document, knows), completion(document, reason))
    missing = max(document.total - tally.total, 0)
    closed = verdict(
        "completed",
        document=document.number,
        done=str(tally.total),
        total=str(document.total),
        missing=str(missing) if missing else "",
    )
    return Step(
        state=OrderState(location=state.location, finished=document.number), verdict=closed, events=events
    )


def _back(state: OrderState, at_labels: bool) -> Step:
    """One step back: the half label, then the order (which stays open), then the start screen."""
    done = verdict("command", what="back")
    if not state.parts.empty or state.confirming or state.quantity_next:
        return Step(state=msgspec.structs.replace(_without_parts(state), confirming=""), verdict=done)
    if at_labels:
        return Step(state=OrderState(location=state.location), verdict=done)
    return Step(state=state, verdict=done, leave=True)


def _without_parts(state: OrderState) -> OrderState:
    return msgspec.structs.replace(state, parts=NO_PARTS, quantity_next=0)


def _answer(state: OrderState, answer: Verdict) -> Step:
    return Step(state=state, verdict=answer)
