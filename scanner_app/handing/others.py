"""What others of the site are at work on: told when the same is opened here, and to be taken over from a list.

It stands on what the server last told. Nothing is ever blocked by it: whoever has the goods in the hand goes on.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec

from scanner_app.handing.tasks import begun, subject_of
from scanner_app.workflows.flow import State, Step
from scanner_app.workflows.registry import WORKFLOWS
from sync.work_wire import TaskRow, task_id
from tracking.phrases import Said, phrase, task_named
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.session import Session

_OPENED = frozenset({"document_opened", "container_selected", "product_selected"})
"""Answers that begin a task. Choosing a part number within one is told too, where another is at the same line."""


def at_work(session: Session) -> list[TaskRow]:
    """Tasks of others that are not finished, taken over or long untouched; the newest first."""
    now_ms = session.stamper.server_ms()
    oldest_ms = now_ms - session.knows.policy.claim_minutes * 60_000
    found = [
        row for row in session.knows.tasks_elsewhere() if row.heard_ms > oldest_ms and _stands(session, row)
    ]
    return sorted(found, key=lambda row: row.heard_ms, reverse=True)


def _stands(session: Session, row: TaskRow) -> bool:
    if row.document and session.knows.tally(row.document).closed:
        return False
    taken = session.knows.hand_over(task_id(row.device, row)).to
    return taken in {"", row.device}


def named(session: Session, name: str) -> TaskRow | None:
    """The task of this name, where it still stands."""
    return next((row for row in at_work(session) if task_id(row.device, row) == name), None)


def who(session: Session, row: TaskRow) -> str:
    """The person on a task, by name; empty where nobody signs in."""
    person = session.knows.operator(row.operator)
    return (person.name or person.badge) if person is not None else row.operator


def told(session: Session, step: Step, before: State) -> Step:
    """The step, with a note in place of its answer where somebody else is at work on what it opened or chose."""
    if step.verdict.code in _OPENED and subject_of(step.state) != subject_of(before):
        if _is_shared(session, step.state.document):
            return step
        rows = [row for row in at_work(session) if row.subject == subject_of(step.state)]
    elif step.verdict.code == "location_selected" and _is_shared(session, step.state.document):
        place = str(getattr(step.state, "location", ""))
        rows = [row for row in at_work(session) if (row.document, row.place) == (step.state.document, place)]
    elif step.verdict.code == "item_selected" and step.state.document:
        rows = [
            row
            for row in at_work(session)
            if (row.document, row.item) == (step.state.document, step.verdict.item)
        ]
    else:
        return step
    if not rows:
        return step
    row = rows[0]
    done, total = _progress(session, row.document)
    note = verdict(
        "being_done",
        document=row.subject,
        item=step.verdict.item if step.verdict.code == "item_selected" else "",
        place=row.place if step.verdict.code == "location_selected" else "",
        who=who(session, row),
        device=row.name or row.device,
        when=row.since,
        done=done,
        total=total,
        others=str(len(rows) - 1) if len(rows) > 1 else "",
    )
    # The answer's own unit stays out: nobody has it in the hand yet.
    return msgspec.structs.replace(step, verdict=note)


def _is_shared(session: Session, number: str) -> bool:
    """True for a paper that many work on by its nature; there it is the shelf that two should not do."""
    document = session.knows.document(number) if number else None
    return document is not None and document.type in {"count_sheet", "recall"}


def _progress(session: Session, number: str) -> tuple[str, str]:
    """Done and total; nothing of a blind document."""
    document = session.knows.document(number) if number else None
    if document is None or document.blind:
        return "", ""
    return str(session.knows.tally(number).total), str(document.total)


def state_of(row: TaskRow) -> State | None:
    """The state at its prompt; None where this version cannot go on with it."""
    flow = WORKFLOWS.get(row.task)
    if flow is None or not row.state:
        return None
    try:
        state: State = msgspec.msgpack.decode(base64.b64decode(row.state), type=flow.state_type)
    except (msgspec.MsgspecError, binascii.Error, RecursionError):
        return None
    return state if begun(row.task, state) and state.document == row.document else None


def question(session: Session, row: TaskRow) -> Said:
    """Whether it is to be gone on with here."""
    person = who(session, row)
    return phrase(
        "ask_take_by" if person else "ask_take",
        task=task_named(row.task),
        subject=row.subject,
        who=person,
        device=row.name or row.device,
    )
