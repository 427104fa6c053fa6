"""What a recall means: which units are asked for, and what is made of the ways outwards."""

from __future__ import annotations

from typing import Any

import pytest

from tracking.events import Event
from tracking.genealogy import Name
from tracking.recall import RecallError, in_range, lot_use, recall_of, wanted


@pytest.mark.parametrize(
    ("serial", "first", "last", "inside"),
    [
        ("SN-0005", "SN-0005", "SN-0010", True),
        ("SN-0010", "SN-0005", "SN-0010", True),
        ("SN-0011", "SN-0005", "SN-0010", False),
        ("SN-00071", "SN-0005", "SN-0010", False),  # as text it stands between them
        ("SN-10", "SN-9", "SN-12", True),
        ("SN-8", "SN-9", "SN-12", False),
        ("SN-100", "SN-9", "SN-12", False),
        ("SN-010", "SN-9", "SN-12", True),
        ("TN-10", "SN-9", "SN-12", False),
        ("", "1", "22", False),
    ],
)
def test_a_range_compares_as_text_at_one_length_and_naturally_otherwise(
    serial: str, first: str, last: str, inside: bool
) -> None:
    assert in_range(serial, first, last) is inside


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"supplier": "P"},
        {"lot": "L", "component": "A/1"},
        {"lot": "L", "item": "A"},
        {"component": "A"},
        {"component": "/1"},
        {"item": "A", "first": "1"},
        {"item": "A", "first": "2", "last": "1"},
        {"item": "A", "first": "10", "last": "9"},
    ],
)
def test_what_is_no_question_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(RecallError):
        wanted(**given)


def test_the_shortest_way_is_told_and_a_circle_ends() -> None:
    around = {("A", "1"): ("B", "2"), ("B", "2"): ("C", "3"), ("C", "3"): ("A", "1")}
    states = {name: (*name, "consumed", "", "", *whole) for name, whole in around.items()}
    found = recall_of([("A", "1"), ("B", "2")], [], states.get)
    assert {one.item: one.via for one in found.affected} == {"A": (), "B": (), "C": ("B/2",)}


def test_who_is_reached_in_several_ways_is_told_by_the_shortest_and_counted_once() -> None:
    around = {("A", "1"): ("B", "1"), ("B", "1"): ("C", "1"), ("A", "2"): ("C", "1"), ("A", "3"): ("C", "1")}
    states = {name: (*name, "consumed", "", "", *whole) for name, whole in around.items()}
    states["C", "1"] = ("C", "1", "shipped", "", "NORTH", "", "")
    found = recall_of([("A", "3"), ("A", "1"), ("A", "2")], [("S/lot L", Name("B", "1"))], states.get)
    assert {(one.item, one.serial): one.via for one in found.affected} == {
        ("A", "1"): (),
        ("A", "2"): (),
        ("A", "3"): (),
        ("B", "1"): ("A/1",),
        ("C", "1"): ("A/2",),
    }
    assert (found.by_customer, found.by_status) == ({"NORTH": 1}, {"consumed": 4, "shipped": 1})


def test_a_product_that_nobody_has_seen_is_listed_all_the_same() -> None:
    found = recall_of([], [("S/lot L", Name("G", "1"))], lambda _: None)
    assert [(one.item, one.serial, one.status, one.via) for one in found.affected] == [
        ("G", "1", "unknown", ("S/lot L",))
    ]


def _of_lot(step: str, quantity: int, seq: int, **more: Any) -> Event:
    return Event(
        step=step,
        item="SEAL",
        lot="L",
        quantity=quantity,
        device="D",
        epoch=1,
        seq=seq,
        hlc=seq << 16,
        **more,
    )


def test_quantities_count_while_some_is_in_and_only_of_the_supplier_that_is_asked_for() -> None:
    into: dict[str, str] = {"parent_item": "GEAR"}
    events = [
        _of_lot("receiving", 50, 1, party="ACME"),
        _of_lot("installing", 2, 2, parent_serial="KEEPS", **into),
        _of_lot("installing", 2, 3, parent_serial="EMPTY", **into),
        _of_lot("removing", 2, 4, parent_serial="EMPTY", **into),
        _of_lot("installing", 2, 5, parent_serial="UNDONE", **into),
        _of_lot("installing", 2, 6, parent_serial="UNDONE", cancels="D/1/5", **into),
    ]
    holds = (("SEAL/lot L", Name("GEAR", "KEEPS")),)
    assert lot_use(events, wanted(lot="L")) == (True, holds)
    assert lot_use(events, wanted(lot="L", supplier="ACME")) == (True, holds)
    assert lot_use(events, wanted(lot="L", supplier="OTHER")) == (False, ())
    assert lot_use(events, wanted(lot="M")) == (False, ())
    # Nobody wrote down whose it is: nobody can rule it out.
    assert lot_use(events[1:], wanted(lot="L", supplier="OTHER")) == (True, holds)
