"""Exceptions in words: two facts that cannot both be right, for the people whose scans they are."""

from __future__ import annotations

from datetime import tzinfo

from scanner_app.clockwork import spoken
from scanner_app.workflows.flow import Knowledge
from tracking.exceptions import ExceptionRecord, Witness

SHOWN_MAX = 20
"""So many are told to a screen, newest first; all of them are on the server's page."""


def sentence(record: ExceptionRecord, knows: Knowledge, where: tzinfo) -> str:
    """``SN-1 received twice: Ida HAM 09:14, Bo MEM 09:20``: serial number, people, places and times."""
    if not record.serial:
        return f"the server could not read event {record.second.ref} of this handheld: tell the office"
    sides = ", ".join(
        side for side in (_side(one, knows, where) for one in (record.first, record.second)) if side
    )
    return f"{record.serial} {record.kind.replace('_', ' ')}: {sides}"


def _side(one: Witness, knows: Knowledge, where: tzinfo) -> str:
    person = knows.operator(one.operator)
    name = person.name if person is not None and person.name else one.operator or one.device
    when = spoken(one.at, knows.today, where).removeprefix("today ") if one.at else ""
    return " ".join(filter(None, (name, one.location or one.site, when)))
