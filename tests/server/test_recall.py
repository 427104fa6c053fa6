"""A recall over the server's books: exactly the affected units, through three levels, past every near miss."""

from __future__ import annotations

from typing import Any

import pytest

from server.rebuild import rebuild_where_stale
from server.storage import Storage
from tests.server.fleet import Handheld, Office, site_file
from tracking.events import Event


def unit(item: str, serial: str, **more: Any) -> dict[str, Any]:
    return {"item": item, "serial": serial, **more}


def within(item: str, serial: str) -> dict[str, Any]:
    return {"status": "consumed", "installed_in": {"item": item, "serial": serial}}


BOOKS = [
    unit("ROTOR", "R1", lot="L7", supplier="ACME", **within("MOTOR", "M1")),
    unit("ROTOR", "R2", lot="L7", supplier="ACME"),  # never installed
    unit("ROTOR", "R3", lot="L7", supplier="OTHER", **within("MOTOR", "M2")),  # the lot of another supplier
    unit("FAN", "R1", lot="L8", supplier="ACME", **within("MOTOR", "M2")),  # the same serial, another item
    unit("MOTOR", "M1", **within("PUMP", "P1")),
    unit("MOTOR", "M2", **within("PUMP", "P2")),
    unit("MOTOR", "M3", **within("PUMP", "P3")),
    *(unit("PUMP", serial, status="shipped", customer="NORTH") for serial in ("P1", "P2", "P3")),
    unit("PUMP", "P4", location="HAM-A"),
]


@pytest.fixture
def books(office: Office, handheld: Handheld) -> Office:
    office.load(site_file(units=BOOKS))
    handheld.write(
        Event(step="receiving", item="ROTOR", serial="R4", lot="L7", party="ACME"),
        Event(step="installing", item="ROTOR", serial="R4", parent_item="MOTOR", parent_serial="M3"),
        Event(step="removing", item="ROTOR", serial="R4", parent_item="MOTOR", parent_serial="M3"),
        Event(step="receiving", item="SEAL", lot="26-7", quantity=50, party="ACME", document="PO-1", line=2),
        Event(
            step="installing",
            item="SEAL",
            lot="26-7",
            quantity=2,
            parent_item="MOTOR",
            parent_serial="M2",
            position="C",
        ),
        Event(step="installing", item="SEAL", lot="26-7", quantity=1, parent_item="PUMP", parent_serial="P4"),
        Event(step="removing", item="SEAL", lot="26-7", quantity=1, parent_item="PUMP", parent_serial="P4"),
    )
    assert handheld.send().status_code == 200
    office.settle()
    return office


def ask(office: Office, **query: str) -> Any:
    answer = office.http.get("/v1/recall", params=query, headers=office.auth)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(found: Any) -> dict[str, list[str]]:
    return {f"{one['item']}/{one['serial']}": one["via"] for one in found["affected"]}


def test_one_suppliers_lot_through_three_levels(books: Office) -> None:
    found = ask(books, lot="L7", supplier="ACME")
    assert names(found) == {
        "MOTOR/M1": ["ROTOR/R1"],
        "PUMP/P1": ["ROTOR/R1", "MOTOR/M1"],
        "ROTOR/R1": [],
        "ROTOR/R2": [],
        "ROTOR/R4": [],
    }
    assert found["by_customer"] == {"NORTH": 1}
    assert sum(found["by_status"].values()) == 5
    assert found["by_status"]["shipped"] == 1
    (pump,) = [one for one in found["affected"] if one["item"] == "PUMP"]
    assert (pump["status"], pump["location"], pump["customer"]) == ("shipped", "", "NORTH")
    assert names(ask(books, lot="L7")).keys() - names(found).keys() == {"ROTOR/R3", "MOTOR/M2", "PUMP/P2"}


def test_a_component_and_a_range(books: Office) -> None:
    assert names(ask(books, component="FAN/R1")).keys() == {"FAN/R1", "MOTOR/M2", "PUMP/P2"}
    found = ask(books, item="ROTOR", **{"from": "R1", "to": "R2"})
    assert names(found).keys() == {"ROTOR/R1", "ROTOR/R2", "MOTOR/M1", "PUMP/P1"}
    assert names(ask(books, item="ROTOR", **{"from": "R2", "to": "R10"})).keys() == {
        "ROTOR/R2", "ROTOR/R3", "ROTOR/R4", "MOTOR/M2", "PUMP/P2",
    }  # fmt: skip


