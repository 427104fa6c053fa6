"""Returns: what a customer sends back, with an RMA or without; looked at, and decided on the spot."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import closing, dispositions, inspection, witness
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.guard import guarding
from scanner_app.workflows.inspection import NO_LOOK, Look
from scanner_app.workflows.lines import current_line
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.papers import paper_scanned
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.returned import judged
from scanner_app.workflows.subject import Seen, Subject, SubjectState, prompt_of_parts, quantity_given, see
from tracking.documents import Document
from tracking.phrases import phrase
from tracking.units import UnitState
from tracking.verdicts import verdict

_NEED = phrase("need_rma")
_DECIDING = frozenset({"pass", "fail", *dispositions.CHOICES})


class ReturnState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """Which RMA, and the unit in hand that something must become of."""

    no_paper: bool = False
    """Confirmed: there is no RMA."""
    hand_item: str = ""
    hand_serial: str = ""
    hand_document: str = ""
    look: Look = NO_LOOK
    stage: str = ""
    """``replace`` while the replacement is asked for, ``witness`` while the second badge is."""
    reason: str = ""
    pin_of: str = ""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, ReturnState)
    document = knows.document(state.document) if state.document else None
    if isinstance(given, Asked):
        return _command(state, given, document, knows)
    state = msgspec.structs.replace(state, confirming="")
    if state.stage == "witness":
        return _witnessed(state, given, knows)
    if state.stage == "replace":
        return _replacing(state, given, knows)
    seen = see(state.parts, given, document, knows)
    if seen.other is not None and seen.other.kind == "document" and document is None:
        paper = paper_scanned(given, ("rma",), _NEED, knows)
        return (
            _open(state, paper.document, knows)
            if paper.document is not None
            else Step(state=state, verdict=paper.answer)
        )
    return _seen(state, seen, given.texts[0], document, knows)


def _open(state: ReturnState, document: Document, knows: Knowledge) -> Step:
    tally = knows.tally(document.number)
    if tally.closed:
        return Step(state=state, verdict=verdict("document_closed", document=document.number))
    missing = str(max(document.total - tally.total, 0)) if document.lines and not document.blind else ""
    opened = verdict("document_opened", document=document.number, party=document.party, missing=missing)
    return Step(state=ReturnState(document=document.number, location=state.location), verdict=opened)


def _seen(state: ReturnState, seen: Seen, text: str, document: Document | None, knows: Knowledge) -> Step:
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.subject is not None:
        return _take(held, seen.subject, document, knows)
    if seen.other is None:
        return Step(state=held, verdict=seen.answer or verdict("unknown_code", raw=text))
    match seen.other.kind:
        case "location":
            located = msgspec.structs.replace(state, location=seen.other.value)
            return Step(state=located, verdict=verdict("location_selected", location=seen.other.value))
        case "document" if document is not None and seen.other.value == document.number:
            return Step(state=state, verdict=verdict("document_opened", document=document.number))
        case _:
            return Step(state=state, verdict=wrong_kind(seen.other, text, phrase("need_unit")))


def _take(state: ReturnState, subject: Subject, document: Document | None, knows: Knowledge) -> Step:
    found = judged(subject, document, knows)
    if found.answer.stops:
        return Step(state=state, verdict=found.answer)
    event = subject.event(
        "returning",
        document=document.number if document is not None else "",
        line=found.line.line if found.line is not None else 0,
        location=state.location,
        party=subject.unit.customer or (document.party if document is not None else ""),
        sold_on=found.warranty.sold_on,
        until=found.warranty.until,
        code=found.answer.code or "",
    )
    in_hand = msgspec.structs.replace(
        state,
        hand_item=subject.item.item if subject.serial else "",
        hand_serial=subject.serial,
        hand_document=event.document,
        look=NO_LOOK,
        reason="",
    )
    after, events = closing.with_completion(in_hand, event, document, knows)
    return Step(state=after, verdict=found.answer, events=events)


# -- what becomes of it ---------------------------------------------------------------------------------------------


def _hand(state: ReturnState, knows: Knowledge) -> UnitState | None:
    return knows.unit(state.hand_item, state.hand_serial) if state.hand_serial else None


def _without_hand(state: ReturnState) -> ReturnState:
    return msgspec.structs.replace(
        state, hand_item="", hand_serial="", hand_document="", look=NO_LOOK, stage="", reason="", pin_of=""
    )


def _decide(state: ReturnState, asked: Asked, unit: UnitState, knows: Knowledge) -> Step:
    if asked.name in {"pass", "fail"}:
        return _looked(state, asked, unit, knows)
    if asked.name == "replace":
        stage = msgspec.structs.replace(state, stage="replace", parts=NO_PARTS)
        return Step(state=stage, verdict=verdict("in_hand", item=unit.item, serial=unit.serial))
    reason = asked.argument[: inspection.REMARK_CHARS_MAX] or state.reason
    if asked.name == "scrap" and witness.wanted("write_off", knows):
        waiting = msgspec.structs.replace(state, stage="witness", reason=reason)
        return Step(state=waiting, verdict=verdict("second_person", item=unit.item, serial=unit.serial))
    return _settle(state, asked.name, unit, reason, "")


def _settle(state: ReturnState, what: str, unit: UnitState, reason: str, by: str) -> Step:
    decided = dispositions.decide(what, unit, state.hand_document, state.location, reason, by)
    after = state if decided.answer.stops else _without_hand(state)
    return Step(state=after, verdict=decided.answer, events=decided.events)


def _looked(state: ReturnState, asked: Asked, unit: UnitState, knows: Knowledge) -> Step:
    item = knows.item(unit.item)
    if item is None:
        return Step(state=state, quiet=True)
    looked = inspection.answered(item, state.look, passed=asked.name == "pass", remark=asked.argument)
    after = msgspec.structs.replace(state, look=looked.look, reason=looked.result)
    if not looked.result:
        return Step(state=after, verdict=looked.answer)
    event = Subject(item, unit, 1).event(
        "inspecting", document=state.hand_document, reason=looked.result, code="inspected"
    )
    told = verdict("inspected", item=unit.item, serial=unit.serial, reason=looked.result)
    return Step(state=after, verdict=told, events=(event,))


def _replacing(state: ReturnState, given: Scanned, knows: Knowledge) -> Step:
    faulty = _hand(state, knows)
    seen = see(state.parts, given, None, knows)
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.subject is None or faulty is None:
        other = (
            wrong_kind(seen.other, given.texts[0], phrase("need_replacement"))
            if seen.other is not None
            else None
        )
        answer = other or seen.answer or verdict("unknown_code", raw=given.texts[0])
        return Step(state=held, verdict=answer)
    if not seen.subject.serial:
        need = phrase("need_replacement_serial")
        return Step(
            state=state,
            verdict=verdict("wrong_kind", raw=given.texts[0], kind=phrase("kind_quantity"), need=need),
        )
    decided = dispositions.replace(faulty, seen.subject, state.hand_document, knows)
    after = held if decided.answer.stops else _without_hand(held)
    return Step(state=after, verdict=decided.answer, events=decided.events)


def _witnessed(state: ReturnState, given: Scanned, knows: Knowledge) -> Step:
    unit = _hand(state, knows)
    found = witness.witness(given, state.pin_of, knows)
    if unit is None or not found.badge:
        waiting = msgspec.structs.replace(state, pin_of=found.pin_of)
        return Step(state=waiting, verdict=found.answer or verdict("second_person"))
    return _settle(state, "scrap", unit, state.reason, found.badge)


# -- commands and prompt --------------------------------------------------------------------------------------------


def _command(state: ReturnState, asked: Asked, document: Document | None, knows: Knowledge) -> Step:
    unit = _hand(state, knows)
    match asked.name:
        case name if name in _DECIDING and unit is not None and not state.stage:
            return _decide(msgspec.structs.replace(state, confirming=""), asked, unit, knows)
        case "quantity" if not state.stage:
            seen = quantity_given(state.parts, asked.argument, document, knows)
            return _seen(state, seen, asked.argument, document, knows)
        case "location" if knows.location(asked.argument) is not None:
            located = msgspec.structs.replace(state, location=asked.argument)
            return Step(state=located, verdict=verdict("location_selected", location=asked.argument))
        case "location":
            return Step(state=state, verdict=verdict("unknown_code", raw=asked.argument))
        case "done" if document is not None and not state.stage:
            return closing.done(state, document, knows)
        case "confirm" if document is not None and not state.stage:
            return closing.confirm(state, document, knows)
        case "confirm" if document is None and not state.no_paper:
            said = verdict("document_opened", document=phrase("no_rma"))
            return Step(state=msgspec.structs.replace(state, no_paper=True, finished=""), verdict=said)
        case "done" | "back":
            return _back(state, document)
        case _:
            return Step(state=state, quiet=True)


def _back(state: ReturnState, document: Document | None) -> Step:
    """What is asked of the unit in hand first, then the unit, then the paper."""
    said = verdict("command", what=phrase("what_back"))
    if state.stage:
        return Step(state=msgspec.structs.replace(state, stage="", pin_of="", parts=NO_PARTS), verdict=said)
    if state.hand_serial and state.parts.empty and not state.confirming:
        return Step(state=_without_hand(state), verdict=said)
    return closing.back(state, at_start=document is None and not state.no_paper)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, ReturnState)
    unit = _hand(state, knows)
    if state.stage == "witness":
        return Prompt(
            name="pin" if state.pin_of else "second_badge",
            wants_text=bool(state.pin_of),
            secret=bool(state.pin_of),
        )
    if state.stage == "replace":
        return Prompt(name="replacement", more=f"{state.hand_item}  {state.hand_serial}")
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return need
    if unit is not None:
        item = knows.item(unit.item)
        asked = inspection.question(item, state.look) if item is not None and not state.reason else ""
        more = f"{unit.item}  {unit.serial}" + (f"\n{asked}" if asked else "")
        looks = () if state.reason else ("pass", "fail")
        return Prompt(name="becomes", more=more, choices=(*looks, *dispositions.CHOICES))
    document = knows.document(state.document) if state.document else None
    if document is None:
        return Prompt(name="serial_or_item" if state.no_paper else "rma", more=state.finished)
    line = current_line(document, knows.tally(document.number))
    return Prompt(name="serial_or_item", more=line.item if line is not None else document.number)


RETURNS = Workflow(
    name="returns",
    state_type=ReturnState,
    initial=ReturnState,
    advance=guarding(_advance),
    prompt=_prompt,
    document_types=("rma",),
)
