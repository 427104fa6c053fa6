"""A site's file that comes after the scans: recall, pages and handhelds learn from it what no scan told."""

from __future__ import annotations

from typing import Any

import pytest

from server.rebuild import rebuild
from tests.server.fleet import Handheld, Office, receiving, site_file

BOOKS = [
    {
        "item": "PUMP",
        "serial": "S1",
        "supplier": "ACME",
        "lot": "L7",
        "expiry": "2028-10-31",
        "location": "X",
    },
    {"item": "PUMP", "serial": "S2", "supplier": "ACME", "lot": "L7"},
    {"item": "PUMP", "serial": "S3", "supplier": "ACME", "lot": "L7"},
]


@pytest.fixture
def office_after_scans(office: Office, handheld: Handheld) -> Office:
    """S1 was scanned without lot or supplier, S2 under another lot, S3 never."""
    handheld.write(receiving("S1", location="HAM-B"), receiving("S2", lot="L1", party="BOLT"))
    handheld.send()
    office.settle()
    office.load(site_file(units=BOOKS))
    office.settle()
    return office


def recalled(office: Office, **query: str) -> list[str]:
    answer = office.http.get("/v1/recall", params=query, headers=office.auth)
    return [one["serial"] for one in answer.json()["affected"]] if answer.status_code == 200 else []


def unit(office: Office, serial: str) -> Any:
    return office.http.get("/v1/units", params={"serial": serial}, headers=office.auth).json()["units"][0]


def test_a_recall_by_supplier_finds_what_was_scanned_before_the_file(office_after_scans: Office) -> None:
    office = office_after_scans
    assert recalled(office, lot="L7", supplier="ACME") == ["S1", "S3"]
    assert recalled(office, lot="L1", supplier="BOLT") == ["S2"], "what a scan told stands"
    before = [unit(office, serial) for serial in ("S1", "S2", "S3")]
    rebuild(office.running.central.storage)
    assert [unit(office, serial) for serial in ("S1", "S2", "S3")] == before


def test_unit_and_pages_show_it_beside_what_was_scanned(office_after_scans: Office) -> None:
    office = office_after_scans
    found = unit(office, "S1")
    assert (found["supplier"], found["lot"], found["location"]) == ("ACME", "L7", "HAM-B")
    office.http.post("/sign-in", data={"token": office.running.office_token})
    assert "ACME" in office.http.get("/units/PUMP/S1").text
    assert "S1" in office.http.get("/recall", params={"lot": "L7", "supplier": "ACME"}).text


def test_handhelds_are_told(office_after_scans: Office, handheld: Handheld) -> None:
    held = handheld.replica()
    row = held["unit", '["PUMP","S1"]']
    assert (row["supplier"], row["lot"], row["expiry"]) == ("ACME", "L7", "2028-10-31")
    assert (row["status"], row["location"]) == ("received", "HAM-B")
    assert held["tally", "PO-1"]["done"] == {"1": 2}, "a late file credits nothing"


def test_a_corrected_file_corrects_what_only_a_file_told(office_after_scans: Office) -> None:
    office = office_after_scans
    office.load(site_file(units=[{**one, "lot": "L8", "location": "HAM-C"} for one in BOOKS]))
    office.settle()
    assert [unit(office, serial)["lot"] for serial in ("S1", "S2", "S3")] == ["L8", "L1", "L8"]
    assert [unit(office, serial)["location"] for serial in ("S1", "S3")] == ["HAM-B", "HAM-C"]
    assert recalled(office, lot="L7", supplier="ACME") == []


def test_what_a_file_leaves_out_stays(office_after_scans: Office) -> None:
    office = office_after_scans
    office.load(site_file(units=[{"item": "PUMP", "serial": serial} for serial in ("S1", "S3")]))
    office.settle()
    assert [unit(office, serial)["lot"] for serial in ("S1", "S3")] == ["L7", "L7"]
    assert recalled(office, lot="L7", supplier="ACME") == ["S1", "S3"]
