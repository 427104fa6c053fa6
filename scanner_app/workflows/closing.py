"""The end of a paper that things are scanned against one by one, and the step back, as every such task has them."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from scanner_app.workflows.flow import Knowledge, Step
from scanner_app.workflows.lines import missing_text
from scanner_app.workflows.order_state import completion
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.subject import SubjectState
from tracking.documents import Document, complete
from tracking.events import Event
from tracking.phrases import phrase
from tracking.verdicts import verdict

S = TypeVar("S", bound=SubjectState)


def done(state: SubjectState, document: Document, knows: Knowledge) -> Step:
    """DONE: closes what is complete, asks where something lacks."""
    tally = knows.tally(document.number)
    if complete(document, tally) and not document.blind:
        return close(state, document, knows, "")
    what = f"{document.number}: {tally.total} / {document.total}"
    asked = verdict(
        "confirm_required",
        document=document.number,
        what="" if document.blind else what,
        counted=str(tally.total) if document.blind else "",
        missing="" if document.blind else missing_text(document, tally, knows),
    )
    return Step(state=msgspec.structs.replace(state, confirming="done"), verdict=asked)


def confirm(state: SubjectState, document: Document, knows: Knowledge) -> Step:
    """CONFIRM: closes where it was asked, else asks as DONE does."""
    return (
        close(state, document, knows, "partial")
        if state.confirming == "done"
        else done(state, document, knows)
    )


def close(state: SubjectState, document: Document, knows: Knowledge, reason: str) -> Step:
    """The event that closes the paper, and the task at its first prompt."""
    tally = knows.tally(document.number)
    missing = max(document.total - tally.total, 0)
    closed = verdict(
        "completed",
        document=document.number,
        done=str(tally.total),
        total="" if document.blind else str(document.total),
        missing=str(missing) if missing and not document.blind else "",
    )
    return Step(state=finished(state, document), verdict=closed, events=(completion(document, reason),))


def finished(state: S, document: Document) -> S:
    """The task after its paper: nothing of it is in hand any more."""
    return type(state)(finished=document.number)


def with_completion(
    state: S, event: Event, document: Document | None, knows: Knowledge
) -> tuple[S, tuple[Event, ...]]:
    """State and events after an event, with the end of the paper where this was the last of it."""
    if document is None or not knows.policy.complete_on_last_scan or not document.lines:
        return state, (event,)
    after = knows.tally(document.number).plus(event.line, event.quantity) if event.line else None
    if after is None or not complete(document, after):
        return state, (event,)
    ended = msgspec.structs.replace(state, document="", finished=document.number)
    return ended, (event, completion(document, ""))


def back(state: SubjectState, *, at_start: bool) -> Step:
    """One step back: the half label or the question, the paper (which stays open), then the start screen."""
    said = verdict("command", what=phrase("what_back"))
    if not state.parts.empty or state.confirming:
        return Step(state=msgspec.structs.replace(state, parts=NO_PARTS, confirming=""), verdict=said)
    if not at_start:
        return Step(state=type(state)(), verdict=said)
    return Step(state=state, verdict=said, leave=True)
