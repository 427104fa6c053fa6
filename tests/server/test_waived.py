"""A stop that a supervisor took upon himself: on the unit's page, in its history, and with the exception of it."""

from __future__ import annotations

import msgspec

from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.server.test_pages import open_office as open_office
from tracking.events import Event, encode_body
from tracking.exceptions import ExceptionRecord

TAKEN = {"supervisor": "OP-7", "waived": "booked_elsewhere", "reason": "the order can wait"}
SHIPPED = msgspec.convert(
    {"step": "shipping", "item": "PUMP", "serial": "S1", "document": "SO-1", "site": "HAM", **TAKEN}, Event
)


def _shipped(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    handheld.write(receiving("S1", site="HAM"))
    handheld.write(
        Event(step="reserving", action="ADD", item="PUMP", serial="S1", document="WO-9", site="HAM")
    )
    handheld.write(SHIPPED)
    assert handheld.send().status_code == 200
    office.settle()


def test_the_history_tells_who_waived_what_and_why(office: Office, handheld: Handheld) -> None:
    _shipped(office, handheld)
    (unit,) = office.http.get("/v1/units/PUMP/S1", headers=office.auth).json()["units"]
    last = unit["history"][-1]
    assert {name: last[name] for name in TAKEN} == TAKEN
    assert last["supervisor_name"] == "Ada"
    assert unit["history"][0]["waived"] == ""


def test_the_exception_that_comes_of_it_names_the_supervisor(office: Office, handheld: Handheld) -> None:
    _shipped(office, handheld)
    (listed,) = office.http.get("/v1/exceptions", headers=office.auth).json()["exceptions"]
    assert listed["exception"]["kind"] == "shipping_while_booked"
    assert {name: listed["exception"]["second"][name] for name in TAKEN} == TAKEN


def test_the_pages_of_the_office_show_it(open_office: Office) -> None:
    _shipped(open_office, open_office.handheld("Dock 1"))
    page = open_office.http.get("/units/PUMP/S1").text
    for said in ("stop waived", "Booked elsewhere", "Ada", "the order can wait"):
        assert said in page
    exceptions = open_office.http.get("/exceptions").text
    for said in ("Stop waived", "Booked elsewhere by Ada: the order can wait"):
        assert said in exceptions


def test_an_event_that_nobody_took_over_is_no_byte_longer() -> None:
    event = Event(step="shipping", item="PUMP", serial="S1")
    assert b"waived" not in encode_body(event)
    assert b"supervisor" not in encode_body(event)


def test_a_program_that_does_not_know_the_fields_keeps_them_and_reads_the_rest() -> None:
    class Older(msgspec.Struct, frozen=True):
        step: str
        item: str = ""

    body = encode_body(SHIPPED)
    assert msgspec.json.decode(body, type=Older) == Older("shipping", "PUMP")
    newer = b'{"kind":"x","item":"","serial":"","first":{"later":1},"second":{}}'
    assert msgspec.json.decode(newer, type=ExceptionRecord).kind == "x"
