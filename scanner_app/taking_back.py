"""Taking back: undo at any depth, remove by scanning, and hold or release of the unit scanned last.

Nothing is edited: an undo is an event that declares an earlier one to be an error (EPCIS error declaration).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from scanner_app import sign_in
from scanner_app.journal import Effect
from scanner_app.session_state import Gesture, SessionState, decode_gesture, workflow_state
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.parts import NO_PARTS
from tracking.events import Event
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
        return session.answer(NOTHING, text=f"undo {argument[:20]}: give the number of a line")
    newest = session.journal.gestures(1)
    number = int(argument) if argument else newest[0][0] if newest else 0
    gesture = decode_gesture(session.journal.gesture(number)) if number else None
    if gesture is None:
        return session.answer(NOTHING, text="Nothing to take back")
    is_newest = bool(newest) and newest[0][0] == number
    return _take_back(session, number, gesture, code="undone", restore=is_newest)


def _take_back(
    session: Session, number: int, gesture: Gesture, *, code: str, restore: bool, scans: Sequence[Scan] = ()
) -> Answer:
    events: list[Event] = []
    effects: list[Effect] = []
    for credit in reversed(gesture.credits):
        original = session.journal.event(credit.epoch, credit.seq)
        if original is None or original.step == "sighting":
            continue
        events.append(
            Event(
                step=original.step,
                action=original.action,
                item=original.item,
                serial=original.serial,
                lot=original.lot,
                quantity=original.quantity,
                document=original.document,
                line=original.line,
                cancels=original.ref,
                code=code,
            )
        )
        effects.append(Effect(delta=-credit.delta, closes=-credit.closes, before=credit.before))
    after = msgspec.structs.replace(session.state, removing=False)
    if restore:
        after = _restored(after, gesture)
    written = session.write(after, events, scans, effects=effects, undone=(number,))
    what = "" if gesture.serial else gesture.text
    said = verdict(code, item=gesture.item, serial=gesture.serial, what=what)
    return session.answer(said, events=tuple(written), accepted=1 if scans else 0)


def _restored(state: SessionState, gesture: Gesture) -> SessionState:
    """The session with the gesture's workflow where it stood before the gesture."""
    states = dict(state.states)
    if gesture.state:
        states[gesture.workflow] = gesture.state
    else:
        states.pop(gesture.workflow, None)
    back_to = state.back_to if gesture.workflow == state.workflow else ""
    restored = msgspec.structs.replace(state, states=states, workflow=gesture.workflow, back_to=back_to)
    return msgspec.structs.replace(restored, document=workflow_state(restored, gesture.workflow).document)


def toggle_remove(session: Session) -> Answer:
    """The next scan takes its unit out of this task, instead of adding it."""
    removing = not session.state.removing
    session.write(msgspec.structs.replace(session.state, removing=removing), ())
    return session.answer(verdict("command", what="scan what to take out" if removing else "adding again"))


def remove(session: Session, scans: Sequence[Scan], scanned: Scanned) -> Answer:
    """Takes back the gesture that this label was counted by."""
    meaning = understand(scanned, NO_PARTS, session.knows.document(session.state.document), session.knows)
    serial = meaning.parts.serial
    for number, body in session.journal.gestures(GESTURES_SEARCHED_MAX) if serial else ():
        gesture = decode_gesture(body)
        if gesture is None or gesture.serial != serial or gesture.workflow != session.state.workflow:
            continue
        if meaning.parts.item and gesture.item != meaning.parts.item:
            continue
        return _take_back(session, number, gesture, code="removed", restore=False, scans=scans)
    session.write(msgspec.structs.replace(session.state, removing=False), ())
    return session.answer(NOTHING, text=f"{scanned.texts[0][:40]} was not scanned in this task")


def flag_last(session: Session, name: str, reason: str) -> Answer:
    """``hold`` or ``release`` of the unit scanned last: damaged goods go on hold where they stand."""
    if name == "release" and not sign_in.has_role(session, "supervisor"):
        return session.refuse(verdict("role_required", what="a supervisor releases"))
    newest = session.journal.gestures(1)
    gesture = decode_gesture(newest[0][1]) if newest else None
    if gesture is None or not gesture.serial:
        return session.answer(NOTHING, text=f"Nothing to {name}: scan the unit first")
    event = Event(
        step="holding",
        action="ADD" if name == "hold" else "DELETE",
        item=gesture.item,
        serial=gesture.serial,
        flag="held",
        reason=reason or ("damaged" if name == "hold" else ""),
        document=session.state.document,
        code="hold_placed" if name == "hold" else "released",
    )
    said = verdict(event.code, item=event.item, serial=event.serial, reason=event.reason)
    written = session.write(session.state, (event,), (), said)
    return session.answer(said, events=tuple(written))
