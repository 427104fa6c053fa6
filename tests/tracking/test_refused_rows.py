"""What of a site file is refused row by row: a GTIN whose check digit is wrong."""

from __future__ import annotations

import pytest
from stdnum import ean

from tracking.refused_rows import gtin_fault, without_refused
from tracking.site import Item, Site

RIGHT = ("09521234543213", "9521234543213", "5901234123457", "96385074", "012345678905", "12345678905")


@pytest.mark.parametrize("gtin", RIGHT)
def test_every_other_last_digit_is_wrong_and_the_right_one_is_named(gtin: str) -> None:
    assert ean.is_valid(gtin.zfill(14) if len(gtin) > 8 else gtin)
    assert gtin_fault(gtin) == ""
    for digit in set("0123456789") - {gtin[-1]}:
        assert gtin_fault(gtin[:-1] + digit) == (
            f"GTIN {gtin[:-1]}{digit} ends in {digit}, its check digit is {gtin[-1]}"
        )


@pytest.mark.parametrize("text", ["", "PUMP-100", "1234567", "095212345432130", "\u0660" * 8])
def test_what_is_no_gtin_has_no_check_digit(text: str) -> None:
    assert gtin_fault(text) == ""


def test_the_gtin_goes_and_nothing_else() -> None:
    items = (
        Item(item="A", gtins=("09521234543213",)),
        Item(item="B", gtins=("09521234543213", "09521234543214", "96385070")),
        Item(item="C"),
    )
    site = Site(site="HAM", items=items)
    taken, refused = without_refused(site)
    assert [(item.item, item.gtins) for item in taken.items] == [
        ("A", ("09521234543213",)),
        ("B", ("09521234543213",)),
        ("C", ()),
    ]
    first, second = (
        "GTIN 09521234543214 ends in 4, its check digit is 3",
        "GTIN 96385070 ends in 0, its check digit is 4",
    )
    assert refused == (f"row 2 of items, B: {first}; {second}",)
    assert without_refused(taken) == (taken, ())


def test_an_item_that_is_known_stays_as_it_was() -> None:
    slip, other = Item(item="A", gtins=("09521234543214",)), Item(item="B")
    taken, refused = without_refused(Site(site="HAM", items=(slip, other)), {"A", "B"}.__contains__)
    assert (taken.items, len(refused)) == ((other,), 1)
