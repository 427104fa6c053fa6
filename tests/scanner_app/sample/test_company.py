"""The sample company hangs together: every number is valid, every name that is used exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from stdnum import ean, imei, luhn
from stdnum.iso7064 import mod_37_36

from scanner_app.label_serials import vin_check_digit
from scanner_app.sample import SITES, Company, company, to_json
from tracking import site as site_file
from tracking.lifecycle import FLAGS, STATUSES

TODAY = date(2026, 11, 23)
Unit = dict[str, Any]


@pytest.fixture(scope="module")
def sample() -> Company:
    return company(TODAY)


def all_units(sample: Company) -> list[Unit]:
    return [unit for code in SITES for unit in sample.sites[code]["units"]]


def test_the_same_date_gives_the_same_bytes(sample: Company) -> None:
    again = company(TODAY)
    assert [to_json(again.site_file(code)) for code in SITES] == [
        to_json(sample.site_file(code)) for code in SITES
    ]


@pytest.mark.parametrize("days", [0, 100, 463, 1000])
def test_the_site_file_loads_without_an_unknown_field_on_any_day(days: int) -> None:
    day = TODAY + timedelta(days=days)
    for code in SITES:
        loaded = site_file.load(to_json(company(day).site_file(code)).encode())
        assert (loaded.site, loaded.today) == (code, day.isoformat())


def test_the_whole_company_fits_into_one_site_file(sample: Company) -> None:
    loaded = site_file.load(to_json(sample.site_file("HAM", whole_company=True)).encode())
    assert len(loaded.units) == 5000


def test_a_caller_may_change_its_copy(sample: Company) -> None:
    sample.site_file("HAM")["units"].clear()
    sample.site_file("HAM")["items"][0]["gtins"].clear()
    assert sample.site_file("HAM")["units"]
    assert sample.site_file("HAM")["items"][0]["gtins"]


def test_counts(sample: Company) -> None:
    assert len(all_units(sample)) == 5000
    assert len(sample.items) >= 12
    assert {item["tracking"] for item in sample.items} == {"serial", "lot", "none"}
    for code in SITES:
        types = Counter(document["type"] for document in sample.sites[code]["documents"])
        assert types["purchase_order"] >= 4
        assert types["asn"] >= 2
        assert types["sales_order"] >= 5
        assert types["work_order"] >= 2
        assert (types["count_sheet"], types["rma"], types["recall"]) == (1, 1, 1)
        people = sample.sites[code]["operators"]
        assert len(people) >= 4
        assert sum("supervisor" in one["roles"] for one in people) == 1
        assert any(one["pin"] for one in people)


def test_every_status_and_every_flag_occurs_at_each_site(sample: Company) -> None:
    for code in SITES:
        units = sample.sites[code]["units"]
        assert {unit["status"] for unit in units} == set(STATUSES) - {"unknown", "picked"}
        assert {flag for unit in units for flag in unit["flags"]} == set(FLAGS)
        assert any(unit["flags"] == ["stolen"] and unit["status"] == "shipped" for unit in units)
        assert any(unit["flags"] == ["stolen"] and unit["status"] != "shipped" for unit in units)
        expired = [
            unit
            for unit in units
            if unit["status"] == "received" and unit.get("expiry", "9") < TODAY.isoformat()
        ]
        assert {unit["item"] for unit in expired} == {"METER-20", "MSEAL-30"}


def test_gtins_and_glns_have_valid_check_digits_and_belong_to_one_thing(sample: Company) -> None:
    gtins = [gtin for item in sample.items for gtin in item["gtins"]]
    glns = [place["gln"] for code in SITES for place in sample.sites[code]["locations"] if place["gln"]]
    assert len(set(gtins)) == len(gtins)
    assert len(set(glns)) == len(glns)
    assert all(len(gtin) == 14 and gtin.startswith("0952") and ean.is_valid(gtin) for gtin in gtins)
    assert all(len(gln) == 13 and gln.startswith("952") and ean.is_valid(gln) for gln in glns)
    assert all(sample.sites[code]["locations"][0]["gln"] for code in SITES)


def test_serials_fit_their_items_and_carry_valid_check_digits(sample: Company) -> None:
    items = {item["item"]: item for item in sample.items}
    checks: dict[str, Callable[[str], bool]] = {
        "none": lambda _: True,
        "imei": imei.is_valid,
        "luhn": luhn.is_valid,
        "mod37_36": mod_37_36.is_valid,
        "vin": lambda vin: vin_check_digit(vin) == vin[8],
    }
    seen = Counter[str]()
    for unit in all_units(sample):
        item = items[unit["item"]]
        assert re.fullmatch(item["serial_pattern"], unit["serial"]), unit
        assert checks[item["check"]](unit["serial"]), unit
        assert "lot" not in item["requires"] or unit["lot"]
        assert "expiry" not in item["requires"] or unit["expiry"]
        seen[item["check"]] += 1
    assert set(seen) == set(checks)


def test_a_unit_exists_once_in_the_company_but_a_text_may_be_two_units(sample: Company) -> None:
    keys = Counter((unit["item"], unit["serial"]) for unit in all_units(sample))
    assert max(keys.values()) == 1
    items_by_text: dict[str, set[str]] = {}
    for item, serial in keys:
        items_by_text.setdefault(serial, set()).add(item)
    assert sum(len(items) > 1 for items in items_by_text.values()) >= 3


@pytest.mark.parametrize("code", SITES)
def test_every_reference_resolves(sample: Company, code: str) -> None:
    site = sample.site(code)
    items = {item.item for item in site.items}
    suppliers = {party.party for party in site.parties if party.role == "supplier"}
    customers = {party.party for party in site.parties if party.role == "customer"}
    places = {place.location for place in site.locations}
    numbers = {document.number for document in site.documents}
    oldest_open = {number.split("-")[0]: number for number in sorted(numbers, reverse=True)}
    assert all(place.parent in places or place.location == code for place in site.locations)
    for document in site.documents:
        assert not document.party or document.party in suppliers | customers
        assert not document.location or document.location in places
        assert {line.item for line in document.lines} <= items
        assert {position.item for position in document.bom} <= items
        assert not document.bom or document.product in items
    units = {(unit.item, unit.serial): unit for unit in site.units}
    for unit in site.units:
        assert unit.item in items
        assert not unit.location or unit.location in places
        assert not unit.supplier or unit.supplier in suppliers
        assert not unit.customer or unit.customer in customers
        closed = unit.document and unit.document < oldest_open[unit.document.split("-")[0]]
        assert not unit.document or closed or unit.document in numbers
        assert (unit.status == "consumed") == (unit.installed_in is not None)
        if unit.installed_in is not None:
            assert (unit.installed_in.item, unit.installed_in.serial) in units


@pytest.mark.parametrize("code", SITES)
def test_products_hold_what_their_bill_of_material_says(sample: Company, code: str) -> None:
    site = sample.site(code)
    serial_items = {item.item for item in site.items if item.tracking == "serial"}
    held: dict[tuple[str, str], Counter[str]] = {}
    for unit in site.units:
        if unit.installed_in is not None:
            parent = (unit.installed_in.item, unit.installed_in.serial)
            held.setdefault(parent, Counter())[unit.item] += 1
    for document in site.documents:
        wanted = {one.item: one.quantity for one in document.bom if one.item in serial_items}
        built = [parts for (item, _), parts in held.items() if item == document.product]
        assert not document.bom or built
        assert all(parts == wanted for parts in built)


@pytest.mark.parametrize("code", SITES)
def test_an_announced_serial_is_planned_and_nothing_else_is(sample: Company, code: str) -> None:
    site = sample.site(code)
    announced = {
        (line.item, serial)
        for doc in site.documents
        if doc.type == "asn"
        for line in doc.lines
        for serial in line.serials
    }
    lots = {unit.lot for unit in site.units if unit.status == "planned"}
    assert not [unit for unit in site.units if unit.lot in lots and unit.status not in {"planned", "booked"}]
    assert announced == {(unit.item, unit.serial) for unit in site.units if unit.status == "planned"}
    assert all(
        len(line.serials) == line.quantity
        for doc in site.documents
        if doc.type == "asn"
        for line in doc.lines
    )


@pytest.mark.parametrize("code", SITES)
def test_a_return_names_units_that_its_customer_has_in_and_out_of_warranty(
    sample: Company, code: str
) -> None:
    site = sample.site(code)
    units = {(unit.item, unit.serial): unit for unit in site.units}
    [rma] = [doc for doc in site.documents if doc.type == "rma"]
    named = [units[line.item, serial] for line in rma.lines for serial in line.serials]
    assert {(unit.status, unit.customer) for unit in named} == {("shipped", rma.party)}
    limit = (TODAY - timedelta(days=731)).isoformat()
    assert min(unit.sold_on for unit in named) < limit < max(unit.sold_on for unit in named)


@pytest.mark.parametrize("code", SITES)
def test_a_recall_covers_its_lot_and_everything_that_holds_it(sample: Company, code: str) -> None:
    site = sample.site(code)
    [recall] = [doc for doc in site.documents if doc.type == "recall"]
    [line] = recall.lines
    of_lot = {unit.serial for unit in site.units if (unit.item, unit.lot) == (line.item, line.lot)}
    assert set(line.serials) == of_lot
    affected = {(line.item, serial) for serial in of_lot}
    while True:
        more = {
            (unit.installed_in.item, unit.installed_in.serial)
            for unit in site.units
            if unit.installed_in is not None and (unit.item, unit.serial) in affected
        }
        if more <= affected:
            break
        affected |= more
    assert affected == {(unit.item, unit.serial) for unit in site.units if "recalled" in unit.flags}
    assert len(affected) > len(of_lot)


def test_names_are_never_taken_for_commands_or_for_each_other(sample: Company) -> None:
    for code in SITES:
        site = sample.site(code)
        names = [
            *(one.badge for one in site.operators),
            *(doc.number for doc in site.documents),
            *(place.location for place in site.locations),
            *(item.item for item in site.items),
        ]
        assert len(set(names)) == len(names)
        patterns = [item.serial_pattern for item in site.items if item.serial_pattern]
        assert not [name for name in names for pattern in patterns if re.fullmatch(pattern, name)]
        assert msgspec.json.encode(site).count(b"%CMD:") == 0
