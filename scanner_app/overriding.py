"""A supervisor takes a stop upon himself: badge, PIN, reason, and the scan is judged again without that one objection.

Which stops may be taken so stands in :mod:`tracking.waivers`; which of them are, and by whom, is the site's policy.
The operator stays signed in; the event names both, the stop that was waived, and the reason. It holds for the one thing
that was stopped: for a lot until its number and quantity are given too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from scanner_app import pin_tries, stops
from scanner_app.session_state import Override, SessionState, Stopped, TakenOver
from scanner_app.workflows.flow import Asked
from tracking.events import Event
from tracking.phrases import UNSAID, phrase
from tracking.verdicts import NOTHING, verdict
from tracking.waivers import may_be_waived

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from scanner_app.workflows.flow import Scanned, Step

REASONS: Final = {"1": "checked", "2": "office", "3": "urgent", "4": "label"}
"""Digit -> the reason that is written; any other text is a reason of its own."""
REASON_CHARS_MAX = 200
ENDING: Final = frozenset({"back", "done", "undo", "remove", "workflow", "look_up", "lock"})
"""Commands after which what was taken over is not meant any more."""


def possible(session: Session) -> bool:
    """True where the stop that waits is one that the site lets a supervisor override in this task."""
    stopped, state = session.state.stopped, session.state
    return (
        stopped is not None
        and (stopped.scan is not None or stopped.asked is not None)
        and stopped.verdict.code in session.knows.policy.overridable
        and may_be_waived(stopped.verdict.code, state.workflow)
    )


def begin(session: Session) -> Answer:
    """``override``: asks for the supervisor's badge, where there is something to override."""
    if not possible(session):
        name = "nothing_to_override" if session.state.stopped is None else "not_overridable"
        return session.answer(NOTHING, text=phrase(name))
    return _ask(session, Override())


def cancel(session: Session) -> Answer:
    """Back from it: the stop waits as it did."""
    session.write(msgspec.structs.replace(session.state, override=None), ())
    return session.answer(NOTHING, text=phrase("override_left"))


def prompt_name(state: SessionState) -> str:
    """What is asked for now."""
    asked = state.override
    if asked is None or not asked.badge:
        return "override_badge"
    return "override_reason" if asked.proven else "pin"


def asks_for_text(state: SessionState) -> bool:
    """True where the supervisor types: the PIN, or why."""
    return state.override is not None and bool(state.override.badge)


def given(session: Session, scanned: Scanned) -> Answer:
    """A scan or a typed line while a supervisor is asked for."""
    asked, text = session.state.override, scanned.texts[0].strip()
    assert asked is not None
    if asked.proven:
        return _judged(session, asked.badge, REASONS.get(text, text[:REASON_CHARS_MAX]))
    if asked.badge and scanned.typed:
        return _pin(session, asked.badge, text)
    person = session.knows.operator(text)
    if person is None or session.knows.policy.override_role not in person.roles:
        session.write(msgspec.structs.replace(session.state, override=None), ())
        return session.answer(verdict("role_required", what=phrase("override_role")))
    return _ask(session, Override(badge=person.badge, proven=not person.pin_hash))


def _ask(session: Session, asked: Override) -> Answer:
    session.write(msgspec.structs.replace(session.state, override=asked), ())
    return session.answer(NOTHING, text=session.prompt_text())


def _pin(session: Session, badge: str, pin: str) -> Answer:
    person = session.knows.operator(badge)
    why, after = pin_tries.tried(session, badge, pin, person.pin_hash if person is not None else "")
    if why is not UNSAID:
        session.write(after, ())
        return session.answer(verdict("role_required", what=why))
    session.state = after
    return _ask(session, Override(badge=badge, proven=True))


def _judged(session: Session, badge: str, reason: str) -> Answer:
    """What was stopped once more, from where the task stood before it. What else is against it stops it again."""
    start, stopped = session.state, session.state.stopped
    assert stopped is not None
    code, item = stopped.verdict.code or "", stopped.verdict.item
    taken = TakenOver(code=code, badge=badge, reason=reason, item=item)
    before = _as_before(start, stopped)
    session.state = msgspec.structs.replace(before, stopped=None, override=None, taken_over=taken)
    try:
        answer = _again(session, stopped)
    except Exception:
        session.state = start
        raise
    if answer.verdict.stops:
        session.state = msgspec.structs.replace(session.state, taken_over=None)
    session.write(session.state, ())
    return stops.joined([answer, *stops.release(session)])


def _as_before(state: SessionState, stopped: Stopped) -> SessionState:
    """The task as it was before the scan: a stop may have thrown half a label away."""
    if stopped.workflow != state.workflow:
        return state
    states = {name: data for name, data in state.states.items() if name != stopped.workflow}
    if stopped.before:
        states = {stopped.workflow: stopped.before, **states}
    return msgspec.structs.replace(state, states=states)


def _again(session: Session, stopped: Stopped) -> Answer:
    if stopped.scan is None:
        assert stopped.asked is not None
        return session.advance((), Asked(*stopped.asked))
    scans = stops.scans_of(session, stopped.scan)
    return session.judge(scans, session.read_scans(scans))


# -- while it holds ---------------------------------------------------------------------------------------------------


def judged_under(session: Session, advance: Callable[[], Step]) -> Step:
    """A step of the task, without the stop that is taken over. It never lets another thing through."""
    taken = session.state.taken_over
    if taken is None:
        return advance()
    session.knows.waived = frozenset({taken.code})
    try:
        step = advance()
    finally:
        session.knows.waived = frozenset()
    things = [event for event in step.events if event.item]
    return step if not things or any(_meant(event, taken) for event in things) else advance()


def _meant(event: Event, taken: TakenOver) -> bool:
    return taken.item in {"", event.item}


def signed(events: Sequence[Event], taken: TakenOver | None) -> tuple[Event, ...]:
    """The events with the stop that was waived, by whom, and why."""
    return tuple(events) if taken is None else tuple(_signed(event, taken) for event in events)


def _signed(event: Event, taken: TakenOver) -> Event:
    if event.step in {"sighting", "completing"} or not _meant(event, taken):
        return event
    reason = "; ".join(filter(None, (event.reason, taken.reason)))
    return msgspec.structs.replace(event, supervisor=taken.badge, waived=taken.code, reason=reason)


def after_events(state: SessionState, events: Sequence[Event]) -> SessionState:
    """It was for one thing: once that is written, it is over."""
    over = state.taken_over is not None and any(event.step != "sighting" for event in events)
    return msgspec.structs.replace(state, taken_over=None) if over else state


def ended_by(state: SessionState, command: str) -> SessionState:
    """The session after a command that turns to something else."""
    over = state.taken_over is not None and command in ENDING
    return msgspec.structs.replace(state, taken_over=None) if over else state
