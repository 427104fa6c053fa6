"""The side that takes: symbols come together, a person confirms, and the task goes on at the giver's prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.handing import borrowed, counters, giving, others
from scanner_app.handing.bundle import Bundle, unpacked
from scanner_app.handing.giving import STEP
from scanner_app.handing.pieces import Piece, joined, piece_of
from scanner_app.handing.state import Coming, Mine
from scanner_app.handing.tasks import begun, with_handing, without_task
from scanner_app.session_state import encode
from scanner_app.workflows.flow import State
from scanner_app.workflows.registry import WORKFLOWS
from tracking.events import Event
from tracking.phrases import UNSAID, Said, phrase, task_named
from tracking.verdicts import NOTHING, Verdict, verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session


def scanned(session: Session, argument: str) -> Answer:
    """One symbol of a hand-over, wherever it is scanned."""
    piece = piece_of(argument)
    if piece is None:
        return session.refuse(verdict("unreadable", raw=phrase("a_hand_over"), why=phrase("why_hand_over")))
    coming = _with(session.state.handing.coming, piece)
    if len(coming.pieces) < coming.total:
        session.write(with_handing(session.state, coming=coming), ())
        what = phrase("what_symbols", have=str(len(coming.pieces)), total=str(coming.total))
        return session.answer(verdict("command", what=what))
    bundle = unpacked(joined(coming.mark, coming.total, coming.pieces))
    wrong = _wrong(session, bundle)
    if bundle is None or wrong is not None:
        session.state = with_handing(session.state, coming=None, asked="")
        return session.refuse(wrong or verdict("unreadable", raw=phrase("a_hand_over")))
    if bundle.giver == session.journal.device:
        session.state = with_handing(session.state, coming=None)
        return giving.ask_back(session, bundle.id)
    session.state = with_handing(session.state, coming=coming, asked="take")
    return session.refuse(verdict("confirm_required", what=_question(session, bundle)))


def _with(coming: Coming | None, piece: Piece) -> Coming:
    """What was scanned so far and this one; a symbol of another hand-over begins anew."""
    if coming is None or (coming.mark, coming.total) != (piece.mark, piece.total):
        coming = Coming(mark=piece.mark, total=piece.total)
    return msgspec.structs.replace(coming, pieces={**coming.pieces, piece.place: piece.data})


def _state_of(bundle: Bundle) -> State | None:
    flow = WORKFLOWS.get(bundle.workflow)
    if flow is None:
        return None
    try:
        return msgspec.msgpack.decode(bundle.state, type=flow.state_type)
    except (msgspec.MsgspecError, RecursionError):
        return None


def _wrong(session: Session, bundle: Bundle | None) -> Verdict | None:
    """Why it cannot be gone on with here."""
    state = _state_of(bundle) if bundle is not None else None
    if bundle is None or state is None or not begun(bundle.workflow, state):
        return verdict("unreadable", raw=phrase("a_hand_over"), why=phrase("why_hand_over_other"))
    if state.document != bundle.document:
        return verdict("unreadable", raw=phrase("a_hand_over"), why=phrase("why_hand_over_other"))
    if bundle.document and session.knows.document(bundle.document) is None:
        return verdict("document_unknown", document=bundle.document)
    if bundle.document and session.knows.tally(bundle.document).closed:
        return verdict("document_closed", document=bundle.document)
    return None


def _question(session: Session, bundle: Bundle) -> Said:
    person = session.knows.operator(bundle.operator)
    who = (person.name or person.badge) if person is not None else bundle.operator
    return phrase(
        "ask_take_by" if who else "ask_take",
        task=task_named(bundle.workflow),
        subject=bundle.subject,
        who=who,
        device=bundle.giver,
    )


def take(session: Session) -> Answer:
    """Confirmed: the facts are kept, then the task goes on here."""
    coming = session.state.handing.coming
    bundle = unpacked(joined(coming.mark, coming.total, coming.pieces)) if coming is not None else None
    wrong = _wrong(session, bundle)
    if bundle is None or wrong is not None:
        session.state = with_handing(session.state, coming=None, asked="")
        return session.refuse(wrong or verdict("unreadable", raw=phrase("a_hand_over")))
    # First what was done, durably: a task without the facts that it stands on would count wrong.
    borrowed.keep(session.journal, bundle)
    session.knows.forget_scan()
    session.knows.refresh()
    events = _go_on(session, bundle.workflow, bundle.subject, bundle.document, bundle.state, bundle.id)
    lacks = phrase("units_not_carried", count=str(bundle.left_out)) if bundle.left_out else UNSAID
    said = _told(session, bundle.workflow, bundle.subject, bundle.giver, lacks)
    return session.answer(said, events=tuple(events))


def _go_on(
    session: Session, workflow: str, subject: str, document: str, state: bytes, came: str
) -> list[Event]:
    """The task is this handheld's from here on. What was open here in the same workflow stays open on paper."""
    given = tuple(
        one for one in session.state.handing.given if (one.workflow, one.subject) != (workflow, subject)
    )
    rest = without_task(session.state, workflow)
    now_ms = session.stamper.now_ms()
    mine = Mine(
        subject=subject,
        since_ms=now_ms,
        operator=session.state.operator,
        came=came,
        heard=session.knows.hand_over(came).at,
    )
    handing = session.state.handing
    after = msgspec.structs.replace(
        with_handing(
            rest, given=given, mine={**handing.mine, workflow: mine}, coming=None, showing=None, asked=""
        ),
        workflow=workflow,
        document=document,
        states={workflow: state, **rest.states},
    )
    event = Event(step=STEP, action="ADD", document=document, code="taken_over", follows=came)
    return session.write(after, (event,))


# -- from the server's list -----------------------------------------------------------------------------------------


def ask_from_list(session: Session, name: str) -> Answer:
    """``take_over ID``: a task of another handheld, as the server last heard of it."""
    row = others.named(session, name)
    state = others.state_of(row) if row is not None else None
    if row is None or state is None:
        return session.answer(NOTHING, text=phrase("task_gone"))
    if row.document and session.knows.document(row.document) is None:
        return session.refuse(verdict("document_unknown", document=row.document))
    session.state = with_handing(session.state, asked=f"task {name}")
    return session.refuse(verdict("confirm_required", what=others.question(session, row)))


def take_from_list(session: Session, name: str) -> Answer:
    """Confirmed: it goes on here, and the other handheld learns so from the feed."""
    row = others.named(session, name)
    state = others.state_of(row) if row is not None else None
    if row is None or state is None:
        return session.answer(NOTHING, text=phrase("task_gone"))
    # First who counted, durably: the count is theirs as well from the moment that it goes on here.
    counters.keep(session.journal, row.document, counters.recount_of(state), row.people)
    session.knows.forget_scan()
    session.knows.refresh()
    events = _go_on(session, row.task, row.subject, row.document, encode(state), name)
    said = _told(session, row.task, row.subject, row.name or row.device, UNSAID)
    return session.answer(said, events=tuple(events))


def _told(session: Session, workflow: str, subject: str, device: str, lacks: Said) -> Verdict:
    progress = session.progress()
    done, total = (str(progress[0]), str(progress[1])) if progress is not None else ("", "")
    return verdict(
        "taken_over",
        document=subject,
        task=task_named(workflow),
        device=device,
        done=done,
        total=total,
        missing=lacks,
    )
