"""What a recall means: which units are asked for, and what is made of the ways outwards."""

from __future__ import annotations

from typing import Any

import pytest

from tracking.events import Event
from tracking.genealogy import Name
from tracking.recall import RecallError, in_range, lot_use, recall_of, wanted, ways_outwards
from tracking.units import UnitState


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
    states = {
        Name("A", "1"): UnitState(item="A", serial="1", installed_in_item="B", installed_in_serial="2"),
        Name("B", "2"): UnitState(item="B", serial="2", installed_in_item="C", installed_in_serial="3"),
        Name("C", "3"): UnitState(item="C", serial="3", installed_in_item="A", installed_in_serial="1"),
    }
    found = recall_of(ways_outwards([("", Name("A", "1")), ("", Name("B", "2"))], states))
    assert {one.item: one.via for one in found.affected} == {"A": (), "B": (), "C": ("B/2",)}


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
