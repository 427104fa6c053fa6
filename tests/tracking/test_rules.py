"""May this happen? Of several answers the first in the contract's order; notes only where nothing stops."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.documents import Document, Line, Tally
from tracking.rules import LETTING_OUT, Context, fits_pattern, may, stopped_anywhere
from tracking.site import NAME_CHARS_MAX, Item, Policy
from tracking.units import UnitState

TODAY = date(2026, 11, 23)
METER = Item(item="METER", serial_pattern=r"^\d{15}$", check="imei", check_policy="block")
RIGHT, WRONG_DIGIT, WRONG_SHAPE = "490154203237518", "490154203237519", "49015420323751"
ORDER = Document(
    type="sales_order", number="SO-1", party="NORTH", lines=(Line(line=1, item="METER", quantity=2),)
)


def _case(intent: str, faults: set[str]) -> tuple[UnitState, Context]:
    """A unit and its order with exactly these faults."""
    serial = (
        WRONG_SHAPE if "serial_pattern" in faults else WRONG_DIGIT if "bad_check_digit" in faults else RIGHT
    )
    done = {"receiving": "already_received", "shipping": "already_shipped"}
    good, bad = ("planned", "received") if intent == "receiving" else ("received", "shipped")
    unit = UnitState(
        item="METER",
        serial=serial,
        status=bad if done[intent] in faults else good,
        flags=tuple(sorted({"stolen", "recalled", "held"} & faults)),
        expiry="2026-11-22" if "expired" in faults else "",
    )
    foreign = bool({"wrong_item", "not_on_document"} & faults)
    document = msgspec.structs.replace(ORDER, lines=(Line(line=1, item="OTHER"),)) if foreign else ORDER
    tally = Tally(done={1: 2 if "over_quantity" in faults else 0})
    line = None if foreign else document.lines[0]
    return unit, Context(item=METER, document=document, line=line, tally=tally, today=TODAY)


SHIPPING = (
    "stolen", "recalled", "held", "already_shipped", "wrong_item", "expired", "serial_pattern", "bad_check_digit",
    "over_quantity",
)  # fmt: skip
RECEIVING = (
    "stolen", "recalled", "already_received", "not_on_document", "expired", "serial_pattern", "bad_check_digit",
    "over_quantity",
)  # fmt: skip


@pytest.mark.parametrize(("intent", "order"), [("shipping", SHIPPING), ("receiving", RECEIVING)])
@given(data=st.data())
def test_of_several_stops_the_first_in_the_contracts_order(
    intent: str, order: tuple[str, ...], data: st.DataObject
) -> None:
    faults = data.draw(st.sets(st.sampled_from(order), min_size=1))
    unit, context = _case(intent, faults)
    assert may(intent, unit, context).code == next(code for code in order if code in faults)


@pytest.mark.parametrize("intent", ["shipping", "receiving"])
def test_without_a_fault_it_happens(intent: str) -> None:
    answer = may(intent, *_case(intent, set()))
    assert (answer.code, answer.level) == ({"shipping": "shipped", "receiving": "received"}[intent], "ok")
    assert (answer.item, answer.serial) == ("METER", RIGHT)


@pytest.mark.parametrize("code", SHIPPING)
def test_every_stop_names_the_unit(code: str) -> None:
    answer = may("shipping", *_case("shipping", {code}))
    assert answer.stops
    assert answer.serial
    assert answer.fields["serial"] == answer.serial


@given(
    st.sets(
        st.sampled_from(["on_hold", "not_expected_serial", "expires_soon", "over_receipt_noted"]), min_size=1
    )
)
def test_notes_come_in_the_same_order(notes: set[str]) -> None:
    order = ("on_hold", "not_expected_serial", "expires_soon", "over_receipt_noted")
    unit = UnitState(
        item="METER",
        serial=RIGHT,
        status="planned",
        flags=("held",) if "on_hold" in notes else (),
        expiry="2026-12-01" if "expires_soon" in notes else "2030-01-01",
    )
    named = ("49",) if "not_expected_serial" in notes else (RIGHT,)
    document = Document(
        type="asn", number="N-1", lines=(Line(line=1, item="METER", quantity=1, serials=named),)
    )
    context = Context(
        item=METER,
        document=document,
        line=document.lines[0],
        tally=Tally(done={1: 1 if "over_receipt_noted" in notes else 0}),
        policy=Policy(over_receipt="note"),
        today=TODAY,
    )
    assert may("receiving", unit, context).code == next(code for code in order if code in notes)


@pytest.mark.parametrize("intent", ["receiving", "storing", "stock_taking", "returning"])
def test_a_hold_stops_only_what_lets_out_or_uses_up(intent: str) -> None:
    status = "shipped" if intent == "returning" else "planned" if intent == "receiving" else "received"
    unit = UnitState(item="METER", serial=RIGHT, status=status, flags=("held",))
    assert may(intent, unit, Context(item=METER, today=TODAY)).code == "on_hold"
    assert intent not in LETTING_OUT


@pytest.mark.parametrize("intent", sorted(LETTING_OUT))
@pytest.mark.parametrize("flag", ["held", "recalled", "stolen"])
def test_flags_stop_what_lets_out(intent: str, flag: str) -> None:
    unit = UnitState(item="METER", serial=RIGHT, status="received", flags=(flag,))
    assert may(intent, unit, Context(item=METER, today=TODAY)).code == flag


def test_stolen_and_recalled_stop_anywhere() -> None:
    for flags, code in (
        (("stolen",), "stolen"),
        (("recalled", "stolen"), "stolen"),
        (("recalled",), "recalled"),
    ):
        found = stopped_anywhere(UnitState(item="A", serial="1", flags=flags))
        assert found is not None
        assert found.code == code
    assert stopped_anywhere(UnitState(item="A", serial="1", flags=("held", "missing"))) is None


def test_a_foreign_vin_warns_where_the_policy_blocks() -> None:
    car = Item(item="CAR", check="vin", check_policy="block")
    unit = UnitState(item="CAR", serial="WBAWBAWBAWBAWBAWB", status="planned")
    assert may("receiving", unit, Context(item=car, today=TODAY)).code == "check_digit_warning"
    native = msgspec.structs.replace(unit, serial="1M8GDM9A1KP042788")
    assert may("receiving", native, Context(item=car, today=TODAY)).code == "bad_check_digit"


@pytest.mark.parametrize(
    ("policy", "code"), [("off", "received"), ("warn", "check_digit_warning"), ("block", "bad_check_digit")]
)
def test_the_check_digit_by_policy(policy: str, code: str) -> None:
    item = msgspec.structs.replace(METER, check_policy=policy)
    unit = UnitState(item="METER", serial=WRONG_DIGIT, status="planned")
    assert may("receiving", unit, Context(item=item, today=TODAY)).code == code


@pytest.mark.parametrize(("policy", "code"), [("stop", "not_received"), ("note", "new_serial")])
def test_an_unknown_serial_at_shipping_by_policy(policy: Literal["stop", "note"], code: str) -> None:
    unit = UnitState(item="METER", serial=RIGHT)
    context = Context(
        item=METER,
        document=ORDER,
        line=ORDER.lines[0],
        policy=Policy(unknown_serial_at_shipping=policy),
        today=TODAY,
    )
    assert may("shipping", unit, context).code == code
    announced = msgspec.structs.replace(unit, status="planned")
    assert may("shipping", announced, context).code == "not_received", "announced is not unknown"


def test_a_lot_that_the_order_does_not_want() -> None:
    order = msgspec.structs.replace(ORDER, lines=(Line(line=1, item="METER", lot="L1"),))
    context = Context(item=METER, document=order, line=order.lines[0], today=TODAY)
    right = UnitState(item="METER", serial=RIGHT, status="received", lot="L1")
    assert may("shipping", right, context).code == "shipped"
    assert may("shipping", msgspec.structs.replace(right, lot="L2"), context).code == "not_on_document"


def test_a_pattern_is_matched_whole_in_ascii_and_bounded() -> None:
    item = Item(item="A", serial_pattern=r"SN-\d{2}")
    assert fits_pattern(item, "SN-12")
    for text in ("SN-123", "xSN-12", "SN-12\n", "SN-١٢", "sn-12", ""):
        assert not fits_pattern(item, text)
    assert not fits_pattern(Item(item="A", serial_pattern=".*"), "x" * (NAME_CHARS_MAX + 1))
    assert fits_pattern(Item(item="A"), "anything")