def test_parts_by_quantity_taint_what_still_holds_some(books: Office) -> None:
    found = ask(books, lot="26-7", supplier="ACME")
    assert names(found) == {"MOTOR/M2": ["SEAL/lot 26-7"], "PUMP/P2": ["SEAL/lot 26-7", "MOTOR/M2"]}
    (motor,) = books.http.get("/v1/units/MOTOR/M2", headers=books.auth).json()["units"]
    assert [(one["item"], one["serial"], one["lot"], one["quantity"]) for one in motor["contains"]] == [
        ("FAN", "R1", "L8", 1),
        ("ROTOR", "R3", "L7", 1),
        ("SEAL", "", "26-7", 2),
    ]
    (pump,) = books.http.get("/v1/units/PUMP/P4", headers=books.auth).json()["units"]
    assert pump["contains"] == []


def test_what_is_unknown_no_question_or_nobodys_business(books: Office, handheld: Handheld) -> None:
    for query in (
        {"lot": "L9"},
        {"component": "ROTOR/R9"},
        {"item": "FAN", "from": "A", "to": "B"},
        {"lot": "26-7", "supplier": "X"},
    ):
        assert books.http.get("/v1/recall", params=query, headers=books.auth).status_code == 404, query
    for query in ({}, {"supplier": "ACME"}, {"lot": "L7", "component": "A/B"}):
        answer = books.http.get("/v1/recall", params=query, headers=books.auth)
        assert (answer.status_code, answer.json()["error"]) == (400, "malformed"), query
        assert "…" not in answer.json()["detail"], "the sentence is told to its end"
    assert books.http.get("/v1/recall?lot=L7").status_code == 401
    assert books.http.get("/v1/recall?lot=L7", headers=handheld.auth).status_code == 403


def test_books_of_an_older_version_are_made_anew_once(storage: Storage) -> None:
    with storage.read() as reader:
        assert reader.row("SELECT value FROM meta WHERE name = 'stale'")
    rebuild_where_stale(storage)
    with storage.read() as reader:
        assert reader.row("SELECT value FROM meta WHERE name = 'stale'") is None


def test_a_way_of_any_depth_ends_at_the_outermost_and_a_circle_where_it_began(office: Office) -> None:
    levels = 9
    chain = [
        unit("LEVEL", f"D{n}", lot="DEEP" * (n == 0), **within("LEVEL", f"D{n + 1}")) for n in range(levels)
    ]
    circle = [
        unit("RING", f"C{n}", lot="ROUND" * (n == 0), **within("RING", f"C{(n + 1) % 7}")) for n in range(7)
    ]
    nobody = unit("LEVEL", "X1", lot="LOST", **within("LEVEL", "NOBODY"))
    office.load(site_file(units=[*chain, unit("LEVEL", f"D{levels}", status="shipped"), *circle, nobody]))
    office.settle()
    found = ask(office, lot="DEEP")
    assert names(found) == {f"LEVEL/D{n}": [f"LEVEL/D{m}" for m in range(n)] for n in range(levels + 1)}
    assert found["by_status"] == {"consumed": levels, "shipped": 1}
    assert names(ask(office, lot="ROUND")) == {
        f"RING/C{n}": [f"RING/C{m}" for m in range(n)] for n in range(7)
    }
    assert names(ask(office, lot="LOST")) == {"LEVEL/X1": [], "LEVEL/NOBODY": ["LEVEL/X1"]}


def test_parts_that_meet_in_one_product_are_told_by_the_shortest_way(office: Office) -> None:
    """The way of the deepest part is learned last; what is known of the product by then must not stop it short."""
    books = [
        unit("A", "1", lot="MEET", **within("TOP", "1")),
        unit("B", "1", lot="MEET", **within("SUB", "1")),
        unit("C", "1", lot="MEET", **within("SUB", "2")),
        unit("SUB", "2", **within("SUB", "1")),
        unit("SUB", "1", **within("TOP", "1")),
        unit("TOP", "1", **within("CRATE", "1")),
        unit("CRATE", "1", **within("SHIP", "1")),
        unit("SHIP", "1", status="shipped"),
    ]
    office.load(site_file(units=books))
    office.settle()
    assert names(ask(office, lot="MEET")) == {
        "A/1": [], "B/1": [], "C/1": [], "SUB/1": ["B/1"], "SUB/2": ["C/1"], "TOP/1": ["A/1"],
        "CRATE/1": ["A/1", "TOP/1"], "SHIP/1": ["A/1", "TOP/1", "CRATE/1"],
    }  # fmt: skip
