"""A sealed carton received by its first and last serial number, with a sample from inside as the proof.

Every unit of the range is judged as if it were scanned, and one that may not come in keeps all of them out. What was
scanned has the evidence ``scanned``, what only stood between first and last has ``ranged``, and keeps it.
"""

from __future__ import annotations

from math import ceil

import msgspec

from scanner_app.workflows.flow import Knowledge, Prompt, Scanned, Step
from scanner_app.workflows.order_judging import question
from scanner_app.workflows.order_labels import named, wrong_kind
from scanner_app.workflows.order_state import NO_RANGE, OrderState, Ranging, Task, completion
from scanner_app.workflows.parts import Parts
from scanner_app.workflows.subject import see
from tracking import rules
from tracking.documents import Document, complete
from tracking.events import Event
from tracking.phrases import phrase
from tracking.serial_range import expand
from tracking.site import Item
from tracking.verdicts import Verdict, verdict

PROOFS_MAX = 5
"""No more than so many are scanned from one carton, however large it is."""


def begin(state: OrderState) -> Step:
    """The command RANGE."""
    begun = msgspec.structs.replace(
        state, ranging=Ranging(stage="first", item=state.parts.item), confirming=""
    )
    return Step(state=begun, verdict=verdict("command", what=phrase("what_range")))


def proofs_wanted(count: int, knows: Knowledge) -> int:
    """How many from inside are scanned: the site's share, at least one, first and last not counted."""
    inside = max(count - 2, 0)
    return min(inside, PROOFS_MAX, max(1, ceil(count * knows.policy.sample_percent / 100)))


def advance(
    task: Task, state: OrderState, given: Scanned, document: Document | None, knows: Knowledge
) -> Step:
    """A scan while a range is being received."""
    ranging = state.ranging
    seen = see(Parts(item=ranging.item), given, document, knows)
    if seen.other is not None:
        return Step(state=state, verdict=wrong_kind(seen.other, given.texts[0], phrase("need_of_range")))
    subject = seen.subject
    if subject is None:
        chosen = msgspec.structs.replace(ranging, item=seen.parts.item or ranging.item)
        answer = seen.answer or verdict("unknown_code", raw=given.texts[0])
        kept = state if answer.stops else msgspec.structs.replace(state, ranging=chosen)
        return Step(state=kept, verdict=answer)
    if not subject.serial:
        need = phrase("need_of_range")
        return Step(
            state=state,
            verdict=verdict("wrong_kind", raw=given.texts[0], kind=phrase("kind_no_serial"), need=need),
        )
    if ranging.stage == "first":
        after = msgspec.structs.replace(ranging, stage="last", item=subject.item.item, first=subject.serial)
        told = verdict("in_hand", item=subject.item.item, serial=subject.serial)
        return Step(state=msgspec.structs.replace(state, ranging=after), verdict=told)
    if ranging.stage == "last":
        return _whole(task, state, subject.item, subject.serial, document, knows)
    return _proof(task, state, subject.item, subject.serial, document, knows)


def _whole(
    task: Task, state: OrderState, item: Item, last: str, document: Document | None, knows: Knowledge
) -> Step:
    """First and last are there: the range is judged as a whole, then proven."""
    ranging = msgspec.structs.replace(state.ranging, last=last)
    serials = expand(ranging.first, last)
    if isinstance(serials, str):
        return Step(state=state, verdict=verdict("unknown_code", raw=last, why=serials))
    events, stop = _judged(task, state, item, serials, document, knows)
    if stop is not None:
        return Step(state=msgspec.structs.replace(state, ranging=NO_RANGE), verdict=stop)
    if not proofs_wanted(len(serials), knows):
        return _take(state, ranging, events, document, knows)
    proving = msgspec.structs.replace(ranging, stage="proof")
    told = verdict("in_hand", item=item.item, serial=ranging.first, last=last, quantity=str(len(serials)))
    return Step(state=msgspec.structs.replace(state, ranging=proving), verdict=told)


