"""The PIN of the second person, which a task asks for: it is written nowhere, and guessing it is slowed down.

The tasks know no clock and write what was scanned; so both is seen to here, as it is for one's own PIN in ``sign_in``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app import pin_tries
from scanner_app.session_state import workflow_state
from scanner_app.workflows.flow import Asked, Scanned, Step
from scanner_app.workflows.registry import WORKFLOWS
from tracking.phrases import UNSAID, phrase
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from scanner_app.session_state import SessionState

_WRONG = phrase("wrong_pin")


def is_pin(session: Session, given: Scanned | Asked) -> bool:
    """True for a line that was typed where the task asks for a PIN."""
    if not (isinstance(given, Scanned) and given.typed):
        return False
    name = session.state.workflow
    return WORKFLOWS[name].prompt(workflow_state(session.state, name), session.knows).secret


def tried(session: Session, given: Scanned) -> Answer:
    """What the task makes of the PIN. Neither an event nor the stop that waits keeps what was typed."""
    badge = _whose(session)
    waiting = pin_tries.why_to_wait(session, badge)
    if waiting is not UNSAID:
        return session.refuse(verdict("role_required", what=waiting))
    step = session.foreseen(given)
    session.state = _counted(session, badge, step)
    return session.apply(step, (), ("",))


def _whose(session: Session) -> str:
    """The badge whose PIN the task asks for: the tasks that ask for one remember it by this name."""
    name = session.state.workflow
    return str(getattr(workflow_state(session.state, name), "pin_of", ""))


def _counted(session: Session, badge: str, step: Step) -> SessionState:
    """The session with one wrong PIN more; a right one ends the row."""
    if step.verdict.code == "role_required" and step.verdict.words.get("what") == _WRONG:
        return pin_tries.one_more_wrong(session, badge)
    return pin_tries.without(session.state, badge)
