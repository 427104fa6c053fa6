"""Receiving and shipping by carton or pallet: every unit in it is judged, and all of them count or none does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Knowledge, Step
from scanner_app.workflows.gathering import need_of
from scanner_app.workflows.held_together import whole_of
from scanner_app.workflows.order_judging import question, settled_event
from scanner_app.workflows.order_state import OrderState, Task, completion, without_parts
from scanner_app.workflows.parts import Parts
from tracking import rules
from tracking.documents import Document, Tally, complete
from tracking.events import Event
from tracking.phrases import phrase
from tracking.rules import Context
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

CONTENTS_MAX = 5000
"""Units and lots in one container that are judged at one scan; more are scanned one by one."""


class _Judged(NamedTuple):
    """One of the things in a container, and what may be done with it."""

    answer: Verdict
    unit: UnitState
    context: Context
    parts: Parts


def by_container(
    task: Task, state: OrderState, code: str, document: Document | None, knows: Knowledge
) -> Step:
    """A container at the label prompt of an order. A fault names its unit; then nothing of the container counts."""
    goods = list(_goods(task, code, document, knows)) if document is not None else []
    if document is None or not goods or len(goods) > CONTENTS_MAX:
        said = verdict(
            "wrong_kind", raw=code, kind=phrase("kind_container"), need=phrase("need_serial_or_item")
        )
        # One of the codes of a carton that is scanned code by code: what was read of its label stays.
        return Step(state=state, verdict=said)
    state = without_parts(state)
    tally = knows.tally(document.number)
    judged: list[_Judged] = []
    for parts in goods:
        one = _judge(task, parts, document, tally, knows)
        if one.answer.stops:
            shown = {"serial": parts.serial or parts.lot or str(parts.quantity), "item": parts.item}
            said = msgspec.structs.replace(
                one.answer, fields={**one.answer.fields, **shown, "container": code}
            )
            return Step(state=state, verdict=said)
        judged.append(one)
        if one.context.line is not None:
            counted = one.unit.status == "picked" and task.going_out and bool(parts.serial)
            tally = tally.plus(one.context.line.line, 0 if counted else one.context.quantity)
    return _together(task, state, code, document, judged, tally, knows)


def _goods(task: Task, code: str, document: Document | None, knows: Knowledge) -> Iterator[Parts]:
    """What is in it: going out by what was packed, coming in by what the supplier announced and is not here yet."""
    if task.going_out:
        whole = whole_of(code, knows)
        for unit in whole.units:
            yield Parts(item=unit.item, serial=unit.serial, container=unit.container)
        for one in whole.quantities:
            yield Parts(item=one.item, lot=one.lot, quantity=one.quantity, container=code)
        return
    for line in document.lines if document is not None else ():
        if line.container != code:
            continue
        tally = knows.tally(document.number) if document is not None else Tally()
        absent = [serial for serial in line.serials if not _here(line.item, serial, document, knows)]
        for serial in absent or line.serials[:1]:
            yield Parts(item=line.item, serial=serial, lot=line.lot, container=code)
        missing = line.quantity - tally.of(line.line)
        if not line.serials:
            yield Parts(item=line.item, lot=line.lot, quantity=max(missing, 1), container=code)


def _here(item: str, serial: str, document: Document | None, knows: Knowledge) -> bool:
    unit = knows.unit(item, serial)
    return document is not None and unit.document == document.number and unit.status == "received"


def _judge(task: Task, parts: Parts, document: Document, tally: Tally, knows: Knowledge) -> _Judged:
    item = knows.item(parts.item) or Item(item=parts.item)
    unit, context = question(task, parts, item, document, knows, tally)
    answer = rules.may(task.intent(knows), unit, context)
    lacks = need_of(parts, item, going_out=task.going_out) if not answer.stops else ""
    if lacks == "serial":
        answer = verdict(
            "wrong_kind", raw=parts.container, item=item.item, need=phrase("need_serial"), kind=""
        )
    elif lacks in {"lot", "expiry"}:
        answer = verdict(f"missing_{lacks}", item=item.item, serial=parts.serial)
    return _Judged(answer, unit, context, parts)


def _together(
    task: Task,
    state: OrderState,
    code: str,
    document: Document,
    judged: list[_Judged],
    tally: Tally,
    knows: Knowledge,
) -> Step:
    """All of it may: its events, the containers' own in front, and the completion where this was the last."""
    intent = task.intent(knows)
    codes = whole_of(code, knows).containers if task.going_out else (code,)
    events = [
        Event(
            step=intent,
            container=one_of_them,
            document=document.number,
            party=document.party,
            location=state.location,
            code=rules.SUCCESS[intent],
        )
        for one_of_them in codes
    ]
    for one in judged:
        event = settled_event(intent, state, one.parts, one.unit, one.context, one.answer)
        events.append(msgspec.structs.replace(event, container=one.parts.container, evidence="ranged"))
    noted = next((one.answer for one in judged if one.answer.level == "note"), None)
    party = knows.party(document.party)
    told = {
        "container": code,
        "count": str(sum(one.context.quantity for one in judged)),
        "document": document.number,
        "party": (party.name or party.party) if party is not None else document.party,
    }
    said = verdict(rules.SUCCESS[intent], **told)
    if noted is not None:
        said = msgspec.structs.replace(noted, fields={**noted.fields, **told})
    if knows.policy.complete_on_last_scan and complete(document, tally):
        events.append(completion(document, ""))
        state = OrderState(location=state.location, finished=document.number)
    return Step(state=state, verdict=said, events=tuple(events))
