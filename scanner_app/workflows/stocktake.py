"""Stocktake: what is on the shelves, serial by serial, blind, without a network for a day.

A count says what was seen, and nothing else: it moves no unit and corrects no stock. The differences go to the office,
which decides (server/counts.py). A sheet that is closed may be counted again by another person.
"""

from __future__ import annotations

import msgspec

from scanner_app.workflows.counted_place import judged
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.guard import SERIAL_BELOW, guarding
from scanner_app.workflows.lines import line_for, missing_text
from scanner_app.workflows.meaning import Meaning
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.order_state import completion
from scanner_app.workflows.papers import paper_scanned
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.subject import Seen, Subject, SubjectState, prompt_of_parts, quantity_given, see
from tracking.documents import Document, complete
from tracking.events import Event
from tracking.phrases import phrase
from tracking.verdicts import NOTHING, Verdict, verdict

_NEED = phrase("need_count_sheet")


class CountState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """Which sheet, which place, which count of it."""

    recount: int = 0
    """0 for the first count of the sheet, higher for each later one."""
    again: str = ""
    """A closed sheet that was scanned: a confirmation counts it again."""
    vacant: str = ""
    """A place at which nothing was counted when it was left or scanned again: a confirmation says that it is empty."""
    last_good: str = ""
    """The serial counted last: where to look for a code that could not be read."""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, CountState)
    document = knows.document(state.document) if state.document else None
    if isinstance(given, Asked):
        return _command(state, given, document, knows)
    if document is None:
        return _sheet_prompt(state, given, knows)
    state = msgspec.structs.replace(state, confirming="", vacant="")
    return _seen(state, see(state.parts, given, document, knows), given.texts[0], document, knows)


# -- the sheet ------------------------------------------------------------------------------------------------------


def _sheet_prompt(state: CountState, given: Scanned, knows: Knowledge) -> Step:
    paper = paper_scanned(given, ("count_sheet",), _NEED, knows)
    document = paper.document
    if document is None:
        return Step(state=state, verdict=paper.answer)
    if not knows.tally(document.number).closed:
        return _open(document, document.recount)
    closed = verdict("document_closed", document=document.number, again="yes")
    return Step(state=msgspec.structs.replace(state, again=document.number), verdict=closed)


def _open(document: Document, recount: int) -> Step:
    opened = verdict("document_opened", document=document.number, location=document.location)
    return Step(state=CountState(document=document.number, recount=recount), verdict=opened)


def _again(state: CountState, knows: Knowledge) -> Step:
    """A closed sheet is counted once more: by somebody who has not counted it yet."""
    document = knows.document(state.again)
    if document is None:
        return Step(state=state, quiet=True)
    recount, counters = document.recount, set[str]()
    while (before := knows.counted(document.number, recount)).people:
        if not before.closed and recount > document.recount:
            return _open(document, recount)  # begun again already, and left before its end
        counters |= before.people
        recount += 1
    if knows.who and knows.who in counters:
        return Step(state=state, verdict=verdict("role_required", what=phrase("only_another_person")))
    return _open(document, max(recount, document.recount + 1))


# -- the shelf ------------------------------------------------------------------------------------------------------


def _place(state: CountState, document: Document) -> str:
    return state.location or document.location


def _seen(state: CountState, seen: Seen, text: str, document: Document, knows: Knowledge) -> Step:
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.subject is not None:
        return _count(held, seen.subject, document, knows)
    if seen.other is not None:
        return _other(held, seen.other, text, document, knows)
    assert seen.answer is not None
    if not seen.answer.stops:
        return Step(state=held, verdict=seen.answer)
    # Kept where it was seen, with the good scan before it: somebody goes and looks.
    kept = Event(
        step="sighting",
        item=seen.answer.item,
        serial=seen.answer.serial,
        document=document.number,
        location=_place(state, document),
        reason=f"after {state.last_good}" if state.last_good else "",
        recount=state.recount,
        code=seen.answer.code or "",
    )
    return Step(state=held, verdict=seen.answer, events=(kept,))


def _other(state: CountState, other: Meaning, text: str, document: Document, knows: Knowledge) -> Step:
    if other.kind == "location":
        return _moved_on(state, other.value, document, knows)
    if other.kind == "document" and other.value == document.number:
        return Step(state=state, verdict=verdict("document_opened", document=document.number))
    return Step(state=state, verdict=wrong_kind(other, text, phrase("need_unit")))


def _moved_on(state: CountState, place: str, document: Document, knows: Knowledge) -> Step:
    """The next shelf: what was counted at the last one is said once more, and never what was expected there.

    Where that was nothing, or the same shelf is scanned again before anything was counted, it is asked whether the
    shelf is empty: only a confirmation says so, a wrong shelf label does not.
    """
    before = _place(state, document)
    counted = knows.counted(document.number, state.recount)
    here = counted.here.get(before, 0)
    vacant = state.location if not here and state.location not in counted.empty else ""
    told = {"counted": str(here), "before": before} if here and before != place else {}
    moved = msgspec.structs.replace(state, location=place, parts=NO_PARTS, confirming="", vacant=vacant)
    return Step(state=moved, verdict=verdict("location_selected", location=place, vacant=vacant, **told))


