"""The tasks in progress on this handheld: since when, whose, and as the server is told of them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from scanner_app.clockwork import local_iso
from scanner_app.handing import counters
from scanner_app.handing.state import Mine
from scanner_app.handing.tasks import in_progress, standing
from scanner_app.session_state import SessionState, encode
from sync.work_wire import TASK_STATE_CHARS_MAX, TASKS_MAX, OpenTask, OpenTasks

if TYPE_CHECKING:
    from scanner_app.session import Session

ACTIVE_MS = 600_000
"""Steps of the time of the last scan: it is told to the whole site, so it must not change with every scan."""


def kept(session: Session, after: SessionState) -> SessionState:
    """The session that is about to be written, with its tasks in progress noted. Only the one at hand can change."""
    name, handing = after.workflow, after.handing
    mine = {task: one for task, one in handing.mine.items() if task in after.states}
    data = after.states.get(name)
    is_begun, subject = standing(name, data) if data is not None else (False, "")
    if is_begun:
        mine[name] = _noted(session, mine.get(name), after.operator, subject)
    else:
        mine.pop(name, None)
    if mine == handing.mine:
        return after
    return msgspec.structs.replace(after, handing=msgspec.structs.replace(handing, mine=mine))


def _noted(session: Session, known: Mine | None, operator: str, subject: str) -> Mine:
    now_ms = session.stamper.now_ms()
    active_ms = now_ms // ACTIVE_MS * ACTIVE_MS
    if known is None or (known.subject and known.subject != subject):
        return Mine(subject=subject, since_ms=now_ms, operator=operator, active_ms=active_ms)
    return msgspec.structs.replace(
        known, subject=subject, operator=operator or known.operator, active_ms=active_ms
    )


def taken_by(session: Session, workflow: str) -> str:
    """The name under which somebody else took this task over since it is here; empty where nobody did."""
    mine = session.state.handing.mine.get(workflow)
    if mine is None:
        return ""
    own = session.journal.device
    for name, heard in ((f"{own}/{workflow}/{mine.since_ms}", ""), (mine.came, mine.heard)):
        row = session.knows.hand_over(name) if name else None
        if row is not None and row.to not in {"", own} and row.at != heard:
            return name
    return ""


def reported(session: Session) -> OpenTasks:
    """All of them, for the server."""
    tasks: list[OpenTask] = []
    for name, state in in_progress(session.state).items():
        mine = session.state.handing.mine.get(name)
        text = base64.b64encode(encode(state)).decode()
        if mine is None or len(tasks) >= TASKS_MAX:
            continue
        tasks.append(
            OpenTask(
                task=name,
                subject=mine.subject,
                document=state.document,
                since_ms=max(0, mine.since_ms),
                since=local_iso(mine.since_ms, session.zone),
                operator=mine.operator,
                item=str(getattr(getattr(state, "parts", None), "item", "")),
                place=str(getattr(state, "location", "")),
                active_ms=max(0, mine.active_ms),
                # A state beyond measure cannot be gone on with elsewhere; that it is being done is told.
                state=text if len(text) <= TASK_STATE_CHARS_MAX else "",
                people=counters.reported(session, name, state),
            )
        )
    return OpenTasks(tasks=tuple(sorted(tasks, key=lambda task: task.task)))
