"""The session's door to hand-overs: commands that are about one, and steps that a hand-over forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.handing import mine, others
from scanner_app.handing.tasks import subject_of, with_handing
from scanner_app.session_state import decode_gesture, with_workflow_state, workflow_state
from scanner_app.workflows import home
from scanner_app.workflows.flow import State, Step
from scanner_app.workflows.registry import WORKFLOWS
from tracking.later import Later
from tracking.phrases import phrase
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.handing import giving, taking
    from scanner_app.session import Session
else:
    giving, taking = Later("scanner_app.handing.giving"), Later("scanner_app.handing.taking")

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
        session.write(with_handing(session.state, asked=""), ())
    match name:
        case "task":
            return taking.scanned(session, argument)
        case "hand_over":
            return giving.give(session)
        case "take_back":
            return giving.ask_back(session, argument)
        case "take_over":
            return taking.ask_from_list(session, argument)
        case "tasks":
            return _listed(session)
        case "undo":
            return _undo(session, argument)
    showing = handing.showing
    if showing is None or name in _PASSING:
        return None
    if name in _TURNING:
        return giving.turn(session)
    if name in _LEAVING:
        return giving.put_away(session)
    away(session)
    return None


def _confirmed(session: Session, asked: str) -> Answer:
    what, _, name = asked.partition(" ")
    match what:
        case "take":
            return taking.take(session)
        case "task":
            return taking.take_from_list(session, name)
        case _:
            return giving.take_back(session, name)


def _listed(session: Session) -> Answer:
    """The start screen with the tasks that others are at work on."""
    state = with_workflow_state(session.state, "home", home.HomeState(others=True))
    session.write(msgspec.structs.replace(state, workflow="home", back_to="", document=""), ())
    return session.answer(verdict("command", what=phrase("what_others")))


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
        # Written at once: what follows may write nothing, and a battery may be pulled.
        session.write(with_handing(session.state, showing=None), ())


def watched(session: Session, step: Step) -> Step:
    """The step; or a question where the task is at work elsewhere by now; or with a note that it is begun elsewhere."""
    name = session.state.workflow
    before = workflow_state(session.state, name)
    elsewhere = _elsewhere(session, name, before)
    if elsewhere is not None:
        return elsewhere
    if step.verdict.stops:
        return step
    subject = subject_of(step.state)
    given = giving.of_subject(session.state.handing, name, subject) if subject != subject_of(before) else None
    if given is not None:
        session.state = with_handing(session.state, asked=f"back {given.id}")
        return Step(state=before, verdict=giving.question(session, given))
    return others.told(session, step, before)


def _elsewhere(session: Session, name: str, state: State) -> Step | None:
    """Somebody took this very task over: nothing more is done on it here before a person has decided."""
    task = mine.taken_by(session, name)
    if not task:
        return None
    given = giving.set_aside(session, name, state, task)
    session.state = with_handing(session.state, asked=f"back {task}")
    return Step(state=home.HomeState(), verdict=giving.question(session, given))
