"""State is a fold of events: the order of arrival never matters, and nothing that happened raises."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.happenings import DOCUMENTS, ITEM, SERIAL, history
from tracking.documents import tally_of
from tracking.events import Event
from tracking.exceptions import exceptions_of
from tracking.units import UnitState, contradiction_kind, evolve, fold, without_cancelled


def _event(seq: int, step: str, device: str = "a", **fields: object) -> Event:
    known = {"item": ITEM, "serial": SERIAL, "hlc": seq, "device": device, "epoch": 1, "seq": seq, **fields}
    return Event(step=step, **known)  # type: ignore[arg-type]


@given(st.data())
def test_the_order_of_arrival_never_matters(data: st.DataObject) -> None:
    events = data.draw(history())
    shuffled = data.draw(st.permutations(events))
    units = [event for event in events if event.item]
    again = [event for event in shuffled if event.item]
    assert fold(ITEM, SERIAL, units) == fold(ITEM, SERIAL, again)
    assert exceptions_of(ITEM, SERIAL, units) == exceptions_of(ITEM, SERIAL, again)
    for document in DOCUMENTS[:2]:
        first, second = (
            tally_of(event for event in without_cancelled(some) if event.document == document)
            for some in (events, shuffled)
        )
        assert first == second


@given(st.data())
def test_a_fact_that_comes_twice_counts_once_per_identity(data: st.DataObject) -> None:
    """Sent again after a lost reply, an event has the same identity: the ledger keeps one. The fold is of a set."""
    events = [event for event in data.draw(history()) if event.item]
    by_ref = {event.ref: event for event in [*events, *events]}
    assert fold(ITEM, SERIAL, list(by_ref.values())) == fold(ITEM, SERIAL, events)


@given(history())
def test_every_event_is_credited_contradicted_cancelled_or_too_late(events: list[Event]) -> None:
    units = [event for event in events if event.item]
    folded = fold(ITEM, SERIAL, units)
    standing = without_cancelled(units)
    known = {event.ref for event in folded.accepted} | {found.second.ref for found in folded.contradictions}
    left = [event for event in standing if event.ref not in known]
    assert all(event.status and event.evidence == "imported" for event in left), (
        "an import that came too late"
    )
    assert not {event.ref for event in folded.accepted} & {
        found.second.ref for found in folded.contradictions if not found.counts
    }


@given(history())
def test_a_cancellation_takes_back_and_may_be_taken_back(events: list[Event]) -> None:
    events = [event for event in events if event.item]
    standing = without_cancelled(events)
    assert all(not event.cancels for event in standing)
    if not standing:
        return
    victim = standing[0]
    undo = _event(90, "receiving", device="z", cancels=victim.ref)
    assert victim.ref not in {event.ref for event in without_cancelled([*events, undo])}
    redo = _event(91, "receiving", device="z", cancels=undo.ref)
    assert without_cancelled([*events, undo, redo]) == standing


def test_cancelling_does_not_depend_on_clocks() -> None:
    received = _event(1, "receiving", hlc=100)
    undo = _event(1, "receiving", device="b", hlc=1, cancels=received.ref)
    assert fold(ITEM, SERIAL, [received, undo]).state == UnitState(item=ITEM, serial=SERIAL)


def test_events_that_cancel_each_other_in_a_circle_end() -> None:
    first = _event(1, "receiving", cancels="a/1/2")
    second = _event(2, "receiving", cancels="a/1/1")
    assert without_cancelled([first, second, _event(3, "receiving", cancels="a/1/3")]) == []


def test_received_twice_is_one_exception_that_names_both() -> None:
    first = _event(1, "receiving", operator="Ida", site="HAM", at="2026-11-23T08:00:00.000+01:00")
    second = _event(
        2, "receiving", device="b", operator="Ben", site="MEM", at="2026-11-23T09:00:00.000+01:00"
    )
    (found,) = exceptions_of(ITEM, SERIAL, [second, first])
    assert found.kind == "received_twice"
    assert (found.first.operator, found.first.site, found.first.device) == ("Ida", "HAM", "a")
    assert (found.second.operator, found.second.site, found.second.device) == ("Ben", "MEM", "b")
    assert found.devices == {"a", "b"}
    state = fold(ITEM, SERIAL, [second, first]).state
    assert (state.operator, state.site) == ("Ida", "HAM"), "nothing is overwritten"


def test_shipped_by_somebody_who_knew_less() -> None:
    """A unit that went out although it was never received is gone all the same, and somebody is asked why."""
    folded = fold(ITEM, SERIAL, [_event(1, "shipping", party="NORTH")])
    assert (folded.state.status, folded.state.customer) == ("shipped", "NORTH")
    assert [found.kind for found in folded.contradictions] == ["shipping_while_unknown"]
    assert contradiction_kind("shipping", "already_shipped", "shipped") == "shipped_twice"


def test_picked_for_this_order_ships_on_it_and_on_no_other() -> None:
    events = [_event(1, "receiving"), _event(2, "picking", document="SO-1")]
    own = fold(ITEM, SERIAL, [*events, _event(3, "shipping", document="SO-1")])
    assert (own.state.status, own.contradictions) == ("shipped", ())
    other = fold(ITEM, SERIAL, [*events, _event(3, "shipping", document="SO-2")])
    assert [found.kind for found in other.contradictions] == ["shipping_while_picked"]


def test_an_import_never_overrules_a_scan() -> None:
    scanned = _event(1, "receiving", location="A-1")
    imported = _event(2, "receiving", device="b", evidence="imported", status="shipped", location="MOON")
    assert fold(ITEM, SERIAL, [imported, scanned]).state.location == "A-1"
    alone = fold(ITEM, SERIAL, [imported]).state
    assert (alone.status, alone.location) == ("shipped", "MOON")


def test_flags_come_and_go_without_touching_the_status() -> None:
    state, _ = evolve(
        UnitState(item=ITEM, serial=SERIAL, status="received"),
        _event(1, "holding", flag="held", action="ADD", reason="wet"),
    )
    assert (state.status, state.flags, state.reason) == ("received", ("held",), "wet")
    state, _ = evolve(state, _event(2, "holding", flag="stolen", action="ADD"))
    assert state.flags == ("held", "stolen")
    state, _ = evolve(state, _event(3, "holding", flag="held", action="DELETE"))
    assert state.flags == ("stolen",)
    unchanged, _ = evolve(state, _event(4, "holding", flag="invented", action="ADD"))
    assert unchanged.flags == ("stolen",)


def test_a_unit_picked_and_shipped_counts_once() -> None:
    picked = _event(1, "picking", document="SO-1", line=1)
    shipped = _event(2, "shipping", document="SO-1", line=1)
    assert tally_of([picked, shipped]).done == {1: 1}


def test_a_unit_taken_apart_does_not_count_until_it_is_complete_again() -> None:
    built = _event(1, "assembling", document="WO-1", line=1, action="ADD")
    opened = _event(2, "assembling", document="WO-1", line=1, action="DELETE")
    again = _event(3, "assembling", document="WO-1", line=1, action="ADD")
    assert tally_of([built]).total == 1
    assert tally_of([built, opened]).total == 0
    assert tally_of([built, opened, again]).total == 1
    assert tally_of([opened]).total == 0  # it never counted there


def test_the_same_serial_of_two_items_counts_twice() -> None:
    first = _event(1, "receiving", document="PO-1", line=1)
    second = _event(2, "receiving", document="PO-1", line=1, item="VALVE-9")
    assert tally_of([first, second]).total == 2


@pytest.mark.parametrize("field", ["item", "serial", "container", "document"])
def test_taking_back_does_not_touch_another_event_of_that_name(field: str) -> None:
    """A copied handheld's own event never came here: under its name stands what the other one wrote."""
    received = _event(1, "receiving")
    undo = _event(9, "receiving", device="z", cancels=received.ref)
    assert without_cancelled([received, undo]) == []
    other = msgspec.structs.replace(undo, **{field: "ANOTHER"})
    assert without_cancelled([received, other]) == [received]
    bare = msgspec.structs.replace(undo, item="", serial="")
    assert without_cancelled([received, bare]) == [], "what says less than the other is about it all the same"