def _proof(
    task: Task, state: OrderState, item: Item, serial: str, document: Document | None, knows: Knowledge
) -> Step:
    """One from inside the carton. One that is not of the range proves that the label on the carton is wrong."""
    ranging = state.ranging
    serials = expand(ranging.first, ranging.last)
    assert not isinstance(serials, str)
    if item.item != ranging.item or serial not in serials:
        said = verdict("not_in_range", item=item.item, serial=serial, first=ranging.first, last=ranging.last)
        return Step(state=msgspec.structs.replace(state, ranging=NO_RANGE), verdict=said)
    proofs = tuple(dict.fromkeys((*ranging.proofs, serial)))
    proofs = tuple(one for one in proofs if one not in {ranging.first, ranging.last})
    proven = msgspec.structs.replace(ranging, proofs=proofs)
    left = proofs_wanted(len(serials), knows) - len(proofs)
    if left > 0:
        told = verdict("checked", what=serial, done=str(len(proofs)), total=str(len(proofs) + left))
        return Step(state=msgspec.structs.replace(state, ranging=proven), verdict=told)
    events, stop = _judged(task, state, item, serials, document, knows)
    if stop is not None:
        return Step(state=msgspec.structs.replace(state, ranging=NO_RANGE), verdict=stop)
    return _take(state, proven, events, document, knows)


def _judged(
    task: Task,
    state: OrderState,
    item: Item,
    serials: tuple[str, ...],
    document: Document | None,
    knows: Knowledge,
) -> tuple[list[Event], Verdict | None]:
    """The events of a whole range, or the stop of the first unit that may not come in."""
    events: list[Event] = []
    intent = task.intent(knows)
    for serial in serials:
        parts = msgspec.structs.replace(state.parts, item=item.item, serial=serial)
        unit, context = question(task, parts, item, document, knows)
        if context.line is not None:
            ahead = sum(event.line == context.line.line for event in events)
            context = msgspec.structs.replace(context, tally=context.tally.plus(context.line.line, ahead))
        answer = rules.may(intent, unit, context)
        if not answer.stops and item.requires:
            lacks = next((name for name in item.requires if not getattr(unit, name)), "")
            answer = rules.about(f"missing_{lacks}", unit) if lacks else answer
        if answer.stops:
            return [], answer
        events.append(
            Event(
                step=intent,
                item=item.item,
                serial=serial,
                lot=unit.lot,
                expiry=unit.expiry,
                made=unit.made,
                revision=unit.revision or item.revision,
                location=state.location,
                document=document.number if document is not None else "",
                line=context.line.line if context.line is not None else 0,
                party=document.party if document is not None else "",
                new=context.new,
                code=answer.code or "",
            )
        )
    return events, None


def _take(
    state: OrderState, ranging: Ranging, events: list[Event], document: Document | None, knows: Knowledge
) -> Step:
    scanned = {ranging.first, ranging.last, *ranging.proofs}
    graded = tuple(
        event if event.serial in scanned else msgspec.structs.replace(event, evidence="ranged")
        for event in events
    )
    told = verdict(
        "received",
        item=ranging.item,
        serial=ranging.last,
        first=ranging.first,
        quantity=str(len(events)),
    )
    shown = named(told, events[-1], document, knows)
    ended = OrderState(document=state.document, blind=state.blind, location=state.location)
    if document is None:
        return Step(state=ended, verdict=shown, events=graded)
    after = knows.tally(document.number)
    for event in events:
        after = after.plus(event.line, event.quantity) if event.line else after
    if knows.policy.complete_on_last_scan and complete(document, after):
        closed = OrderState(location=state.location, finished=document.number)
        return Step(state=closed, verdict=shown, events=(*graded, completion(document, "")))
    return Step(state=ended, verdict=shown, events=graded)


def prompt(ranging: Ranging, knows: Knowledge) -> Prompt:
    """First, last, or how many from inside."""
    serials = expand(ranging.first, ranging.last) if ranging.stage == "proof" else ""
    if isinstance(serials, str):
        return Prompt(name=f"range_{ranging.stage}", more=ranging.first or ranging.item)
    left = proofs_wanted(len(serials), knows) - len(ranging.proofs)
    more = f"{ranging.first} … {ranging.last}  {len(serials)}"
    return Prompt(name="range_proof", fields={"left": str(left)}, more=more)
