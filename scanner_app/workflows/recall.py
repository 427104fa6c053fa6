"""Recall: collecting what was called back, unit by unit, until all of it is here."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import closing
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.guard import SERIAL_BELOW, guarding
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.papers import paper_scanned
from scanner_app.workflows.subject import Seen, Subject, SubjectState, prompt_of_parts, quantity_given, see
from tracking import rules
from tracking.documents import Document, Line
from tracking.phrases import phrase
from tracking.verdicts import Verdict, verdict

_NEED = phrase("need_recall")


class RecallState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """Which recall, and where what was collected is put."""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, RecallState)
    document = knows.document(state.document) if state.document else None
    if isinstance(given, Asked):
        return _command(state, given, document, knows)
    if document is None:
        return _paper(state, given, knows)
    state = msgspec.structs.replace(state, confirming="")
    return _seen(state, see(state.parts, given, document, knows), given.texts[0], document, knows)


def _paper(state: RecallState, given: Scanned, knows: Knowledge) -> Step:
    paper = paper_scanned(given, ("recall",), _NEED, knows)
    document = paper.document
    if document is None:
        return Step(state=state, verdict=paper.answer)
    tally = knows.tally(document.number)
    if tally.closed:
        return Step(state=state, verdict=verdict("document_closed", document=document.number))
    missing = str(max(document.total - tally.total, 0))
    opened = verdict("document_opened", document=document.number, party=document.party, missing=missing)
    return Step(state=RecallState(document=document.number, location=state.location), verdict=opened)


def _seen(state: RecallState, seen: Seen, text: str, document: Document, knows: Knowledge) -> Step:
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.subject is not None:
        return _collect(held, seen.subject, document, knows)
    if seen.other is None:
        return Step(state=held, verdict=seen.answer or verdict("unknown_code", raw=text))
    match seen.other.kind:
        case "location":
            located = msgspec.structs.replace(state, location=seen.other.value)
            return Step(state=located, verdict=verdict("location_selected", location=seen.other.value))
        case "document" if seen.other.value == document.number:
            return Step(state=state, verdict=verdict("document_opened", document=document.number))
        case _:
            return Step(state=state, verdict=wrong_kind(seen.other, text, phrase("need_unit")))


def called_back(subject: Subject, document: Document) -> Line | None:
    """The line of a recall that means this thing: by its serial, by its lot, or the whole item."""
    unit = subject.unit
    named = document.line_expecting(unit.item, unit.serial) if unit.serial else None
    if named is not None:
        return named
    open_lines = (line for line in document.lines_of_item(unit.item) if not line.serials)
    return next((line for line in open_lines if line.lot in {"", unit.lot}), None)


def _collect(state: RecallState, subject: Subject, document: Document, knows: Knowledge) -> Step:
    line = called_back(subject, document)
    stop = rules.unless(_stop(subject, document, line), knows.waived)
    if stop is None and line is None and subject.serial:
        stop = rules.step_stop("collecting", "OBSERVE", subject.unit)
    if stop is not None:
        return Step(state=state, verdict=stop)
    if subject.serial and subject.unit.seen_by(document.number):
        return Step(state=state, verdict=rules.about("already_collected", subject.unit))
    event = subject.event(
        "collecting",
        document=document.number,
        line=line.line if line is not None else 0,
        location=state.location,
        party=subject.unit.customer,
        code="collected",
    )
    after, events = closing.with_completion(state, event, document, knows)
    return Step(state=after, verdict=subject.said("collected"), events=events)


def _stop(subject: Subject, document: Document, line: Line | None) -> Verdict | None:
    unit = subject.unit
    if unit.has("stolen"):
        return rules.about("stolen", unit)
    if line is None:
        # Called back by another paper: it stops here as everywhere.
        code = "recalled" if unit.has("recalled") else "not_on_document"
        return rules.about(code, unit, document=document.number)
    return rules.step_stop("collecting", "OBSERVE", unit) if subject.serial else None


def _command(state: RecallState, asked: Asked, document: Document | None, knows: Knowledge) -> Step:
    match asked.name:
        case "quantity" if document is not None:
            seen = quantity_given(state.parts, asked.argument, document, knows)
            return _seen(state, seen, asked.argument, document, knows)
        case "location" if knows.location(asked.argument) is not None:
            located = msgspec.structs.replace(state, location=asked.argument)
            return Step(state=located, verdict=verdict("location_selected", location=asked.argument))
        case "done" if document is not None:
            return closing.done(state, document, knows)
        case "confirm" if document is not None:
            return closing.confirm(state, document, knows)
        case "back":
            return closing.back(state, at_start=document is None)
        case _:
            return Step(state=state, quiet=True)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, RecallState)
    if not state.document:
        return Prompt(name="recall", more=state.finished)
    need = prompt_of_parts(state.parts, knows)
    return need if need is not None else Prompt(name="serial_or_item", more=state.location)


RECALL = Workflow(
    name="recall",
    state_type=RecallState,
    initial=RecallState,
    advance=guarding(_advance, lambda state: SERIAL_BELOW if state.document else None),
    prompt=_prompt,
    document_types=("recall",),
)
