"""Assigning serial numbers: one by one or a range, for units that do not exist yet; and the printed labels verified.

A number that was ever used stays used: what is written off, shipped or built in is never given again.
"""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, State, Step, Workflow
from scanner_app.workflows.guard import guarding
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.own_labels import new_labels
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.subject import Subject, SubjectState, see, subject_of
from tracking import check_characters, rules
from tracking.catalogue.faults import told
from tracking.events import Event
from tracking.phrases import phrase
from tracking.serial_range import expand
from tracking.site import Item, refuse_name
from tracking.verdicts import Verdict, verdict

LABEL_VERIFIED = "verified"
"""The reason of the event that notes the scan of a printed label."""
NUMBERS_MAX = 100
"""Numbers taken with one command: so many labels a person can look after."""


class AssignState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """The item whose numbers are given, and how far a range is."""

    item: str = ""
    stage: str = ""
    """``first`` or ``last`` while that end of a range is asked for."""
    first: str = ""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, AssignState)
    if isinstance(given, Asked):
        return _command(state, given, knows)
    held = state.parts if not state.parts.empty else Parts(item=state.item)
    seen = see(held, given, None, knows, pieces=False)
    if seen.other is not None:
        return Step(state=state, verdict=wrong_kind(seen.other, given.texts[0], phrase("need_the_item")))
    if seen.subject is not None:
        step = _thing(msgspec.structs.replace(state, parts=NO_PARTS), seen.subject, knows)
        # What was typed has no label yet; what was scanned is on one.
        return _with_label(step, seen.subject, knows) if given.typed else step
    assert seen.answer is not None
    if seen.answer.stops:
        return Step(state=state, verdict=seen.answer)
    chosen = seen.parts.item or state.item
    again = msgspec.structs.replace(
        state, item=chosen, parts=NO_PARTS if chosen and not seen.parts.serial else seen.parts
    )
    return Step(state=again, verdict=seen.answer)


def _thing(state: AssignState, subject: Subject, knows: Knowledge) -> Step:
    if not subject.serial:
        need = phrase("need_serialised")
        return Step(
            state=state,
            verdict=verdict("wrong_kind", raw=subject.item.item, kind=phrase("kind_loose"), need=need),
        )
    chosen = msgspec.structs.replace(state, item=subject.item.item)
    if state.stage:
        return _ranging(chosen, subject, knows)
    alarm = rules.stopped_anywhere(subject.unit)
    if alarm is not None:
        return Step(state=chosen, verdict=alarm)
    if subject.unit.status == "planned":
        # The label that was printed for it: it reads, and it is the right one.
        code = "on_hold" if subject.unit.has("held") else "registered"
        event = subject.event("inspecting", reason=LABEL_VERIFIED, code=code)
        return Step(state=chosen, verdict=rules.about(code, subject.unit), events=(event,))
    stop = refused(subject)
    if stop is not None:
        return Step(state=chosen, verdict=stop)
    code = "check_digit_warning" if _odd(subject.item, subject.serial) else "assigned"
    return Step(
        state=chosen,
        verdict=rules.about(code, subject.unit),
        events=(assigned(subject.item, subject.serial, code=code),),
    )


def _with_label(step: Step, subject: Subject, knows: Knowledge) -> Step:
    given = tuple(event.serial for event in step.events if event.step == "commissioning")
    if given != (subject.serial,):
        return step
    return msgspec.structs.replace(step, labels=new_labels(subject.item, given, knows))


def refused(subject: Subject) -> Verdict | None:
    """Why this serial number cannot be given, or None."""
    alarm = rules.stopped_anywhere(subject.unit)
    if alarm is not None:
        return alarm
    stop = rules.step_stop("commissioning", "ADD", subject.unit)
    if stop is not None:
        return stop
    why = refuse_name(subject.serial)
    if why:
        return verdict("unknown_code", raw=subject.serial, why=told(why))
    return rules.shape_stop(subject.unit, subject.item)


def _odd(item: Item, serial: str) -> bool:
    return item.check_policy != "off" and bool(check_characters.fault(item.check, serial))


