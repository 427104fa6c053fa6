"""What one pull of the trigger did, kept so that it can be taken back: its events and the state before them."""

from __future__ import annotations

from collections.abc import Sequence

from scanner_app.clockwork import clock_time
from scanner_app.journal import Effect
from scanner_app.session_state import Credit, Gesture, encode
from tracking.documents import credit, says_empty
from tracking.events import Event
from tracking.units import UnitState
from tracking.verdicts import Verdict


def effect_of(event: Event, before: UnitState | None) -> Effect:
    """What an event means to its document, the unit being as it was before it."""
    if event.step == "completing":
        return Effect(closes=1)
    document, step = (before.document, before.step) if before is not None else ("", "")
    return Effect(delta=credit(event, document, step))


def credits_of(
    epoch: int, first_seq: int, effects: Sequence[Effect], known: Sequence[UnitState | None]
) -> tuple[Credit, ...]:
    """What each event of a gesture did, by the identity that the journal is about to give it."""
    return tuple(
        Credit(
            epoch,
            first_seq + place,
            effect.delta,
            effect.closes,
            encode(unit) if unit is not None else b"",
        )
        for place, (effect, unit) in enumerate(zip(effects, known, strict=True))
    )


def gesture_of(
    stamped: Sequence[Event], credited: tuple[Credit, ...], shown: Verdict, workflow: str, state: bytes
) -> Gesture:
    """The gesture that these events were. ``state`` is the workflow's before it."""
    # A confirmation is about its order, whatever units it moves on.
    first = stamped[-1] if shown.code == "completed" else stamped[0]
    return Gesture(
        workflow=workflow,
        state=state,
        credits=credited,
        level=shown.level,
        text=first.serial
        or first.container
        or first.lot
        or (first.location if says_empty(first) else first.document),
        detail=shown.code or "",
        time=clock_time(first.at),
        item=first.item,
        serial=first.serial,
    )
