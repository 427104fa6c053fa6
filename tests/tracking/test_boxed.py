"""In which container a unit was, over time: from its events, in agreement with its state."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from tests.tracking.happenings import ITEM, SERIAL, history
from tracking.boxed import Boxed, boxed, container_after
from tracking.events import Event
from tracking.units import fold, without_cancelled


def _event(seq: int, step: str, **fields: Any) -> Event:
    at = f"2026-11-23T08:00:0{seq}.000+01:00"
    return Event(step=step, item=ITEM, serial=SERIAL, hlc=seq, at=at, device="a", epoch=1, seq=seq, **fields)


def _seconds(told: list[Boxed]) -> list[tuple[str, str, str]]:
    return [(one.container, one.since[17:19], one.until[17:19]) for one in told]


LIFE = (
    _event(1, "receiving", container="SSCC-1", document="ASN-1"),
    _event(2, "unpacking", action="DELETE", parent_container="SSCC-1"),
    _event(3, "packing", action="ADD", parent_container="CARTON-7", document="SO-1"),
    _event(4, "shipping", document="SO-1"),
)


def test_every_stretch_with_its_beginning_and_end() -> None:
    told = list(boxed(ITEM, SERIAL, reversed(LIFE)))
    assert _seconds(told) == [("SSCC-1", "01", "02"), ("CARTON-7", "03", "04")]
    assert [one.document for one in told] == ["ASN-1", "SO-1"]
    assert _seconds(list(boxed(ITEM, SERIAL, LIFE[:3])))[-1] == ("CARTON-7", "03", "")


def test_what_was_taken_back_was_never_in_it() -> None:
    undo = _event(5, "packing", cancels=LIFE[2].ref)
    assert _seconds(list(boxed(ITEM, SERIAL, [*LIFE, undo]))) == [("SSCC-1", "01", "02")]


def test_what_came_out_of_a_box_that_nobody_here_filled_was_in_it() -> None:
    assert _seconds(list(boxed(ITEM, SERIAL, LIFE[1:2]))) == [("SSCC-1", "", "02")]


@given(history())
def test_the_last_stretch_is_the_container_of_the_state(events: list[Event]) -> None:
    events = [event for event in events if event.item]
    state = fold(ITEM, SERIAL, events).state
    told = list(boxed(ITEM, SERIAL, events))
    assert [one.container for one in told if not one.until and one.since] == (
        [state.container] if state.container else []
    )
    within = container_after(ITEM, SERIAL, events)
    standing = without_cancelled(events)
    assert list(within) == [event.ref for event in standing]
    assert not standing or within[standing[-1].ref] == state.container
