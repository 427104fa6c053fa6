"""What the session asks for now, and how far the document at hand is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app import overriding, sign_in
from scanner_app.session_state import workflow_state
from scanner_app.workflows.registry import WORKFLOWS
from tracking import catalogue
from tracking.documents import complete

if TYPE_CHECKING:
    from scanner_app.session import Session


def prompt_text(session: Session) -> str:
    """What the screen asks for now."""
    language, state = session.settings.language, session.state
    if state.pin_for:
        return catalogue.prompt("pin", language)
    if sign_in.needed(session):
        return catalogue.prompt("badge", language)
    if state.override is not None:
        return catalogue.prompt(overriding.prompt_name(state), language)
    if state.removing:
        return catalogue.prompt("remove", language)
    asked = WORKFLOWS[state.workflow].prompt(workflow_state(state, state.workflow), session.knows)
    return catalogue.prompt(asked.name, language, **asked.fields)


def asked_after(session: Session, input_n: int) -> str:
    """The same, asked of the answer to an input: only until there is another one, for then it is not known any more."""
    if session.input_n != input_n:
        raise RuntimeError("the answer was asked for its prompt after the next input")
    return prompt_text(session)


def progress(session: Session) -> tuple[int, int] | None:
    """Done and total of the document at hand or just closed. A blind one says its total when all is there."""
    number = session.state.document
    document = session.knows.document(number) if number else None
    if document is None or session.state.workflow in {"home", "look_up"}:
        return None
    tally = session.knows.tally(number)
    # A count is never told whether it was right: that is the office's to see.
    told = not document.blind or (
        tally.closed and complete(document, tally) and document.type != "count_sheet"
    )
    return (tally.total, document.total) if told else None
