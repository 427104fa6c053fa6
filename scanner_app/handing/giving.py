"""The side that gives: a task becomes symbols on the screen, and waits here until it is taken back.

The event is written before the first symbol is shown. So whatever happens next, this handheld cannot go on with the
task unknowingly: whoever wants it back says so, and that is an event too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.clockwork import local_iso, spoken
from scanner_app.handing.bundle import fitting
from scanner_app.handing.gathering import bundle_of
from scanner_app.handing.pieces import cut
from scanner_app.handing.state import Given, Handing, Mine, Showing
from scanner_app.handing.tasks import begun, in_progress, subject_of, with_handing, without_task
from scanner_app.session_state import encode, workflow_state
from scanner_app.workflows.flow import State
from tracking.events import Event
from tracking.phrases import Said, phrase, task_named
from tracking.verdicts import NOTHING, Verdict, verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session

GIVEN_MAX = 8
"""Tasks that may be away at once; the oldest is forgotten here then, the server knows where it went."""
STEP = "handing_over"


def give(session: Session) -> Answer:
    """``hand_over``: the task at hand, or the one used last, as symbols for another handheld to scan."""
    name, state = _task(session)
    if name == "":
        return session.answer(NOTHING, text=phrase("hand_over_nothing"))
    if session.state.held:
        return session.answer(NOTHING, text=phrase("held_first", count=str(len(session.state.held))))
    bundle = bundle_of(session, name, state, session.journal.seq + 1)
    texts = cut(fitting(bundle))
    handing = session.state.handing
    given = Given(
        id=bundle.id, workflow=name, state=encode(state), subject=subject_of(state), at=_now(session)
    )
    event = Event(step=STEP, action="DELETE", document=state.document, code="handed_over")
    after = with_handing(
        without_task(session.state, name),
        given=(*handing.given, given)[-GIVEN_MAX:],
        showing=Showing(id=bundle.id, texts=texts),
    )
    events = session.write(after, (event,))
    said = verdict("handed_over", document=given.subject, task=task_named(name), more=_more(len(texts)))
    return session.answer(said, events=tuple(events))


def _task(session: Session) -> tuple[str, State]:
    """The task at hand; from the start screen or a look-up the one that was used last."""
    name = session.state.workflow
    at_hand = workflow_state(session.state, name)
    if begun(name, at_hand):
        return name, at_hand
    return next(iter(in_progress(session.state).items()), ("", at_hand))


def _more(symbols: int) -> Said:
    return phrase("symbols", count=str(symbols))


def _now(session: Session) -> str:
    return local_iso(session.stamper.now_ms(), session.zone)


# -- while the symbols are shown ------------------------------------------------------------------------------------


def turn(session: Session) -> Answer:
    """The next symbol; after the last one the first again."""
    showing = session.state.handing.showing
    assert showing is not None
    after = msgspec.structs.replace(showing, place=(showing.place + 1) % len(showing.texts))
    session.write(with_handing(session.state, showing=after), ())
    return session.answer(NOTHING, text=place_of(after))


def place_of(showing: Showing) -> Said:
    """Which symbol is on the screen."""
    return phrase("symbol_of", place=str(showing.place + 1), total=str(len(showing.texts)))


def put_away(session: Session) -> Answer:
    """The other handheld has it: the start screen."""
    session.write(with_handing(session.state, showing=None), ())
    return session.answer(verdict("command", what=phrase("what_start")))


# -- taking back ----------------------------------------------------------------------------------------------------


def of_subject(handing: Handing, workflow: str, subject: str) -> Given | None:
    """The task about this subject that was given away, or None."""
    if not subject:
        return None
    found = (one for one in handing.given if (one.workflow, one.subject) == (workflow, subject))
    return next(found, None)


def set_aside(session: Session, workflow: str, state: State, name: str) -> Given:
    """A task that another handheld has taken over leaves the hand; it is kept as if it had been given away."""
    row = session.knows.hand_over(name)
    given = Given(id=name, workflow=workflow, state=encode(state), subject=subject_of(state), at=row.at)
    handing = session.state.handing
    session.state = with_handing(
        without_task(session.state, workflow), given=(*handing.given, given)[-GIVEN_MAX:]
    )
    return given


def named(handing: Handing, hand_over: str) -> Given | None:
    """The task that was given away in this hand-over, or None."""
    return next((one for one in handing.given if one.id == hand_over), None)


def ask_back(session: Session, hand_over: str) -> Answer:
    """``take_back ID``, without an ID the one given last: asks first, since another one may be at work on it."""
    handing = session.state.handing
    given = named(handing, hand_over) if hand_over else next(iter(reversed(handing.given)), None)
    if given is None:
        return session.answer(NOTHING, text=phrase("hand_over_nothing"))
    session.state = with_handing(session.state, showing=None, asked=f"back {given.id}")
    return session.refuse(question(session, given))


def question(session: Session, given: Given) -> Verdict:
    """Whether a task that is away is to be gone on with here all the same."""
    row = session.knows.hand_over(given.id)
    elsewhere = bool(row.to) and row.to != session.journal.device
    at = row.at if elsewhere else given.at
    when = spoken(at, session.knows.today, session.zone, session.settings.language)
    name = "ask_back_from" if elsewhere else "ask_back"
    what = phrase(name, subject=given.subject, when=when, to=row.to)
    return verdict("confirm_required", document=given.subject, what=what)


def take_back(session: Session, hand_over: str) -> Answer:
    """Goes on here, at the prompt where it was given away."""
    given = named(session.state.handing, hand_over)
    if given is None:
        return session.answer(NOTHING, text=phrase("hand_over_nothing"))
    handing = session.state.handing
    state = without_task(session.state, given.workflow)
    now_ms = session.stamper.now_ms()
    mine = Mine(
        subject=given.subject,
        since_ms=now_ms,
        operator=session.state.operator,
        came=given.id,
        heard=session.knows.hand_over(given.id).at,
    )
    after = msgspec.structs.replace(
        state,
        workflow=given.workflow,
        states={given.workflow: given.state, **state.states},
        handing=Handing(
            given=tuple(one for one in handing.given if one.id != given.id),
            mine={**handing.mine, given.workflow: mine},
        ),
    )
    there = workflow_state(after, given.workflow)
    after = msgspec.structs.replace(after, document=there.document)
    event = Event(step=STEP, action="ADD", document=there.document, code="taken_back", follows=given.id)
    events = session.write(after, (event,))
    said = verdict("taken_over", document=given.subject, task=task_named(given.workflow))
    return session.answer(said, events=tuple(events))
