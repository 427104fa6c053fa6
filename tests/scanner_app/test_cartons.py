"""A carton with six codes: as one burst and one by one, in every order, it is one receipt with all that it says."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner_app.answer import Answer
from tests.scanner_app.floor import Floor, site_named
from tracking.identifiers.hibc import check_character

EVERY = 1 if os.environ.get("SCANNER_LONG") else 24
"""Every so many of the 720 orders; all of them where SCANNER_LONG is set."""
ORDERS = list(itertools.permutations(range(6)))[::EVERY]

ITEMS: list[dict[str, Any]] = [
    {
        "item": "PUMP-100",
        "gtins": ["09521234543213"],
        "serial_pattern": "^SN-\\d{6}$",
        "requires": ["lot", "expiry"],
    },
    {"item": "TWIN", "gtins": ["09521234543220"], "serial_pattern": "^SN-\\d{6}$"},
    {"item": "A999PUMP100", "gtins": ["09521234543237"], "requires": ["lot", "expiry"]},
]
ORDER = {
    "type": "purchase_order",
    "number": "PO-1",
    "party": "ACME",
    "lines": [{"item": item, "quantity": 5000} for item in ("PUMP-100", "A999PUMP100")],
}

Codes = tuple[str, str, str, str, str, str]


def gs1(number: int) -> Codes:
    """Each on a symbol of its own, with the supplier's part number and the carton's SSCC."""
    return (
        "]E09521234543213",
        "PUMP-100",
        f"]C121SN-{number:06}",
        f"]C110LOT{number}",
        "]C117271130",
        "]C100395212345432106662",
    )


def code39(number: int) -> Codes:
    """Data identifiers, one a code: part, supplier, serial, lot, expiry, quantity."""
    return (
        "]A01PPUMP-100",
        "]A0VACME",
        f"]A0SSN-{number:06}",
        f"]A01TLOT{number}",
        "]A014D20271130",
        "]A0Q1",
    )


def mixed(number: int) -> Codes:
    """A plain serial number among GS1 codes, and the supplier's code; nothing has an AIM identifier of its own."""
    return (
        "9521234543213",
        "PUMP-100",
        f"SN-{number:06}",
        f"]C110LOT{number}",
        "]C117271130",
        "ACME",
    )


def by_rules(number: int) -> Codes:
    """No standard at all: the site's prefix rules say what is what."""
    return ("PN:PUMP-100", "VEN:4711", f"SN-{number:06}", f"LOT:LOT{number}", "BEST:30.11.2027", "BOX:1/40")


RULES = [
    {"prefix": "PN:", "kind": "item", "strip": True},
    {"prefix": "LOT:", "kind": "lot", "strip": True},
    {"prefix": "BEST:", "kind": "expiry", "strip": True},
    {"prefix": "VEN:", "kind": "ignore"},
    {"prefix": "BOX:", "kind": "ignore"},
]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    site = site_named(items=ITEMS, documents=[ORDER], units=[], locations=[], prefix_rules=RULES)
    opened = Floor(tmp_path, site)
    opened.command("workflow", "receiving")
    opened.scan("PO-1")
    yield opened
    opened.close()


def received(floor: Floor) -> list[tuple[str, str, str, str]]:
    """Item, serial, lot and expiry of every receipt."""
    events = (event for event in floor.events() if event.step == "receiving")
    return [(event.item, event.serial, event.lot, event.expiry) for event in events]


def expected(count: int) -> list[tuple[str, str, str, str]]:
    return [("PUMP-100", f"SN-{number:06}", f"LOT{number}", "2027-11-30") for number in range(count)]


CARTONS = pytest.mark.parametrize("codes", [gs1, code39, mixed, by_rules])


@CARTONS
def test_a_burst_is_one_answer_in_every_order(floor: Floor, codes: Callable[[int], Codes]) -> None:
    for number, order in enumerate(ORDERS):
        floor.wait()
        answer = floor.scan(*(codes(number)[place] for place in order))
        assert answer.verdict.code == "received", (order, answer.message)
        assert len(answer.events) == 1
    assert received(floor) == expected(len(ORDERS))


