"""Exceptions beyond the lifecycle's: facts that cross, clocks that cannot tell, and a person's word on them."""

from __future__ import annotations

import pytest

from tracking import clock
from tracking.events import Event
from tracking.exceptions import ExceptionRecord, exceptions_of, of_container, still_open
from tracking.units import fold

ITEM, SERIAL = "PUMP", "SN-1"
HOUR_MS = 3_600_000


def _event(seq: int, step: str, *, device: str = "a", ms: int | None = None, **fields: object) -> Event:
    wall = seq * HOUR_MS if ms is None else ms
    text = {"item": ITEM, "serial": SERIAL, "clock": "synced", **fields}
    return Event(step=step, device=device, epoch=1, seq=seq, hlc=clock.pack(wall), **text)  # type: ignore[arg-type]


def _found(*events: Event) -> tuple[ExceptionRecord, ...]:
    forward = exceptions_of(ITEM, SERIAL, list(events))
    assert exceptions_of(ITEM, SERIAL, list(events)[::-1]) == forward, "the order of arrival does not matter"
    return forward


RECEIVED = _event(1, "receiving", document="PO-1", site="HAM", location="A-1")


@pytest.mark.parametrize(
    ("document", "site", "relation"),
    [
        ("PO-1", "HAM", "same_document"),
        ("PO-2", "HAM", "other_document"),
        ("PO-2", "MEM", "other_site"),
    ],
)
def test_received_twice_says_where(document: str, site: str, relation: str) -> None:
    (found,) = _found(RECEIVED, _event(2, "receiving", device="b", document=document, site=site))
    assert (found.kind, found.relation) == ("received_twice", relation)


def test_packed_into_two_cartons_is_named_and_the_later_one_has_it() -> None:
    events = (
        RECEIVED,
        _event(2, "packing", action="ADD", parent_container="C-1"),
        _event(3, "packing", action="ADD", device="b", parent_container="C-2"),
    )
    (found,) = _found(*events)
    assert (found.kind, found.first.parent, found.second.parent) == ("packed_twice", "C-1", "C-2")
    folded = fold(ITEM, SERIAL, events)
    assert folded.state.container == "C-2"
    assert events[2] in folded.accepted, "it was done, and its order has it"


def test_unpacked_in_between_or_packed_again_into_the_same_is_no_exception() -> None:
    first = _event(2, "packing", action="ADD", parent_container="C-1")
    out = _event(3, "unpacking", action="DELETE")
    assert _found(RECEIVED, first, out, _event(4, "packing", action="ADD", parent_container="C-2")) == ()
    assert _found(RECEIVED, first, _event(3, "packing", action="ADD", parent_container="C-1")) == ()


def test_a_carton_on_two_pallets() -> None:
    def put(seq: int, pallet: str) -> Event:
        return Event(
            step="packing",
            action="ADD",
            container="C-1",
            parent_container=pallet,
            device="a",
            epoch=1,
            seq=seq,
            hlc=clock.pack(seq),
        )

    out = Event(
        step="unpacking", action="DELETE", container="C-1", device="a", epoch=1, seq=2, hlc=clock.pack(2)
    )
    (found,) = of_container("C-1", [put(3, "P-2"), put(1, "P-1")])
    assert (found.container, found.first.parent, found.second.parent) == ("C-1", "P-1", "P-2")
    assert of_container("C-1", [put(1, "P-1"), out, put(3, "P-2")]) == ()


@pytest.mark.parametrize(
    ("step", "action", "status"),
    [
        ("shipping", "OBSERVE", "shipped"),
        ("installing", "ADD", "consumed"),
        ("destroying", "DELETE", "written_off"),
    ],
)
def test_counted_on_a_shelf_that_it_had_left(step: str, action: str, status: str) -> None:
    gone = _event(2, step, action=action)
    seen = _event(9, "stock_taking", device="b", document="CS-1", line=0, location="A-1")
    (found,) = _found(RECEIVED, gone, seen)
    assert found.kind == f"stock_taking_while_{status}"
    folded = fold(ITEM, SERIAL, [RECEIVED, gone, seen])
    assert folded.state.status == status, "a count only says what was seen"
    assert (folded.state.seen_on, seen in folded.accepted) == ("CS-1", True)


