"""The session list: what this task has done, newest first, each line to be taken back by its number.

A line's number is its gesture's for good. It is the same on the screen, in ``undo 12`` of a script and on a card
``%CMD:UNDO=12``, and nothing that is scanned meanwhile moves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app.session_state import Gesture, decode_gesture
from scanner_app.view import TakenLine
from scanner_app.workflows.flow import LAST_LABEL
from tracking import catalogue
from tracking.phrases import phrase
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from tracking.events import Event

LINES_MAX = 50
GESTURES_READ_MAX = 1000
"""So many of the newest are looked through for those of the task."""


def asked_for(session: Session, name: str) -> Answer:
    """``help``, ``list``, ``theme``: the screens open it; ``reprint`` is for the printer. Nothing else happens."""
    return session.answer(
        verdict("command", what=phrase(f"what_{name}")),
        page="" if name == "reprint" else name,
        taken=lines(session) if name == "list" else (),
        labels=(LAST_LABEL,) if name == "reprint" else (),
    )


def lines(session: Session) -> tuple[TakenLine, ...]:
    """The lines of this task; on the start screen those of every task, and nothing where nobody is signed in."""
    if session.signed_out:
        return ()
    state, journal = session.state, session.journal
    task = state.back_to if state.workflow == "look_up" else state.workflow
    acked = journal.acked()
    found: list[TakenLine] = []
    for number, body in journal.gestures(GESTURES_READ_MAX):
        gesture = decode_gesture(body)
        if gesture is None or task not in {"", "home", gesture.workflow} or not gesture.credits:
            continue
        event = journal.event(gesture.credits[0].epoch, gesture.credits[0].seq)
        if event is None or (state.document and event.document not in {"", state.document}):
            continue
        found.append(_line(session, number, gesture, event, acked))
        if len(found) == LINES_MAX:
            break
    return tuple(found)


def _line(session: Session, number: int, gesture: Gesture, event: Event, acked: dict[int, int]) -> TakenLine:
    language = session.settings.language
    said = gesture.detail
    return TakenLine(
        number=number,
        text=gesture.text or event.item,
        what=catalogue.word(f"step_{event.step}", language)
        if said in {"", "command"}
        else catalogue.message(said, {}, language).word,
        time=gesture.time,
        level=gesture.level,
        sent=all(credit.seq <= acked.get(credit.epoch, 0) for credit in gesture.credits),
    )
