"""Which goods a document is about."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import msgspec
import pytest

from scanner_app.label_goods import Goods, goods_by_document
from scanner_app.sample import SITES, Company, company
from tracking.site import Site

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def sample() -> Company:
    return company(TODAY)


def small(units: list[dict[str, Any]], document: dict[str, Any]) -> list[Goods]:
    items = [
        {"item": "PUMP", "serial_pattern": r"^P\d{4}$"},
        {"item": "PART", "serial_pattern": r"^Q\d{4}$", "requires": ["lot", "expiry"], "shelf_life_days": 10},
        {"item": "SEAL", "tracking": "lot"},
        {"item": "BOX", "tracking": "none"},
    ]
    places = [{"location": "S"}, {"location": "S-A", "parent": "S"}, {"location": "S-A-1", "parent": "S-A"}]
    data = {
        "site": "S",
        "items": items,
        "units": units,
        "locations": places,
        "documents": [{"number": "D", **document}],
    }
    return list(goods_by_document(msgspec.convert(data, Site), TODAY)["D"])


def pump(serial: str, **more: Any) -> dict[str, Any]:
    return {"item": "PUMP", "serial": serial, **more}


def test_an_arrival_has_new_serials_and_the_lot_and_date_that_its_item_requires() -> None:
    lines = [
        {"item": "PART", "quantity": 3},
        {"item": "SEAL", "quantity": 40},
        {"item": "BOX", "quantity": 9},
    ]
    goods = small([], {"type": "purchase_order", "lines": lines})
    assert [one.quantity for one in goods] == [1, 1, 1, 40, 9]
    assert len({one.serial for one in goods[:3]}) == 3
    assert {(one.lot != "", one.expiry) for one in goods[:3]} == {(True, "2026-12-03")}
    assert [(one.serial, one.lot != "") for one in goods[3:]] == [("", True), ("", False)]


def test_an_order_takes_sound_stock_only_and_what_expires_first() -> None:
    units = [
        pump("P0001", status="shipped"),
        pump("P0002", flags=["held"]),
        pump("P0003", expiry="2026-11-22"),
        pump("P0004", status="booked", document="WO-1"),
        pump("P0005"),
        pump("P0006", expiry="2027-05-01"),
        pump("P0007", expiry="2026-11-23", status="produced"),
    ]
    goods = small(units, {"type": "sales_order", "lines": [{"item": "PUMP", "quantity": 9}]})
    assert [one.serial for one in goods] == ["P0007", "P0006", "P0005"]


def test_a_work_order_takes_what_is_booked_for_it_first_and_asks_product_before_parts() -> None:
    units = [
        {"item": "PART", "serial": "Q0001"},
        {"item": "PART", "serial": "Q0002", "status": "booked", "document": "D"},
        {"item": "PART", "serial": "Q0003", "status": "booked", "document": "E"},
    ]
    bom = [{"item": "PART", "quantity": 1, "position": "A"}, {"item": "SEAL", "quantity": 2}]
    document = {
        "type": "work_order",
        "product": "PUMP",
        "bom": bom,
        "lines": [{"item": "PUMP", "quantity": 2}],
    }
    goods = small(units, document)
    assert [one.item for one in goods] == ["PUMP", "PART", "SEAL"] * 2
    assert [one.serial for one in goods if one.item == "PART"] == ["Q0002", "Q0001"]
    assert [one.quantity for one in goods if one.item == "SEAL"] == [2, 2]


def test_a_count_finds_what_is_there_also_in_the_bins_below() -> None:
    units = [
        pump("P0001", location="S-A-1"),
        pump("P0002", location="S-A", flags=["held"]),
        pump("P0003", location="S"),
        pump("P0004", location="S-A", flags=["missing"]),
        pump("P0005", location="S-A", status="shipped"),
        pump("P0006"),
    ]
    goods = small(units, {"type": "count_sheet", "location": "S-A", "blind": True})
    assert {one.serial for one in goods} == {"P0001", "P0002"}


def test_a_recall_collects_what_is_in_the_house_with_the_product_around_it() -> None:
    units: list[dict[str, Any]] = [
        {
            "item": "PART",
            "serial": "Q0001",
            "status": "consumed",
            "installed_in": {"item": "PUMP", "serial": "P0001"},
        },
        {
            "item": "PART",
            "serial": "Q0002",
            "status": "consumed",
            "installed_in": {"item": "PUMP", "serial": "P0002"},
        },
        {"item": "PART", "serial": "Q0003"},
        pump("P0001", status="produced"),
        pump("P0002", status="shipped"),
    ]
    lines = [{"item": "PART", "quantity": 3, "serials": ["Q0001", "Q0002", "Q0003"]}]
    assert {one.serial for one in small(units, {"type": "recall", "lines": lines})} == {"P0001", "Q0003"}


@pytest.mark.parametrize("code", SITES)
def test_every_order_of_the_sample_can_be_filled(sample: Company, code: str) -> None:
    site = sample.site(code)
    goods = goods_by_document(site, TODAY)
    for document in site.documents:
        if document.type in {"purchase_order", "asn", "sales_order", "rma"}:
            wanted = Counter({line.item: line.quantity for line in document.lines})
            got = Counter[str]()
            for one in goods[document.number]:
                got[one.item] += one.quantity
            assert got == wanted
        elif document.type == "work_order":
            built = sum(one.item == document.product for one in goods[document.number])
            parts = sum(one.quantity for one in goods[document.number]) - built
            assert built == document.total
            assert parts == built * sum(position.quantity for position in document.bom)
        else:
            assert goods[document.number]


def test_no_arrival_exists_anywhere_in_the_company_and_none_comes_twice(sample: Company) -> None:
    known = {(unit["item"], unit["serial"]) for code in SITES for unit in sample.sites[code]["units"]}
    came: Counter[tuple[str, str]] = Counter()
    for code in SITES:
        site = sample.site(code)
        goods = goods_by_document(site, TODAY)
        for document in site.documents:
            if document.type == "purchase_order":
                came.update((one.item, one.serial) for one in goods[document.number] if one.serial)
    assert len(came) > 200
    assert max(came.values()) == 1
    assert not known & set(came)


@pytest.mark.parametrize("code", SITES)
def test_no_unit_is_picked_for_two_documents(sample: Company, code: str) -> None:
    site = sample.site(code)
    goods = goods_by_document(site, TODAY)
    taken = Counter(
        (one.item, one.serial)
        for document in site.documents
        if document.type in {"sales_order", "work_order"}
        for one in goods[document.number]
        if one.serial
    )
    assert max(taken.values()) == 1
