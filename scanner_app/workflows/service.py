"""Service: a sold unit comes in for repair, parts are swapped, it goes out again; the sale is never undone."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, State, Step, Workflow
from scanner_app.workflows.guard import guarding
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.returned import warranty
from scanner_app.workflows.subject import Seen, Subject, SubjectState, prompt_of_parts, quantity_given, see
from tracking import dates, rules
from tracking.events import Event
from tracking.phrases import phrase
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

_COMES_IN = frozenset({"shipped", "returned", "in_service"})
"""Statuses of what is repaired; anything else that is scanned with a unit on the bench is a part for it."""


class ServiceState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """The unit on the bench, and the position that was emptied last."""

    bench_item: str = ""
    bench_serial: str = ""
    position: str = ""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, ServiceState)
    if isinstance(given, Asked):
        return _command(state, given, knows)
    return _seen(state, see(state.parts, given, None, knows), given.texts[0], knows)


def _seen(state: ServiceState, seen: Seen, text: str, knows: Knowledge) -> Step:
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.subject is not None:
        return _thing(held, seen.subject, knows)
    if seen.other is None:
        return Step(state=held, verdict=seen.answer or verdict("unknown_code", raw=text))
    if seen.other.kind == "location":
        located = msgspec.structs.replace(state, location=seen.other.value)
        return Step(state=located, verdict=verdict("location_selected", location=seen.other.value))
    return Step(state=state, verdict=wrong_kind(seen.other, text, phrase("need_unit")))


def _thing(state: ServiceState, subject: Subject, knows: Knowledge) -> Step:
    alarm = rules.stopped_anywhere(subject.unit)
    if alarm is not None:
        return Step(state=state, verdict=alarm)
    bench = _bench(state, knows)
    if bench is None or subject.unit.status in _COMES_IN:
        if bench is not None and (subject.item.item, subject.serial) == (bench.item, bench.serial):
            return _out(state, bench)
        return _in(state, subject, knows)
    if (subject.unit.installed_in_item, subject.unit.installed_in_serial) == (bench.item, bench.serial):
        return _part_out(state, subject, bench)
    return _part_in(state, subject, bench, knows)


def _bench(state: ServiceState, knows: Knowledge) -> UnitState | None:
    return knows.unit(state.bench_item, state.bench_serial) if state.bench_serial else None


def _in(state: ServiceState, subject: Subject, knows: Knowledge) -> Step:
    """For repair. The warranty counts from the sale, which stands."""
    unit = subject.unit
    if not subject.serial:
        return Step(
            state=state,
            verdict=subject.said("wrong_kind", kind=phrase("kind_quantity"), need=phrase("need_the_unit")),
        )
    stop = rules.step_stop("repairing", "ADD", unit)
    if stop is not None:
        return Step(state=state, verdict=stop)
    on_bench = msgspec.structs.replace(
        state, bench_item=unit.item, bench_serial=unit.serial, position="", parts=NO_PARTS
    )
    told = warranty(unit, knows)
    if unit.status == "in_service":
        code = "on_hold" if unit.has("held") else "product_selected"
        return Step(state=on_bench, verdict=rules.about(code, unit, until=told.until))
    code = "in_service"
    if told.until:
        code = "out_of_warranty" if told.lapsed else "in_warranty"
    if unit.has("held"):
        code = "on_hold"
    answer = rules.about(code, unit, until=told.until, sold=told.sold_on)
    event = subject.event(
        "repairing",
        "ADD",
        location=state.location,
        party=unit.customer,
        sold_on=told.sold_on,
        until=told.until,
        code=code,
    )
    return Step(state=on_bench, verdict=answer, events=(event,))


def _out(state: ServiceState, bench: UnitState, remark: str = "") -> Step:
    event = Event(
        step="repairing",
        action="DELETE",
        item=bench.item,
        serial=bench.serial,
        lot=bench.lot,
        party=bench.customer,
        reason=remark,
        code="repaired",
    )
    told = rules.about("repaired", bench, reason=remark)
    return Step(state=ServiceState(location=state.location), verdict=told, events=(event,))


def _part_out(state: ServiceState, part: Subject, bench: UnitState) -> Step:
    """The swap keeps the genealogy: which part was in, from when to when, and at which position."""
    event = part.event(
        "removing",
        "DELETE",
        parent_item=bench.item,
        parent_serial=bench.serial,
        position=part.unit.position,
        location=state.location,
        code="removed",
    )
    emptied = msgspec.structs.replace(state, position=part.unit.position)
    return Step(state=emptied, verdict=_in_parent("removed", part, bench), events=(event,))


def _part_in(state: ServiceState, part: Subject, bench: UnitState, knows: Knowledge) -> Step:
    if part.unit.has("held"):
        return Step(state=state, verdict=rules.about("held", part.unit))
    stop = rules.step_stop("installing", "ADD", part.unit) if part.serial else None
    old = rules.about("expired", part.unit) if dates.expired(part.unit.expiry, knows.today) else None
    stop = rules.unless(stop, knows.waived) or rules.unless(old, knows.waived)
    if stop is not None:
        return Step(state=state, verdict=stop)
    event = part.event(
        "installing",
        "ADD",
        parent_item=bench.item,
        parent_serial=bench.serial,
        position=state.position,
        revision=part.unit.revision or part.item.revision,
        code="installed",
    )
    filled = msgspec.structs.replace(state, position="")
    return Step(state=filled, verdict=_in_parent("installed", part, bench), events=(event,))


def _in_parent(code: str, part: Subject, bench: UnitState) -> Verdict:
    return part.said(code, parent=f"{bench.item} {bench.serial}")


def _command(state: ServiceState, asked: Asked, knows: Knowledge) -> Step:
    bench = _bench(state, knows)
    match asked.name:
        case "quantity":
            return _seen(
                state, quantity_given(state.parts, asked.argument, None, knows), asked.argument, knows
            )
        case "location" if knows.location(asked.argument) is not None:
            located = msgspec.structs.replace(state, location=asked.argument)
            return Step(state=located, verdict=verdict("location_selected", location=asked.argument))
        case "done" | "confirm" | "pass" if bench is not None and state.parts.empty:
            return _out(state, bench, asked.argument)
        case "back":
            said = verdict("command", what=phrase("what_back"))
            if not state.parts.empty:
                return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)
            if bench is not None:
                return Step(state=ServiceState(location=state.location), verdict=said)
            return Step(state=state, verdict=said, leave=True)
        case _:
            return Step(state=state, quiet=True)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, ServiceState)
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return need
    if not state.bench_serial:
        return Prompt(name="repair_in")
    return Prompt(name="repair", more=f"{state.bench_item}  {state.bench_serial}", keys=("done",))


SERVICE = Workflow(
    name="service",
    state_type=ServiceState,
    initial=ServiceState,
    advance=guarding(_advance),
    prompt=_prompt,
)
