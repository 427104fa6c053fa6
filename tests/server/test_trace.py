"""Questions about units: the shape that people script against, and its truth."""

from __future__ import annotations

from typing import Any

from tests.server.fleet import Handheld, Office, receiving, site_file
from tracking.events import Event, event_id


def ask(office: Office, address: str, **query: str) -> Any:
    answer = office.http.get(address, params=query, headers=office.auth)
    assert answer.status_code == 200, answer.text
    return answer.json()["units"]


def test_a_unit_has_the_shape_that_is_promised(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    handheld.write(receiving("S1", location="HAM-A", lot="L7", party="ACME"))
    handheld.send()
    office.settle()
    (unit,) = ask(office, "/v1/units/PUMP/S1")
    assert unit["warranty"] == {"until": None, "in_warranty": False}, (
        "as a handheld says it of what is not sold"
    )
    handheld.write(Event(step="shipping", item="PUMP", serial="S1", party="BLUE", document="SO-1", line=1))
    handheld.send()
    office.settle()
    (unit,) = ask(office, "/v1/units/PUMP/S1")
    assert (unit["item"], unit["serial"], unit["status"], unit["flags"]) == ("PUMP", "S1", "shipped", [])
    assert (unit["lot"], unit["supplier"], unit["customer"], unit["location"]) == ("L7", "ACME", "BLUE", "")
    assert unit["warranty"] == {"until": "2028-11-23", "in_warranty": True}
    assert unit["installed_in"] is None
    assert unit["contains"] == []
    first, second = unit["history"]
    assert {"at", "device", "operator", "step", "document", "evidence", "event_id"} <= first.keys()
    assert (first["step"], first["document"], first["device"]) == ("receiving", "PO-1", handheld.device)
    assert (first["operator_name"], first["evidence"]) == ("Ada", "scanned")
    assert first["event_id"] == event_id(handheld.device, 1, 1, 1_695_000_000_000)
    assert second["step"] == "shipping"


def test_cancelled_and_contradicting_events_are_shown_as_such(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("S1"), receiving("S1"))
    handheld.write(Event(step="holding", action="ADD", flag="held", item="PUMP", serial="S1", reason="dent"))
    handheld.write(Event(step="holding", item="PUMP", serial="S1", cancels=f"{handheld.device}/1/3"))
    handheld.send()
    office.settle()
    (unit,) = ask(office, "/v1/units", serial="S1")
    assert [(one["counted"], one["cancelled"]) for one in unit["history"]] == [
        (True, False),
        (False, False),
        (False, True),
        (True, False),
    ]
    assert unit["flags"] == []
    assert [one["kind"] for one in unit["exceptions"]] == ["received_twice"]


def test_what_is_in_it_is_a_tree_and_a_circle_ends(office: Office) -> None:
    units = [
        {"item": "PUMP", "serial": "P"},
        {
            "item": "MOTOR",
            "serial": "M",
            "status": "consumed",
            "installed_in": {"item": "PUMP", "serial": "P"},
        },
        {
            "item": "ROTOR",
            "serial": "R",
            "status": "consumed",
            "installed_in": {"item": "MOTOR", "serial": "M"},
        },
        {"item": "X", "serial": "1", "status": "consumed", "installed_in": {"item": "X", "serial": "2"}},
        {"item": "X", "serial": "2", "status": "consumed", "installed_in": {"item": "X", "serial": "1"}},
    ]
    office.load(site_file(units=units))
    office.settle()
    (pump,) = ask(office, "/v1/units/PUMP/P")
    (motor,) = pump["contains"]
    assert (motor["item"], motor["serial"]) == ("MOTOR", "M")
    assert [(one["item"], one["serial"], one["contains"]) for one in motor["contains"]] == [
        ("ROTOR", "R", [])
    ]
    (rotor,) = ask(office, "/v1/units/ROTOR/R")
    assert rotor["installed_in"] == {"item": "MOTOR", "serial": "M"}
    (circle,) = ask(office, "/v1/units/X/1")
    assert [one["serial"] for one in circle["contains"]] == ["2"]


def test_a_serial_is_found_exactly_or_by_its_end_and_within_an_item(office: Office) -> None:
    units = [
        {"item": "A", "serial": "00123"},
        {"item": "B", "serial": "00123"},
        {"item": "A", "serial": "X00123"},
    ]
    office.load(site_file(units=units))
    office.settle()
    assert [(one["item"], one["serial"]) for one in ask(office, "/v1/units", serial="00123")] == [
        ("A", "00123"),
        ("B", "00123"),
    ]
    assert [one["item"] for one in ask(office, "/v1/units", serial="00123", item="B")] == ["B"]
    assert len(ask(office, "/v1/units", serial="0123")) == 3
    assert ask(office, "/v1/units", serial="23") == []
    assert ask(office, "/v1/units", serial="%") == []


def test_names_may_contain_what_an_address_is_made_of(office: Office, handheld: Handheld) -> None:
    handheld.write(Event(step="receiving", item="A/B", serial="1/2?3#4%2F"))
    handheld.send()
    office.settle()
    (unit,) = ask(office, "/v1/units/A%2FB/1%2F2%3F3%234%252F")
    assert (unit["item"], unit["serial"]) == ("A/B", "1/2?3#4%2F")


def test_a_unit_that_nobody_named_is_unknown_and_nobody_asks_without_a_token(
    office: Office, handheld: Handheld
) -> None:
    assert office.http.get("/v1/units/PUMP/none", headers=office.auth).status_code == 404
    assert office.http.get("/v1/units/PUMP/none", headers=handheld.auth).status_code == 404
    assert office.http.get("/v1/units", headers=office.auth).status_code == 400
    for address in ("/v1/units?serial=1", "/v1/units/PUMP/1"):
        assert office.http.get(address).status_code == 401


def test_a_refused_scan_is_no_part_of_the_history_unless_the_unit_is_wanted(
    office: Office, handheld: Handheld
) -> None:
    handheld.write(
        receiving("S1"),
        Event(step="sighting", item="PUMP", serial="S1", code="not_on_document"),
        Event(step="sighting", item="PUMP", serial="S1", code="stolen", location="GATE"),
    )
    handheld.send()
    office.settle()
    (unit,) = ask(office, "/v1/units", serial="S1")
    assert [(one["step"], one["location"]) for one in unit["history"]] == [
        ("receiving", ""),
        ("sighting", "GATE"),
    ]


def test_the_cartons_that_a_unit_was_in_are_told_with_their_times(office: Office, handheld: Handheld) -> None:
    handheld.write(
        receiving("S1", container="SSCC-1"),
        Event(step="unpacking", action="DELETE", item="PUMP", serial="S1", parent_container="SSCC-1"),
        Event(step="packing", action="ADD", item="PUMP", serial="S1", parent_container="CARTON-7"),
    )
    handheld.send()
    office.settle()
    (unit,) = ask(office, "/v1/units", serial="S1")
    assert [(one["container"], bool(one["until"])) for one in unit["containers"]] == [
        ("SSCC-1", True),
        ("CARTON-7", False),
    ]
    assert unit["container"] == "CARTON-7"
    assert [one["container"] for one in unit["history"]] == ["SSCC-1", "", "CARTON-7"]
    office.http.post("/sign-in", data={"token": office.running.office_token})
    assert "SSCC-1" in office.http.get("/units/PUMP/S1").text
