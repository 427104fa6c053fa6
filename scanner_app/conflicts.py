"""Exceptions in words: two facts that cannot both be right, for the people whose scans they are."""

from __future__ import annotations

from datetime import tzinfo

from scanner_app.clockwork import spoken
from scanner_app.workflows.flow import Knowledge
from tracking.catalogue import word
from tracking.exceptions import CLOCK_AHEAD, LOST_RANGE, ExceptionRecord, Witness
from tracking.phrases import Said, phrase

SHOWN_MAX = 20
"""So many are told to a screen, newest first; all of them are on the server's page."""


def sentence(
    record: ExceptionRecord, knows: Knowledge, where: tzinfo, language: str, *, with_serial: bool = True
) -> str:
    """``SN-1 received twice: Ida HAM 09:14, Bo MEM 09:20``: serial number, people, places and times."""
    if record.kind == LOST_RANGE:
        first, last = (one.ref.rpartition("/")[2] for one in (record.first, record.second))
        return word("conflict_lost", language, first=first, last=last)
    if record.kind == CLOCK_AHEAD:
        since = spoken(record.second.at, knows.today, where, language, today_is_said=False)
        return word("conflict_clock", language, since=since)
    name_of = record.serial or record.container
    if not name_of:
        return word("conflict_unread", language, event=record.second.ref)
    witnesses = (_side(one, knows, where, language) for one in (record.first, record.second))
    sides = ", ".join(side for side in witnesses if side)
    name = "conflict" if with_serial else "conflict_kind"
    return word(name, language, serial=name_of, kind=_kind(record.kind), sides=sides)


def _kind(kind: str) -> Said:
    """What contradicts: ``shipping while consumed`` is a step and a status, the others have words of their own."""
    step, parted, status = kind.partition("_while_")
    if parted:
        return phrase("conflict_while", step=phrase(f"step_{step}"), status=phrase(f"status_{status}"))
    return phrase(f"conflict_{kind}")


def _side(one: Witness, knows: Knowledge, where: tzinfo, language: str) -> str:
    person = knows.operator(one.operator)
    name = person.name if person is not None and person.name else one.operator or one.device
    when = spoken(one.at, knows.today, where, language, today_is_said=False) if one.at else ""
    return " ".join(filter(None, (name, one.location or one.site, when)))
