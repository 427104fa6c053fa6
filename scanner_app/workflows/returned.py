"""May this come back? Against who bought it, whether it is back already, and the warranty of its sale."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.lines import line_for
from scanner_app.workflows.look_up import warranty_until
from scanner_app.workflows.subject import Subject
from tracking import rules
from tracking.dates import parse_iso
from tracking.documents import Document, Line, Tally
from tracking.rules import Context
from tracking.units import UnitState
from tracking.verdicts import Verdict


class Warranty(NamedTuple):
    """What the sale says of the warranty; all empty where there is none."""

    sold_on: str = ""
    until: str = ""
    lapsed: bool = False


def warranty(unit: UnitState, knows: Knowledge) -> Warranty:
    """The warranty of a unit, as of today at the site. The last day is still inside."""
    until = warranty_until(unit, knows)
    last = parse_iso(until) if until else None
    if last is None:
        return Warranty(sold_on=unit.sold_on)
    return Warranty(unit.sold_on, until, knows.today > last)


class Returning(NamedTuple):
    """The answer to a return, and the line of the paper that it goes to."""

    answer: Verdict
    line: Line | None
    warranty: Warranty


def judged(subject: Subject, document: Document | None, knows: Knowledge) -> Returning:
    """The answer. Either way of a warranty the thing is taken; a stop is not."""
    unit = subject.unit
    tally = knows.tally(document.number) if document is not None else Tally()
    line = line_for(document, tally, unit.item, unit.serial, unit.lot) if document is not None else None
    told = warranty(unit, knows)
    stop = _stop(subject, document, line, tally, knows)
    if stop is not None:
        return Returning(stop, line, told)
    code = "on_hold" if unit.has("held") else "out_of_warranty" if told.lapsed else "returned"
    dates = {"until": told.until, "sold": told.sold_on}
    return Returning(subject.said(code, **dates), line, told)


def _stop(
    subject: Subject, document: Document | None, line: Line | None, tally: Tally, knows: Knowledge
) -> Verdict | None:
    # A quantity has no status: it may always come back.
    unit = subject.unit if subject.serial else msgspec.structs.replace(subject.unit, status="shipped")
    first = (
        rules.stopped_anywhere(unit)
        or rules.unless(rules.step_stop("returning", "OBSERVE", unit), knows.waived)
        or rules.unless(_back_on_it(unit, document), knows.waived)
        or rules.unless(_of_paper(subject, unit, document), knows.waived)
    )
    if first is not None:
        return first
    context = Context(
        item=subject.item,
        document=document,
        line=line,
        tally=tally,
        quantity=subject.quantity,
        policy=knows.policy,
        waived=knows.waived,
        today=knows.today,
    )
    judged = rules.may("returning", unit, context)
    return judged if judged.stops else None


def _back_on_it(unit: UnitState, document: Document | None) -> Verdict | None:
    """A unit that came back on this very paper and was sent to the bench counts on it once."""
    on_it = document is not None and unit.status == "in_service" and unit.document == document.number
    return rules.about("already_returned", unit) if on_it else None


def _of_paper(subject: Subject, unit: UnitState, document: Document | None) -> Verdict | None:
    """What the RMA has against it: another customer's unit, or one that it does not name."""
    if document is None:
        return None
    if document.party and unit.customer not in {"", document.party}:
        return rules.about("not_shipped_to_customer", unit, party=document.party)
    if subject.serial and _names_others(document, unit):
        return rules.about("not_on_document", unit, document=document.number)
    return None


def _names_others(document: Document, unit: UnitState) -> bool:
    lines = document.lines_of_item(unit.item)
    named = bool(lines) and all(line.serials for line in lines)
    return named and document.line_expecting(unit.item, unit.serial) is None
