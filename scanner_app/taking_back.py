"""Taking back: undo at any depth, remove by scanning, and hold or release of the unit scanned last.

Nothing is edited: an undo is an event that declares an earlier one to be an error (EPCIS error declaration).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from scanner_app import sign_in, standing_on
from scanner_app.journal import Effect
from scanner_app.session_state import (
    Credit,
    Gesture,
    SessionState,
    decode_gesture,
    encode,
    with_workflow_state,
    workflow_state,
)
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.parts import NO_PARTS
from tracking.events import Event
from tracking.phrases import phrase
from tracking.verdicts import NOTHING, verdict

if TYPE_CHECKING:
    from drivers.scan import Scan
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from scanner_app.workflows.flow import Scanned

GESTURES_SEARCHED_MAX = 20_000


def undo(session: Session, argument: str = "") -> Answer:
    """Takes back the newest gesture, or the one with the number given; the workflow stands where it stood before."""
    if argument and not (argument.isascii() and argument.isdecimal()):
        return session.answer(NOTHING, text=phrase("undo_number", number=argument[:20]))
    newest = session.journal.gestures(1)
    number = int(argument) if argument else newest[0][0] if newest else 0
    gesture = decode_gesture(session.journal.gesture(number)) if number else None
    if gesture is None:
        return session.answer(NOTHING, text=phrase("undo_nothing"))
    is_newest = bool(newest) and newest[0][0] == number
    against = None if is_newest else standing_on.objection(session, gesture)
    if against is not None:
        return session.answer(NOTHING, text=against)
    return _take_back(session, number, gesture, code="undone", restore=is_newest)


def _take_back(
    session: Session, number: int, gesture: Gesture, *, code: str, restore: bool, scans: Sequence[Scan] = ()
) -> Answer:
    credits = list(reversed(gesture.credits))
    forgotten, kept, reopened = [number], None, ""
    closing = _closing(session, gesture)
    if closing is not None:
        # The order was closed by another gesture, and now lacks something: it is open again.
        closed_by, its_gesture, credit, reopened = closing
        credits.insert(0, credit)
        forgotten.append(closed_by)
        left = tuple(other for other in its_gesture.credits if other != credit)
        kept = (closed_by, encode(msgspec.structs.replace(its_gesture, credits=left))) if left else None
    events: list[Event] = []
    effects: list[Effect] = []
    for credit in credits:
        original = session.journal.event(credit.epoch, credit.seq)
        if original is None or original.step == "sighting":
            continue
        events.append(_cancellation(original, code))
        effects.append(Effect(delta=-credit.delta, closes=-credit.closes, before=credit.before))
        reopened = original.document if credit.closes > 0 else reopened
    after = msgspec.structs.replace(session.state, removing=False, hand_item="", hand_serial="")
    after = _restored(after, gesture) if restore else _open_again(after, reopened)
    written = session.write(after, events, scans, effects=effects, undone=forgotten, kept=kept)
    what = "" if gesture.serial else gesture.text
    said = verdict(code, item=gesture.item, serial=gesture.serial, what=what)
    return session.answer(said, events=tuple(written), accepted=1 if scans else 0)


def _cancellation(original: Event, code: str) -> Event:
    """The event that declares another to be an error; it says again what the other was about."""
    return Event(
        step=original.step,
        action=original.action,
        item=original.item,
        serial=original.serial,
        lot=original.lot,
        quantity=original.quantity,
        location=original.location,
        recount=original.recount,
        document=original.document,
        line=original.line,
        container=original.container,
        parent_item=original.parent_item,
        parent_serial=original.parent_serial,
        parent_container=original.parent_container,
        position=original.position,
        flag=original.flag,
        cancels=original.ref,
        code=code,
    )


def _closing(session: Session, gesture: Gesture) -> tuple[int, Gesture, Credit, str] | None:
    """What closed the order that a gesture counted towards, where that was another gesture of this handheld."""
    if any(credit.closes for credit in gesture.credits):
        return None
    counted = next((credit for credit in gesture.credits if credit.delta > 0), None)
    event = session.journal.event(counted.epoch, counted.seq) if counted is not None else None
    if event is None or not session.knows.tally(event.document).closed:
        return None
    for number, body in session.journal.gestures(GESTURES_SEARCHED_MAX):
        later = decode_gesture(body)
        for credit in later.credits if later is not None else ():
            if later is not None and credit.closes > 0:
                closing = session.journal.event(credit.epoch, credit.seq)
                if closing is not None and closing.document == event.document:
                    return number, later, credit, event.document
    return None


def _open_again(state: SessionState, document: str) -> SessionState:
    """The task at the prompt after an order goes back into it, where that order is open again."""
    there = workflow_state(state, state.workflow)
    if not document or there.document or getattr(there, "finished", "") != document:
        return state
    return with_workflow_state(
        state, state.workflow, msgspec.structs.replace(there, document=document, finished="")
    )


def _restored(state: SessionState, gesture: Gesture) -> SessionState:
    """The session with the gesture's workflow where it stood before the gesture."""
    states = dict(state.states)
    if gesture.state:
        states[gesture.workflow] = gesture.state
    else:
        states.pop(gesture.workflow, None)
    back_to = state.back_to if gesture.workflow == state.workflow else ""
    restored = msgspec.structs.replace(state, states=states, workflow=gesture.workflow, back_to=back_to)
    there = workflow_state(restored, gesture.workflow)
    return msgspec.structs.replace(restored, document=there.document or getattr(there, "finished", ""))


