"""A supervisor takes a stop upon himself: badge, PIN, reason, and the scan is judged again without that one objection.

What may be taken so is the site's policy. The operator stays signed in; the events name both, and the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from scanner_app import sign_in, stops
from scanner_app.session_state import Override, SessionState
from tracking.phrases import UNSAID, phrase
from tracking.verdicts import NOTHING, verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from scanner_app.workflows.flow import Scanned
    from tracking.events import Event

REASONS: Final = {"1": "checked", "2": "office", "3": "urgent", "4": "label"}
"""Digit -> the reason that is written; any other text is a reason of its own."""
REASON_CHARS_MAX = 200


def possible(session: Session) -> bool:
    """True where the stop that waits is one that the site lets a supervisor override."""
    stopped = session.state.stopped
    return (
        stopped is not None
        and stopped.scan is not None
        and stopped.verdict.code in session.knows.policy.overridable
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
    why, after = sign_in.tried(session, pin, person.pin_hash if person is not None else "")
    if why is not UNSAID:
        session.write(after, ())
        return session.answer(verdict("role_required", what=why))
    session.state = after
    return _ask(session, Override(badge=badge, proven=True))


def _judged(session: Session, badge: str, reason: str) -> Answer:
    """The stopped scan once more. What else is against it stops it again."""
    start, stopped = session.state, session.state.stopped
    assert stopped is not None
    assert stopped.scan is not None
    scans = stops.scans_of(session, stopped.scan)
    session.state = msgspec.structs.replace(start, stopped=None, override=None)
    session.knows.waived = frozenset({stopped.verdict.code or ""})
    session.taken_by = (badge, reason)
    try:
        answer = session.judge(scans, session.read_scans(scans))
    except Exception:
        session.state = start
        raise
    finally:
        session.knows.waived = frozenset()
        session.taken_by = ("", "")
    session.write(session.state, ())
    return stops.joined([answer, *stops.release(session)])


def signed(event: Event, taken_by: tuple[str, str]) -> Event:
    """The event with the supervisor who took the stop upon himself, and why."""
    badge, reason = taken_by
    if not badge or event.step == "sighting":
        return event
    return msgspec.structs.replace(event, supervisor=badge, reason=event.reason or reason)
