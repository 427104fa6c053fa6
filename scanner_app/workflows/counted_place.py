"""What a count says of one thing: where it belongs by the books, and never how many there should be."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.subject import Subject
from tracking import rules
from tracking.documents import Document
from tracking.lifecycle import IN_STOCK
from tracking.phrases import phrase
from tracking.verdicts import Verdict

PLACES_DEEP_MAX = 16
"""Levels of places within places that are looked at."""


def judged(subject: Subject, place: str, document: Document, knows: Knowledge, *, already: bool) -> Verdict:
    """The answer to one count. A stolen or recalled unit stops, though it is counted; all else is a note at most."""
    said = _judged(subject, place, document, knows, already=already)
    return (
        msgspec.structs.replace(said, fields={**said.fields, "told": "yes"})
        if said.code == "unexpected"
        else said
    )


def _judged(subject: Subject, place: str, document: Document, knows: Knowledge, *, already: bool) -> Verdict:
    unit = subject.unit
    alarm = rules.stopped_anywhere(unit)
    if alarm is not None:
        return msgspec.structs.replace(alarm, fields={**alarm.fields, "counted": "yes"})
    if already:
        return rules.about("already_counted", unit)
    if unit.status == "unknown" and subject.serial and not document.line_expecting(unit.item, unit.serial):
        misshapen = rules.shape_stop(unit, subject.item)
        if misshapen is not None:
            return misshapen
    if unit.has("held"):
        return rules.about("on_hold", unit)
    if not subject.serial:
        if not _asked_for(subject, document):
            return subject.said("unexpected")
        return subject.said("quantity_recorded")
    code = _of_unit(subject, place, document, knows)
    return rules.about(code, unit, status="" if code == "counted" else phrase(f"status_{unit.status}"))


def _of_unit(subject: Subject, place: str, document: Document, knows: Knowledge) -> str:
    unit = subject.unit
    named = document.line_expecting(unit.item, unit.serial) is not None
    if unit.status not in IN_STOCK:
        return "counted" if named and unit.status in {"unknown", "planned"} else "unexpected"
    if named or not place:
        return "counted" if named or _asked_for(subject, document) else "unexpected"
    if unit.location and not (within(unit.location, place, knows) or within(place, unit.location, knows)):
        return "misplaced"
    if not _asked_for(subject, document):
        return "unexpected"
    return "counted" if unit.location or not document.names_serials else "unexpected"


def _asked_for(subject: Subject, document: Document) -> bool:
    """A sheet without lines asks for whatever is there."""
    return not document.lines or bool(document.lines_of_item(subject.item.item))


def within(place: str, area: str, knows: Knowledge) -> bool:
    """True when a place is an area or lies in it."""
    for _ in range(PLACES_DEEP_MAX):
        if place == area:
            return True
        known = knows.location(place)
        if known is None or not known.parent:
            return False
        place = known.parent
    return False
