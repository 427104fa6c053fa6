"""Quantities in products and cartons: summed by who made them, whatever the order in which it is heard."""

from __future__ import annotations

import itertools

from tracking.events import Event
from tracking.loose import Loose, fold_loose, holder_of


def event(step: str, quantity: int, seq: int, device: str = "A", **more: str) -> Event:
    fields: dict[str, str] = {"item": "SEAL", "lot": "L1", "parent_container": "BOX"} | more
    return Event(step=step, quantity=quantity, device=device, epoch=1, seq=seq, hlc=seq << 16, **fields)  # type: ignore[arg-type]


def test_each_handhelds_part_is_kept_apart() -> None:
    events = [event("packing", 5, 1), event("packing", 3, 2, "B"), event("unpacking", 2, 3, "B")]
    for order in itertools.permutations(events):
        row = fold_loose(order)
        assert row is not None
        assert row.of == {"A/1": (Loose("SEAL", "L1", "", 5),), "B/1": (Loose("SEAL", "L1", "", 1),)}


def test_what_one_takes_out_of_anothers_is_below_nothing() -> None:
    row = fold_loose([event("packing", 5, 1), event("unpacking", 2, 2, "B")])
    assert row is not None
    assert row.of["B/1"] == (Loose("SEAL", "L1", "", -2),)


def test_a_shipped_container_comes_back_empty() -> None:
    gone = Event(step="shipping", container="BOX", device="B", epoch=1, seq=1, hlc=5 << 16)
    row = fold_loose([event("packing", 5, 1), gone, event("packing", 4, 9)])
    assert row is not None
    assert (row.of, row.emptied) == ({"A/1": (Loose("SEAL", "L1", "", 4),)}, 5 << 16)


def test_what_was_taken_back_never_went_in() -> None:
    first = event("packing", 5, 1)
    assert fold_loose([first, event("packing", 5, 2, cancels=first.ref)]) is None
    assert fold_loose([]) is None


def test_whose_contents_an_event_changes() -> None:
    assert holder_of(event("packing", 1, 1)) == ("", "BOX")
    part = event("installing", 1, 1, parent_container="", parent_item="GEAR", parent_serial="G-1")
    assert holder_of(part) == ("GEAR", "G-1")
    assert holder_of(event("receiving", 1, 1, container="C", parent_container="")) == ("", "C")
    assert holder_of(Event(step="shipping", container="C")) == ("", "C")
    assert holder_of(Event(step="storing", container="C")) is None
    assert holder_of(event("packing", 1, 1, serial="SN-1")) is None