def _found_empty(state: CountState, document: Document) -> Step:
    """The place has nothing in it: a fact like any other count, for the office and for the second counter."""
    event = Event(
        step="stock_taking",
        quantity=0,
        document=document.number,
        location=state.vacant,
        recount=state.recount,
        code="counted",
    )
    said = verdict("counted", empty=state.vacant, location=state.vacant)
    return Step(state=msgspec.structs.replace(state, vacant=""), verdict=said, events=(event,))


def _count(state: CountState, subject: Subject, document: Document, knows: Knowledge) -> Step:
    unit = subject.unit
    place = _place(state, document)
    counted_already = bool(subject.serial) and (document.number, state.recount) in unit.seen
    answer = judged(subject, place, document, knows, already=counted_already)
    if counted_already or answer.code in {"serial_pattern", "bad_check_digit"}:
        return Step(state=state, verdict=answer)
    line = line_for(document, knows.tally(document.number), subject.item.item, subject.serial, unit.lot)
    event = subject.event(
        "stock_taking",
        document=document.number,
        # A recount credits nothing: the sheet's lines have what the first count found.
        line=line.line if line is not None and not state.recount else 0,
        location=place,
        recount=state.recount,
        new=bool(subject.serial) and unit.status == "unknown",
        code=answer.code or "",
    )
    return Step(
        state=msgspec.structs.replace(state, last_good=subject.serial or unit.lot or subject.item.item),
        verdict=answer,
        events=(event,),
    )


# -- commands -------------------------------------------------------------------------------------------------------


def _command(state: CountState, asked: Asked, document: Document | None, knows: Knowledge) -> Step:
    match asked.name:
        case "quantity" if document is not None:
            seen = quantity_given(state.parts, asked.argument, document, knows)
            return _seen(state, seen, asked.argument, document, knows)
        case "location" if document is not None:
            if knows.location(asked.argument) is None:
                return Step(state=state, verdict=verdict("unknown_code", raw=asked.argument))
            return _moved_on(state, asked.argument, document, knows)
        case "done" if document is not None:
            return _done(state, document, knows)
        case "confirm" if document is not None:
            if state.vacant:
                return _found_empty(state, document)
            return _close(state, document, knows) if state.confirming else _done(state, document, knows)
        case "confirm" if state.again:
            return _again(state, knows)
        case "back":
            return _back(state, document)
        case _:
            return Step(state=state, quiet=True)


def _done(state: CountState, document: Document, knows: Knowledge) -> Step:
    counted = knows.counted(document.number, state.recount)
    if not document.blind and document.lines and not state.recount:
        tally = knows.tally(document.number)
        if complete(document, tally):
            return _close(state, document, knows)
    missing = "" if document.blind else missing_text(document, knows.tally(document.number), knows)
    asked = verdict(
        "confirm_required",
        document=document.number,
        counted=str(counted.total),
        missing=missing,
    )
    return Step(state=msgspec.structs.replace(state, confirming="done", vacant=""), verdict=asked)


def _close(state: CountState, document: Document, knows: Knowledge) -> Step:
    counted = knows.counted(document.number, state.recount)
    event = msgspec.structs.replace(completion(document, ""), recount=state.recount)
    closed = verdict("completed", document=document.number, counted=str(counted.total))
    return Step(state=CountState(finished=document.number), verdict=closed, events=(event,))


def _back(state: CountState, document: Document | None) -> Step:
    """One step back: the half label, the question, the sheet (which stays open), then the start screen."""
    done: Verdict = verdict("command", what=phrase("what_back"))
    if not state.parts.empty or state.confirming or state.vacant:
        left = msgspec.structs.replace(state, parts=NO_PARTS, confirming="", vacant="")
        return Step(state=left, verdict=done)
    if state.again:
        return Step(state=msgspec.structs.replace(state, again=""), verdict=NOTHING)
    if document is not None:
        return Step(state=CountState(), verdict=done)
    return Step(state=state, verdict=done, leave=True)


# -- what the screen asks for ---------------------------------------------------------------------------------------


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, CountState)
    document = knows.document(state.document) if state.document else None
    if document is None:
        return Prompt(name="sheet", keys=("confirm",) if state.again else ())
    place = _place(state, document)
    here = knows.counted(document.number, state.recount).here.get(place, 0)
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return msgspec.structs.replace(need, here=here)
    if state.vacant:
        # Said here too, and not only in the answer: the answer is gone when the battery is back.
        asked = phrase("count_vacant", vacant=state.vacant)
        return Prompt(name="count", more=asked, here=here, keys=("done", "confirm"))
    return Prompt(name="count", more=place, here=here)


STOCKTAKE = Workflow(
    name="stocktake",
    state_type=CountState,
    initial=CountState,
    advance=guarding(_advance, lambda state: SERIAL_BELOW if state.document else None),
    prompt=_prompt,
    document_types=("count_sheet",),
)
