"""Cartons and pallets: new SSCCs, and what a container's own events say of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tracking.containers import device_reference, fold_container, prefix_fault, sscc
from tracking.events import Event
from tracking.identifiers.reader import read

PREFIXES = st.text(alphabet="0123456789", min_size=4, max_size=12)


@given(PREFIXES, st.integers(0, 10**20))
def test_a_new_sscc_is_one_that_every_reader_takes(prefix: str, reference: int) -> None:
    code = sscc(prefix, reference)
    assert (len(code), code[1 : 1 + len(prefix)]) == (18, prefix)
    best = read("00" + code, "]C1", today=date(2026, 11, 23))[0]
    assert (best.ok, best.sscc) == (True, code)


@given(st.integers(1, 900_000), st.integers(1, 900_000))
def test_two_cartons_of_one_handheld_never_get_one_number(first: int, second: int) -> None:
    codes = {sscc("4012345", device_reference("hh-1", 1, number)) for number in (first, second)}
    assert len(codes) == len({first, second})


def test_handhelds_do_not_give_the_same_numbers() -> None:
    codes = {
        sscc("4012345", device_reference(f"hh-{device}", 1, number))
        for device in range(12)
        for number in range(40)
    }
    assert len(codes) == 12 * 40


def test_what_is_no_company_prefix_is_named() -> None:
    assert [bool(prefix_fault(text)) for text in ("4012345", "123", "40123456789012", "40A2345", "\u0661234567")] == [
        False, True, True, True, True,
    ]  # fmt: skip


def _event(seq: int, step: str, **fields: object) -> Event:
    return Event(step=step, container="C-1", hlc=seq, device="a", epoch=1, seq=seq, **fields)  # type: ignore[arg-type]


def test_a_container_is_where_its_last_event_put_it_in_whatever_order_they_arrive() -> None:
    events = [
        _event(1, "commissioning"),
        _event(2, "storing", location="A"),
        _event(3, "packing", parent_container="P-1"),
        _event(4, "storing", location="B"),
    ]
    state = fold_container("C-1", reversed(events))
    assert (state.known, state.parent, state.location, state.shipped) == (True, "P-1", "B", False)
    gone = fold_container("C-1", [*events, _event(5, "shipping")])
    assert (gone.parent, gone.location, gone.shipped) == ("", "", True)
    back = fold_container("C-1", [*events, _event(5, "shipping"), _event(6, "shipping", cancels="a/1/5")])
    assert back == state
    assert not fold_container(
        "C-1", [_event(1, "commissioning"), _event(2, "commissioning", cancels="a/1/1")]
    ).known
