"""The commands of an order: quantity, location, done, confirm, back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.workflows.flow import Asked, Knowledge, Step
from scanner_app.workflows.lines import missing_text
from scanner_app.workflows.order_labels import add_quantity
from scanner_app.workflows.order_state import (
    NO_RANGE,
    QUANTITY_MAX,
    OrderState,
    Task,
    completion,
    without_parts,
)
from tracking.documents import Document, complete
from tracking.later import Later
from tracking.phrases import phrase
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.workflows import ranged
else:
    ranged = Later("scanner_app.workflows.ranged")


def command(task: Task, state: OrderState, asked: Asked, knows: Knowledge) -> Step:
    """A command given while an order is worked on, or at the order prompt."""
    document = knows.document(state.document) if state.document else None
    at_labels = document is not None or state.blind
    match asked.name:
        case "quantity" if at_labels:
            return _quantity_command(task, state, asked.argument, document, knows)
        case "range" if at_labels and not task.going_out:
            return ranged.begin(state)
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
        why = phrase("why_quantity", most=str(QUANTITY_MAX))
        return Step(
            state=state, verdict=verdict("unknown_code", raw=argument or phrase("no_number"), why=why)
        )
    return add_quantity(task, state, int(argument), document, knows)


def _location(state: OrderState, code: str, knows: Knowledge) -> Step:
    if knows.location(code) is None:
        return Step(state=state, verdict=verdict("unknown_code", raw=code, why=phrase("why_no_place")))
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
    if complete(document, tally) and not document.blind:
        return _close(task, state, document, knows, "")
    # A blind count must not be told whether it is right: it is asked for the same way, short or not.
    what = phrase(
        "lacks",
        document=document.number,
        missing=str(document.total - tally.total),
        total=str(document.total),
    )
    missing = missing_text(document, tally, knows)
    if document.blind:
        what, missing = phrase("counted_on", counted=str(tally.total), document=document.number), ""
    asked = verdict("confirm_required", document=document.number, what=what, missing=missing)
    return Step(state=msgspec.structs.replace(state, confirming="done"), verdict=asked)


def _confirm(task: Task, state: OrderState, document: Document | None, knows: Knowledge) -> Step:
    if document is None and not state.blind and not task.going_out:
        opened = verdict("document_opened", document=phrase("no_order"), party=phrase("office_told"))
        return Step(state=OrderState(blind=True, location=state.location), verdict=opened)
    if document is not None and state.confirming == "done":
        return _close(task, state, document, knows, "partial")
    # Nothing was asked: where all is there it is the confirmation that closes, else it asks as DONE does.
    return _done(task, state, document, knows) if document is not None else Step(state=state, quiet=True)


def _close(task: Task, state: OrderState, document: Document, knows: Knowledge, reason: str) -> Step:
    barred = task.bar(document, knows)
    if barred is not None:
        return Step(state=msgspec.structs.replace(state, confirming=""), verdict=barred)
    tally = knows.tally(document.number)
    events = (*task.finish(document, knows), completion(document, reason))
    missing = 0 if document.blind else max(document.total - tally.total, 0)
    closed = verdict(
        "completed",
        document=document.number,
        done=str(tally.total),
        total="" if document.blind else str(document.total),
        missing=str(missing) if missing else "",
    )
    return Step(
        state=OrderState(location=state.location, finished=document.number), verdict=closed, events=events
    )


def _back(state: OrderState, at_labels: bool) -> Step:
    """One step back: the half label, then the order (which stays open), then the start screen."""
    done = verdict("command", what=phrase("what_back"))
    if state.ranging.stage:
        return Step(state=msgspec.structs.replace(state, ranging=NO_RANGE), verdict=done)
    if not state.parts.empty or state.confirming or state.quantity_next:
        return Step(state=msgspec.structs.replace(without_parts(state), confirming=""), verdict=done)
    if at_labels:
        return Step(state=OrderState(location=state.location), verdict=done)
    return Step(state=state, verdict=done, leave=True)
