"""An opening balance that comes late, or twice: it tells what no scan told, and never overrules one."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.happenings import ITEM, SERIAL, history
from tracking.events import Event
from tracking.genealogy import links_of_unit
from tracking.openings import DETAILS, is_opening
from tracking.units import UnitState, fold

LATE = 100


def _scan(seq: int, step: str, **fields: Any) -> Event:
    named = {"item": ITEM, "serial": SERIAL, "hlc": seq, "device": "a", "epoch": 1, **fields, "seq": seq}
    return Event(step=step, **named)


def _file(hlc: int, **fields: Any) -> Event:
    named = {"action": "ADD", "status": "received", "evidence": "imported", "device": "office", **fields}
    return _scan(hlc, "commissioning", **named)


def _state(*events: Event) -> UnitState:
    return fold(ITEM, SERIAL, events).state


def test_a_file_that_comes_late_tells_supplier_lot_and_dates() -> None:
    received = _scan(1, "receiving", location="A-1", document="PO-1")
    late = _file(
        LATE, party="ACME", lot="L7", expiry="2028-10-31", made="2026-01-02", revision="C", location="MOON"
    )
    state = _state(received, late)
    assert (state.supplier, state.lot, state.expiry) == ("ACME", "L7", "2028-10-31")
    assert (state.made, state.revision) == ("2026-01-02", "C")
    assert (state.status, state.location, state.document, state.ref) == (
        "received",
        "A-1",
        "PO-1",
        received.ref,
    )


def test_what_a_scan_told_stands_whether_the_file_came_before_or_after() -> None:
    received = _scan(50, "receiving", lot="L1", party="BOLT")
    for hlc in (1, LATE):
        state = _state(
            _scan(60, "storing", lot="L1"), received, _file(hlc, status="planned", party="ACME", lot="L7")
        )
        assert (state.lot, state.supplier) == ("L1", "BOLT")
    built = [_file(1, lot="L7"), _scan(50, "inspecting", lot="L1")]
    assert _state(*built, _file(LATE, lot="L9")).lot == "L1"


def test_a_scan_taken_back_told_nothing() -> None:
    received = _scan(1, "receiving", lot="L1")
    undo = _scan(2, "receiving", cancels=received.ref)
    assert _state(received, undo, _file(LATE, lot="L7")).lot == "L7"
    assert _state(received, undo, _file(LATE, location="A-2")).location == "A-2"


def test_the_sale_is_told_whole_and_only_of_what_was_sold() -> None:
    back = _scan(1, "returning")
    sold = _file(LATE, status="shipped", customer="NORTH", sold_on="2026-01-31")
    assert (_state(back, sold).customer, _state(back, sold).sold_on) == ("NORTH", "2026-01-31")
    in_stock = _state(_scan(1, "receiving"), sold)
    assert (in_stock.status, in_stock.customer, in_stock.sold_on) == ("received", "", "")
    shipped = _scan(1, "shipping", at="2026-11-23T08:00:00.000+01:00")
    other = _state(shipped, sold)
    assert (other.sold_on, other.customer) == ("2026-11-23", ""), "not half of another sale"


def test_a_late_file_credits_no_document() -> None:
    received = _scan(1, "receiving", document="PO-1", line=1)
    late = _file(LATE, party="ACME", document="PO-2", line=1)
    assert fold(ITEM, SERIAL, [late, received]).accepted == (received,)


def test_the_later_of_two_files_counts_until_somebody_handles_the_unit() -> None:
    first = _file(1, location="A-1", lot="L7", party="ACME", document="PO-1", line=1)
    second = _file(2, location="A-2", lot="L8", document="PO-2", line=1)
    folded = fold(ITEM, SERIAL, [first, second])
    assert (folded.state.location, folded.state.lot) == ("A-2", "L8")
    assert folded.state.supplier == "ACME", "what a file leaves out stays"
    assert folded.accepted == (second,), "it counts on one document, not on both"
    moved = _scan(3, "storing", location="B-1")
    third = _file(4, location="A-3", lot="L9")
    state = _state(first, second, moved, third)
    assert (state.location, state.lot) == ("B-1", "L9")


def test_a_unit_that_was_taken_apart_is_not_put_together_by_a_file() -> None:
    built = [_scan(1, "assembling", action="ADD"), _scan(2, "assembling", action="DELETE")]
    assert _state(*built).status == "planned"
    assert _state(*built, _file(LATE, status="produced")).status == "planned"


def test_a_number_that_was_only_given_out_opens_as_the_file_says() -> None:
    given_out = _scan(1, "commissioning", action="ADD", lot="L1")
    state = _state(given_out, _file(LATE, location="A-1", lot="L7", party="ACME"))
    assert (state.status, state.location, state.lot, state.supplier) == ("received", "A-1", "L1", "ACME")


def test_a_link_tells_the_lot_that_a_file_told_later() -> None:
    fitted = _scan(1, "installing", action="ADD", parent_item="GEAR", parent_serial="G-1")
    (link,) = links_of_unit(ITEM, SERIAL, [_file(LATE, lot="L7"), fitted])
    assert link.lot == "L7"


_files = st.builds(
    _file,
    st.integers(LATE, LATE + 9),
    status=st.sampled_from(["received", "shipped"]),
    lot=st.sampled_from(["", "L7", "L8"]),
    party=st.sampled_from(["", "CORK"]),
    expiry=st.sampled_from(["", "2028-10-31"]),
    location=st.sampled_from(["", "MOON"]),
)


@given(history(), st.lists(_files, max_size=3, unique_by=lambda event: event.seq), st.randoms())
def test_late_files_change_nothing_but_untold_details(
    events: list[Event], files: list[Event], chance: Any
) -> None:
    scans = [event for event in events if event.item and not is_opening(event)]
    alone = fold(ITEM, SERIAL, scans)
    mixed = [*scans, *files]
    chance.shuffle(mixed)
    with_files = fold(ITEM, SERIAL, mixed)
    assert with_files == fold(ITEM, SERIAL, [*scans, *files])
    handled = alone.state.status not in {"unknown", "planned"}
    for name, told in msgspec.structs.asdict(alone.state).items():
        now = getattr(with_files.state, name)
        if name not in DETAILS:
            assert now == told or not handled, name
        elif told:
            assert now == told, f"a scan told the {name}"
    if handled:
        assert with_files.accepted == alone.accepted
        latest = sorted(files, key=lambda event: event.order)
        for name, field in (("lot", "lot"), ("expiry", "expiry"), ("supplier", "party")):
            named = [value for event in latest if (value := getattr(event, field))]
            if named and not getattr(alone.state, name):
                assert getattr(with_files.state, name) == named[-1]