def test_an_approved_count_answers_for_what_it_saw() -> None:
    events = (
        RECEIVED,
        _event(2, "shipping"),
        _event(9, "stock_taking", device="b", document="CS-1", location="A-1"),
        _event(20, "stock_taking", action="ADD", device="office", document="CS-1", reason="count CS-1"),
    )
    (found,) = _found(*events)
    assert found.settled is not None
    assert (found.settled.device, found.settled_reason) == ("office", "count CS-1")
    assert still_open([found]) == ()


COUNTED_MS = 50 * HOUR_MS


@pytest.mark.parametrize(
    ("apart_ms", "shipped", "named"),
    [
        (1_500, {}, True),
        (-1_500, {}, True),
        (2_500, {}, False),
        (2_500, {"offset_ms": -2_000}, True),
        (100_000, {"clock": ""}, True),
        (200_000, {"clock": "suspect"}, False),
        (2_500, {"clock": "suspect", "offset_ms": -400 * 24 * HOUR_MS}, True),
        (200_000, {"clock": "suspect", "offset_ms": -400 * 24 * HOUR_MS}, False),
        (40 * HOUR_MS, {"clock": "lost"}, True),
        (1_500, {"device": "counter"}, False),
    ],
)
def test_a_count_and_a_shipment_that_the_clocks_cannot_tell_apart(
    apart_ms: int, shipped: dict[str, object], named: bool
) -> None:
    """Two clocks that were set right are each within a second, and within their offset; an unset one in two minutes."""
    counted = _event(2, "stock_taking", device="counter", ms=COUNTED_MS, document="CS-1", location="A-1")
    gone = _event(3, "shipping", **{"ms": COUNTED_MS + apart_ms, "device": "dock", **shipped})  # type: ignore[arg-type]
    kinds = {found.kind for found in _found(RECEIVED, counted, gone)} - {"stock_taking_while_shipped"}
    assert kinds == ({"count_uncertain"} if named else set())


def test_brought_to_the_very_place_where_it_was_counted_is_certain() -> None:
    counted = _event(2, "stock_taking", device="counter", ms=COUNTED_MS, document="CS-1", location="A-1")
    there = _event(3, "storing", device="b", ms=COUNTED_MS + 100, location="A-1")
    elsewhere = _event(3, "storing", device="b", ms=COUNTED_MS + 100, location="B-9")
    assert _found(RECEIVED, counted, there) == ()
    assert [found.kind for found in _found(RECEIVED, counted, elsewhere)] == ["count_uncertain"]


def test_an_opening_balance_is_no_movement() -> None:
    opening = _event(1, "receiving", device="office", ms=COUNTED_MS, status="received", evidence="imported")
    counted = _event(2, "stock_taking", device="counter", ms=COUNTED_MS + 10, document="CS-1", location="A-1")
    assert _found(opening, counted) == ()


def test_a_word_settles_one_exception_and_only_while_it_stands() -> None:
    twice, thrice = (_event(seq, "receiving", device="b", document="PO-2", site="HAM") for seq in (2, 3))
    first, second = _found(RECEIVED, twice, thrice)
    word = _event(5, "settling", device="office", settles=first.key, reason="label printed twice")
    told, open_still = _found(RECEIVED, twice, thrice, word)
    assert (told.key, told.settled_reason) == (first.key, "label printed twice")
    assert open_still == second
    assert still_open(_found(RECEIVED, twice, thrice, word)) == (second,)
    taken_back = _event(6, "settling", device="office", cancels=word.ref)
    assert still_open(_found(RECEIVED, twice, thrice, word, taken_back)) == (first, second)
    before = fold(ITEM, SERIAL, [RECEIVED, twice]).state
    assert fold(ITEM, SERIAL, [RECEIVED, twice, word]).state == before, "a word changes nothing of the unit"