@CARTONS
def test_one_by_one_ends_in_the_same_receipt_in_every_order(
    floor: Floor, codes: Callable[[int], Codes]
) -> None:
    for number, order in enumerate(ORDERS):
        answers = []
        for place in order:
            floor.wait()
            answers.append(floor.scan(codes(number)[place]))
            if answers[-1].verdict.stops:
                assert answers[-1].verdict.code == "wrong_kind", (order, answers[-1].message)
                floor.command("ack")
        assert [answer.verdict.code for answer in answers].count("received") == 1, (order, answers)
    assert received(floor) == expected(len(ORDERS))


def test_the_cartons_number_is_the_only_code_that_has_to_be_acknowledged(floor: Floor) -> None:
    answers: list[Answer] = []
    for code in gs1(7):
        floor.wait()
        answers.append(floor.scan(code))
    assert [answer.verdict.stops for answer in answers] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("second", "named"),
    [
        ("]C110LOT8", ("LOT7", "LOT8")),
        ("]C117271231", ("2027-11-30", "2027-12-31")),
        ("]C121SN-000008", ("SN-000007", "SN-000008")),
        ("]E09521234543220", ("PUMP-100", "TWIN")),
        ("SN-000008", ("SN-000007", "SN-000008")),
    ],
)
def test_a_second_value_that_differs_is_named_and_nothing_is_taken(
    floor: Floor, second: str, named: tuple[str, str]
) -> None:
    whole = [code for code in gs1(7) if not code.startswith("]C100")]
    if second == "SN-000008":
        whole[2] = "SN-000007"
    for codes in ([*whole, second], [second, *whole]):
        floor.wait()
        answer = floor.scan(*codes)
        assert answer.verdict.code == "ambiguous", answer.message
        assert all(value in answer.message for value in named)
        floor.command("ack")
    assert received(floor) == []


def test_one_by_one_a_second_lot_is_named_and_the_first_stays(floor: Floor) -> None:
    for code in ("]C121SN-000007", "]C110LOT7"):
        floor.scan(code)
    answer = floor.scan("]C110LOT8")
    assert answer.verdict.code == "ambiguous"
    assert "LOT7" in answer.message
    assert "LOT8" in answer.message
    floor.command("ack")
    floor.scan("]C117271130")
    floor.scan("PUMP-100")
    assert received(floor) == [("PUMP-100", "SN-000007", "LOT7", "2027-11-30")]


def test_two_plain_codes_that_could_be_the_lot_are_asked_about(floor: Floor) -> None:
    answer = floor.scan("SN-000007", "PUMP-100", "]C117271130", "AAA", "BBB")
    assert answer.verdict.code == "ambiguous"
    assert "AAA" in answer.message
    assert "BBB" in answer.message
    floor.command("ack")
    assert floor.scan("SN-000007", "PUMP-100", "]C117271130", "AAA").verdict.code == "received"


_HIBC = "+A999PUMP1001/$$3271130LOT7/SSN77"


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        (
            "]d201095212345432131727113010LOT7\x1d21SN-000077",
            ("PUMP-100", "SN-000077", "LOT7", "2027-11-30"),
        ),
        (
            "(01)09521234543213(17)271100(10)LOT7(21)SN-000077",
            ("PUMP-100", "SN-000077", "LOT7", "2027-11-30"),
        ),
        (
            "https://id.gs1.org/01/09521234543213/10/LOT7/21/SN-000077?17=271130",
            ("PUMP-100", "SN-000077", "LOT7", "2027-11-30"),
        ),
        (_HIBC + check_character(_HIBC), ("A999PUMP100", "SN77", "LOT7", "2027-11-30")),
        (
            "[)>\x1e06\x1d9N110375286414\x1d1PPUMP-100\x1d1TLOT7\x1d14D20271130\x1dSSN-000077\x1e\x04",
            ("PUMP-100", "SN-000077", "LOT7", "2027-11-30"),
        ),
    ],
    ids=["GS1", "GS1 month", "Digital Link", "HIBC", "ISO 15434"],
)
def test_a_udi_label_fills_everything_and_asks_nothing(
    floor: Floor, label: str, unit: tuple[str, str, str, str]
) -> None:
    answer = floor.scan(label)
    assert answer.verdict.code == "received", answer.message
    assert received(floor) == [unit]
    assert "SERIAL" in answer.prompt