def assigned(item: Item, serial: str, *, evidence: str = "scanned", code: str = "assigned") -> Event:
    """The event that gives a serial number to a unit that is yet to be."""
    return Event(
        step="commissioning",
        action="ADD",
        item=item.item,
        serial=serial,
        revision=item.revision,
        evidence=evidence,
        new=True,
        code=code,
    )


def _ranging(state: AssignState, subject: Subject, knows: Knowledge) -> Step:
    """First and last of a range. All of it is given, or nothing of it."""
    if state.stage == "first":
        told = verdict("in_hand", item=subject.item.item, serial=subject.serial)
        stop = refused(subject)
        if stop is not None:
            return Step(state=state, verdict=stop)
        return Step(state=msgspec.structs.replace(state, stage="last", first=subject.serial), verdict=told)
    serials = expand(state.first, subject.serial)
    if isinstance(serials, str):
        return Step(state=state, verdict=verdict("unknown_code", raw=subject.serial, why=serials))
    for serial in serials:
        one = subject_of(Parts(item=subject.item.item, serial=serial), subject.item, knows)
        stop = refused(one) or (
            rules.about("already_assigned", one.unit) if one.unit.status == "planned" else None
        )
        if stop is not None:
            return Step(state=state, verdict=stop)
    events = tuple(assigned(subject.item, serial, evidence="ranged") for serial in serials)
    ended = msgspec.structs.replace(state, stage="", first="")
    told = verdict(
        "assigned",
        item=subject.item.item,
        serial=subject.serial,
        first=state.first,
        quantity=str(len(serials)),
    )
    return Step(state=ended, verdict=told, events=events)


def _next_numbers(state: AssignState, argument: str, knows: Knowledge) -> Step:
    """So many numbers of the item's own template, one after the other; each gets its label."""
    count = int(argument[:4]) if argument.isascii() and argument.isdecimal() else 0
    if not 1 <= count <= NUMBERS_MAX:
        return Step(state=state, verdict=verdict("unknown_code", raw=argument, why=f"1 - {NUMBERS_MAX}"))
    item = knows.item(state.item) or Item(item=state.item)
    found = knows.next_serials(item, count)
    if not found.serials:
        return Step(state=state, verdict=verdict("no_numbers", item=item.item, why=found.why))
    said = verdict("assigned", item=item.item, serial=found.serials[-1])
    if count > 1:
        first = found.serials[0]
        said = verdict("assigned", item=item.item, serial=said.serial, first=first, quantity=str(count))
    return Step(
        state=msgspec.structs.replace(state, stage="", first="", parts=NO_PARTS),
        verdict=said,
        events=tuple(assigned(item, serial) for serial in found.serials),
        labels=new_labels(item, found.serials, knows),
        afresh=True,
    )


def _command(state: AssignState, asked: Asked, knows: Knowledge) -> Step:
    match asked.name:
        case "number" | "quantity" if state.item and state.parts.empty:
            return _next_numbers(state, asked.argument or "1", knows)
        case "range":
            begun = msgspec.structs.replace(state, stage="first", first="", parts=NO_PARTS)
            return Step(state=begun, verdict=verdict("command", what=phrase("what_range")))
        case "back" | "done":
            said = verdict("command", what=phrase("what_back"))
            if state.stage or not state.parts.empty:
                return Step(
                    state=msgspec.structs.replace(state, stage="", first="", parts=NO_PARTS), verdict=said
                )
            if state.item:
                return Step(state=AssignState(), verdict=said)
            return Step(state=state, verdict=said, leave=True)
        case _:
            return Step(state=state, quiet=True)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, AssignState)
    item = knows.item(state.item) if state.item else None
    more = f"{item.item}  {item.description}" if item is not None else ""
    if state.parts.serial:
        return Prompt(name="item", more=state.parts.serial)
    if state.stage:
        return Prompt(name=f"range_{state.stage}", more=state.first or more)
    if item is None:
        return Prompt(name="item", keys=("range",))
    keys = ("number", "range") if item.numbering else ("range",)
    return Prompt(name="new_serial", more=more, keys=keys)


ASSIGN = Workflow(
    name="assign",
    state_type=AssignState,
    initial=AssignState,
    advance=guarding(_advance),
    prompt=_prompt,
)