def toggle_remove(session: Session) -> Answer:
    """The next scan takes its unit out of this task, instead of adding it."""
    removing = not session.state.removing
    session.write(msgspec.structs.replace(session.state, removing=removing), ())
    return session.answer(verdict("command", what=phrase("what_removing" if removing else "what_adding")))


def remove(session: Session, scans: Sequence[Scan], scanned: Scanned) -> Answer:
    """Takes back the gesture that this label was counted by."""
    document = session.knows.document(session.state.document)
    meaning = understand(scanned, NO_PARTS, document, session.knows, wanted=frozenset({"unit"}))
    serial, box = meaning.parts.serial, meaning.value if meaning.kind == "container" else ""
    for number, body in session.journal.gestures(GESTURES_SEARCHED_MAX) if serial or box else ():
        gesture = decode_gesture(body)
        if gesture is None or gesture.serial != serial or gesture.workflow != session.state.workflow:
            continue
        if box and gesture.text != box:  # a carton or pallet that was taken with all that is in it
            continue
        if meaning.parts.item and gesture.item != meaning.parts.item:
            continue
        first = session.journal.event(gesture.credits[0].epoch, gesture.credits[0].seq)
        if first is None or first.step == "holding" or first.document != session.state.document:
            continue
        answer = _take_back(session, number, gesture, code="removed", restore=False, scans=scans)
        session.accepted_now(scanned.texts)  # a bounce of the trigger must not put it in again
        return answer
    session.write(msgspec.structs.replace(session.state, removing=False), ())
    return session.answer(NOTHING, text=phrase("not_in_task", text=scanned.texts[0][:40]))


def flag_last(session: Session, name: str, reason: str) -> Answer:
    """``hold`` or ``release`` of the unit scanned last: damaged goods go on hold where they stand."""
    if name == "release" and not sign_in.has_role(session, "supervisor"):
        return session.refuse(verdict("role_required", what=phrase("only_supervisor")))
    item, serial = session.state.hand_item, session.state.hand_serial
    unit = session.knows.unit(item, serial) if serial else None
    if unit is None or unit.status == "unknown":
        return session.answer(NOTHING, text=phrase(f"nothing_to_{name}"))
    if name == "release" and not unit.has("held"):
        return session.answer(NOTHING, text=phrase("not_on_hold", serial=serial))
    event = Event(
        step="holding",
        action="ADD" if name == "hold" else "DELETE",
        item=item,
        serial=serial,
        flag="held",
        reason=reason or ("damaged" if name == "hold" else ""),
        document=session.state.document,
        code="hold_placed" if name == "hold" else "released",
    )
    said = verdict(event.code, item=event.item, serial=event.serial, reason=event.reason)
    written = session.write(session.state, (event,), (), said)
    return session.answer(said, events=tuple(written))
