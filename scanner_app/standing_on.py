"""What stands on an earlier step: why a line further down the list cannot be taken back yet.

Asked of the events, not of the status: packing, moving and building into a unit leave its status as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scanner_app.on_top import SEEING, state_before
from tracking.phrases import Phrase, phrase
from tracking.units import UnitState, evolve

if TYPE_CHECKING:
    from scanner_app.session import Session
    from scanner_app.session_state import Gesture
    from tracking.events import Event

_OUTER_STEPS: Final = frozenset({"assembling", "installing", "shipping", "picking"})
"""Steps of a product that stand on what is in it."""
_HARMLESS: Final = frozenset({"sighting", "holding"})

_Own = set[tuple[int, int]]
"""``(epoch, seq)`` of the events of the gesture itself."""


def objection(session: Session, gesture: Gesture) -> Phrase | None:
    """What went on since, in words; None where the gesture may go."""
    own = {(credit.epoch, credit.seq) for credit in gesture.credits}
    for credit in gesture.credits:
        event = session.journal.event(credit.epoch, credit.seq)
        if event is None or event.step in _HARMLESS:
            continue
        found = (
            _of_unit(session, event, state_before(credit.before, event.item, event.serial), own)
            if event.serial
            else _of_container(session, event)
        )
        if found is not None:
            return found
    return None


def _of_unit(session: Session, event: Event, before: UnitState, own: _Own) -> Phrase | None:
    if event.step in SEEING and evolve(before, event)[0].ref != event.ref:
        return None  # it was seen, and moved nowhere: whatever came later does not stand on that
    later = _later(session, event.item, event.serial, event, own)
    if later:
        return _went_on(event.serial, later[-1])
    if _elsewhere(session, event, before):
        return _went_on(event.serial, session.knows.unit(event.item, event.serial).step)
    whole = event.parent_serial if event.step == "installing" else ""
    outer = _later(session, event.parent_item, whole, event, own) if whole else []
    for step in outer:
        if step in _OUTER_STEPS:
            return _went_on(whole, step)
    return _full(session, event.item, event.serial, own) if before.status == "unknown" else None


def _of_container(session: Session, event: Event) -> Phrase | None:
    """A carton that somebody began cannot be unmade while something is in it."""
    if event.step != "commissioning" or not event.container:
        return None
    boxes = session.knows.boxes_in(event.container)
    if boxes:
        return phrase("undo_not_empty", serial=event.container, inside=boxes[0])
    return _full(session, "", event.container, set())


def _full(session: Session, item: str, serial: str, own: _Own) -> Phrase | None:
    """Something else is in what would be gone."""
    knows = session.knows
    came_with = {session.journal.event(*identity) for identity in own}
    units = {(event.item, event.serial) for event in came_with if event is not None}
    for unit in knows.inside(item, serial):
        if (unit.item, unit.serial) not in units:
            return phrase("undo_not_empty", serial=serial, inside=unit.serial)
    if any(event is not None and event.parent_serial == serial for event in came_with):
        return None
    loose = knows.quantities_in(item, serial)
    return phrase("undo_not_empty", serial=serial, inside=loose[0].item) if loose else None


def _went_on(serial: str, step: str) -> Phrase:
    return phrase("undo_newer", serial=serial, step=phrase(f"step_{step or 'sighting'}"))


def _later(session: Session, item: str, serial: str, event: Event, own: _Own) -> list[str]:
    """The steps that this handheld did with a unit after an event and outside its gesture, and that still stand."""
    steps = session.journal.later_steps(item, serial, event.epoch, event.seq)
    cancelled = {step.cancels for step in steps if step.cancels}
    return [
        step.step
        for step in steps
        if not step.cancels
        and step.ref not in cancelled
        and (step.epoch, step.seq) not in own
        and step.step not in _HARMLESS
    ]


def _elsewhere(session: Session, event: Event, before: UnitState) -> bool:
    """True where another device gave the unit its status since: neither the one that it had before nor the event's."""
    unit = session.knows.unit(event.item, event.serial)
    return unit.device not in {"", session.journal.device} and unit.ref not in {event.ref, before.ref}
