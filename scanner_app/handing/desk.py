"""The session's door to hand-overs: commands that are about one, and steps that a hand-over forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.handing import giving, taking
from scanner_app.handing.giving import with_handing
from scanner_app.handing.tasks import subject_of
from scanner_app.session_state import decode_gesture, workflow_state
from scanner_app.workflows.registry import WORKFLOWS

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from scanner_app.workflows.flow import Step

_TURNING = frozenset({"more", "list"})
_LEAVING = frozenset({"done", "confirm", "back"})
_PASSING = frozenset({"key", "theme", "help"})
"""What the screens answer themselves: the symbols stay."""


def command(session: Session, name: str, argument: str) -> Answer | None:
    """The answer to a command that a hand-over takes; None where it is none of its business."""
    handing = session.state.handing
    if name == "confirm" and handing.asked:
        return _confirmed(session, handing.asked)
    if handing.asked:
        session.state = with_handing(session.state, asked="")
    match name:
        case "task":
            return taking.scanned(session, argument)
        case "hand_over":
            return giving.give(session)
        case "take_back":
            return giving.ask_back(session, argument)
        case "undo":
            return _undo(session, argument)
    showing = handing.showing
    if showing is None or name in _PASSING:
        return None
    if name in _TURNING:
        return giving.turn(session)
    if name in _LEAVING:
        return giving.put_away(session)
    session.state = with_handing(session.state, showing=None)
    return None


def _confirmed(session: Session, asked: str) -> Answer:
    if asked == "take":
        return taking.take(session)
    return giving.take_back(session, asked.partition(" ")[2])


def _undo(session: Session, argument: str) -> Answer | None:
    """What was done in a task that is away is taken back where the task is."""
    given = session.state.handing.given
    numbers = session.journal.gestures(1)
    number = int(argument) if argument.isascii() and argument.isdecimal() else numbers[0][0] if numbers else 0
    gesture = decode_gesture(session.journal.gesture(number)) if given and number else None
    if gesture is None or gesture.workflow not in WORKFLOWS:
        return None
    at = msgspec.structs.replace(session.state, states={gesture.workflow: gesture.state})
    subject = subject_of(workflow_state(at, gesture.workflow))
    task = giving.of_subject(session.state.handing, gesture.workflow, subject)
    return giving.ask_back(session, task.id) if task is not None else None


def forget(session: Session) -> None:
    """The question was acknowledged and not confirmed."""
    if session.state.handing.asked:
        session.state = with_handing(session.state, asked="", coming=None)


def away(session: Session) -> None:
    """Something else is scanned: the symbols leave the screen, the task stays given away."""
    if session.state.handing.showing is not None:
        session.state = with_handing(session.state, showing=None)


def watched(session: Session, step: Step) -> Step:
    """The step, or a question in its place where it would go on with a task that was given away."""
    name = session.state.workflow
    before = workflow_state(session.state, name)
    subject = subject_of(step.state)
    if not session.state.handing.given or subject == subject_of(before) or step.verdict.stops:
        return step
    given = giving.of_subject(session.state.handing, name, subject)
    if given is None:
        return step
    session.state = with_handing(session.state, asked=f"back {given.id}")
    return msgspec.structs.replace(
        step, state=before, verdict=giving.question(session, given), events=(), afresh=False, leave=False
    )
