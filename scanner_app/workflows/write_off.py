"""Write-off: what is lost, broken or to be destroyed leaves the books with a reason, and where the site wants it
with a second person.
"""

from __future__ import annotations

import msgspec

from scanner_app.workflows import witness
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.guard import guarding
from scanner_app.workflows.inspection import REMARK_CHARS_MAX
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.subject import (
    Seen,
    Subject,
    SubjectState,
    prompt_of_parts,
    quantity_given,
    see,
    subject_of,
)
from tracking import rules
from tracking.phrases import phrase
from tracking.verdicts import Verdict, verdict

_STEPS = {
    "scrap": ("decommissioning", "scrapped", "write_off"),
    "destroy": ("destroying", "destroyed", "destroy"),
}
"""What is done -> its step, its code, and the name that the site's policy has for it."""


class WriteOffState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """What is in hand, what is done to it and why."""

    what: str = "scrap"
    hand: Parts = NO_PARTS
    """The whole label of what is in hand."""
    reason: str = ""
    always: bool = False
    """True where the reason was given for everything that follows."""
    pin_of: str = ""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, WriteOffState)
    if isinstance(given, Asked):
        return _command(state, given, knows)
    if not state.hand.empty:
        return _witness(state, given, knows) if state.reason else _reason(state, given, knows)
    return _seen(state, see(state.parts, given, None, knows), given.texts[0], knows)


def _seen(state: WriteOffState, seen: Seen, text: str, knows: Knowledge) -> Step:
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.other is not None:
        return Step(state=state, verdict=wrong_kind(seen.other, text, phrase("need_unit")))
    subject = seen.subject
    if subject is None:
        return Step(state=held, verdict=seen.answer or verdict("unknown_code", raw=text))
    stop = _stop(state, subject, knows)
    if stop is not None:
        return Step(state=held, verdict=stop)
    hand = Parts(
        item=subject.item.item,
        serial=subject.serial,
        lot=subject.unit.lot,
        quantity=0 if subject.serial else subject.quantity,
    )
    return _next(msgspec.structs.replace(held, hand=hand), knows)


def _stop(state: WriteOffState, subject: Subject, knows: Knowledge) -> Verdict | None:
    unit = subject.unit
    papers = (knows.document(number) for number, _ in unit.seen)
    collected = any(paper is not None and paper.type == "recall" for paper in papers)
    alarm = rules.stopped_anywhere(unit)
    # What a recall has collected is there to be destroyed; anything else that is called back is collected first.
    if alarm is not None and not (alarm.code == "recalled" and collected):
        return alarm
    if not subject.serial:
        return None
    if unit.status == "unknown":
        return rules.about("not_received", unit)
    return rules.step_stop(_STEPS[state.what][0], "DELETE", unit)


def _next(state: WriteOffState, knows: Knowledge) -> Step:
    """Asks for what still lacks: the reason, the second person; else it is done."""
    parts = state.hand
    if not state.reason:
        unit = knows.unit(parts.item, parts.serial) if parts.serial else None
        held = unit is not None and unit.has("held")
        said = verdict(
            "on_hold" if held else "in_hand",
            item=parts.item,
            serial=parts.serial,
            lot=parts.lot,
            loose="" if parts.serial else parts.item,
            quantity="" if parts.serial else str(parts.quantity),
            reason=unit.reason if unit is not None and held else "",
        )
        return Step(state=state, verdict=said)
    if witness.wanted(_STEPS[state.what][2], knows):
        return Step(state=state, verdict=verdict("second_person", item=parts.item, serial=parts.serial))
    return _settle(state, "", knows)


def _reason(state: WriteOffState, given: Scanned, knows: Knowledge) -> Step:
    text = given.texts[0].strip()
    if not given.typed or not text:
        need = phrase("need_reason")
        return Step(
            state=state, verdict=verdict("wrong_kind", raw=text, kind=phrase("kind_no_reason"), need=need)
        )
    return _next(msgspec.structs.replace(state, reason=text[:REMARK_CHARS_MAX]), knows)


def _witness(state: WriteOffState, given: Scanned, knows: Knowledge) -> Step:
    found = witness.witness(given, state.pin_of, knows)
    if found.badge:
        return _settle(state, found.badge, knows)
    waiting = msgspec.structs.replace(state, pin_of=found.pin_of)
    return Step(state=waiting, verdict=found.answer or verdict("second_person"))


def _settle(state: WriteOffState, by: str, knows: Knowledge) -> Step:
    item = knows.item(state.hand.item)
    emptied = _emptied(state)
    if item is None:
        return Step(state=emptied, quiet=True)
    subject = subject_of(state.hand, item, knows)
    step, code, _ = _STEPS[state.what]
    why = "; ".join(filter(None, (state.reason, f"witness {by}" if by else "")))
    event = subject.event(step, "DELETE", reason=why, location=subject.unit.location, code=code)
    return Step(state=emptied, verdict=subject.said(code, reason=state.reason), events=(event,))


def _emptied(state: WriteOffState) -> WriteOffState:
    reason = state.reason if state.always else ""
    return msgspec.structs.replace(state, hand=NO_PARTS, parts=NO_PARTS, reason=reason, pin_of="")


def _command(state: WriteOffState, asked: Asked, knows: Knowledge) -> Step:
    match asked.name:
        case "scrap" | "destroy":
            return _switch(state, asked, knows)
        case "quantity" if state.hand.empty:
            seen = quantity_given(state.parts, asked.argument, None, knows)
            return _seen(state, seen, asked.argument, knows)
        case "back" | "done":
            said = verdict("command", what=phrase("what_back"))
            if not state.hand.empty or not state.parts.empty:
                return Step(state=_emptied(state), verdict=said)
            if state.always or state.what != "scrap":
                return Step(state=WriteOffState(), verdict=said)
            return Step(state=state, verdict=said, leave=True)
        case _:
            return Step(state=state, quiet=True)


def _switch(state: WriteOffState, asked: Asked, knows: Knowledge) -> Step:
    """SCRAP or DESTROY, for what is in hand or for all that follows; with a reason, that one stands for all."""
    chosen = msgspec.structs.replace(state, what=asked.name)
    if asked.argument:
        reason = asked.argument[:REMARK_CHARS_MAX]
        chosen = msgspec.structs.replace(chosen, reason=reason, always=state.hand.empty)
    if state.hand.empty:
        return Step(state=chosen, verdict=verdict("command", what=phrase(f"what_{asked.name}")))
    item = knows.item(state.hand.item)
    stop = _stop(chosen, subject_of(state.hand, item, knows), knows) if item is not None else None
    return Step(state=state, verdict=stop) if stop is not None else _next(chosen, knows)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, WriteOffState)
    more = f"{state.hand.item}  {state.hand.serial or state.hand.lot}"
    other = ("destroy",) if state.what == "scrap" else ("scrap",)
    if not state.hand.empty and not state.reason:
        return Prompt(name="reason", more=more, wants_text=True, keys=other)
    if not state.hand.empty:
        return Prompt(
            name="pin" if state.pin_of else "second_badge",
            more=more,
            wants_text=bool(state.pin_of),
            secret=bool(state.pin_of),
        )
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return need
    return Prompt(name="scrap" if state.what == "scrap" else "destroy", more=state.reason, keys=other)


WRITE_OFF = Workflow(
    name="write_off",
    state_type=WriteOffState,
    initial=WriteOffState,
    advance=guarding(_advance),
    prompt=_prompt,
)
