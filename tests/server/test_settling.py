"""Somebody's word on an exception: it leaves the list and the handhelds, and stays in the unit's history."""

from __future__ import annotations

import msgspec
import pytest

from server import projection
from server.rebuild import rebuild
from server.settling import Settlement, settle, settled
from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.server.test_projection import everything
from tracking import clock
from tracking.events import Event


@pytest.fixture
def twice(office: Office) -> tuple[Handheld, Handheld]:
    """Two docks that received the same unit."""
    office.load(site_file())
    docks = office.handheld("Dock 1"), office.handheld("Dock 2")
    for hour, dock in enumerate(docks, 1):
        dock.write(receiving("A", hlc=clock.pack(hour * 3_600_000), site="HAM"))
        assert dock.send().status_code == 200
    office.settle()
    return docks


def _listed(office: Office) -> list[dict[str, object]]:
    answer = office.http.get("/v1/exceptions", headers=office.auth)
    assert answer.status_code == 200
    return list(answer.json()["exceptions"])


def _say(office: Office, key: object, reason: str) -> int:
    said = {"key": key, "reason": reason}
    answer = office.http.post("/v1/exceptions/settle", json=said, headers=office.auth)
    office.settle()
    return answer.status_code


def _told(handheld: Handheld) -> list[str]:
    return [key for table, key in handheld.replica() if table == "exception"]


def test_a_word_with_a_reason_settles_it_everywhere(office: Office, twice: tuple[Handheld, Handheld]) -> None:
    (waiting,) = _listed(office)
    key = waiting["key"]
    assert [_told(dock) for dock in twice] == [[key], [key]]
    assert _say(office, key, "  ") == 409, "a word without a reason helps nobody later"
    assert _told(twice[0]) == [key]
    assert _say(office, key, "the label was printed twice") == 200
    assert _listed(office) == []
    assert [_told(dock) for dock in twice] == [[], []]
    unit = office.http.get("/v1/units", params={"serial": "A"}, headers=office.auth).json()["units"][0]
    (record,) = unit["exceptions"]
    assert record["settled_reason"] == "the label was printed twice"
    assert unit["history"][-1]["step"] == "settling"
    assert _say(office, key, "again") == 409, "it waits for nobody any more"


def test_a_rebuild_comes_to_the_same(office: Office, twice: tuple[Handheld, Handheld]) -> None:
    _say(office, _listed(office)[0]["key"], "looked at both")
    storage = office.running.central.storage
    before = everything(storage)
    rebuild(storage)
    assert everything(storage) == before


def test_a_third_receipt_is_a_new_exception(office: Office, twice: tuple[Handheld, Handheld]) -> None:
    _say(office, _listed(office)[0]["key"], "looked at both")
    twice[0].write(receiving("A", hlc=clock.pack(9 * 3_600_000), site="HAM"))
    twice[0].send(twice[0].batch(2, 2))
    office.settle()
    (waiting,) = _listed(office)
    assert str(waiting["key"]).startswith("received_twice/")


def test_a_carton_on_two_pallets_waits_until_it_is_settled(office: Office) -> None:
    office.load(site_file())
    docks = office.handheld("Dock 1"), office.handheld("Dock 2")
    for hour, (dock, pallet) in enumerate(zip(docks, ("P-1", "P-2"), strict=True), 1):
        put = Event(step="packing", action="ADD", container="C-1", parent_container=pallet)
        dock.write(msgspec.structs.replace(put, hlc=clock.pack(hour * 3_600_000)))
        assert dock.send().status_code == 200
    office.settle()
    (waiting,) = _listed(office)
    assert waiting["exception"]["container"] == "C-1"  # type: ignore[index]
    assert _say(office, waiting["key"], "it stands on P-2") == 200
    assert _listed(office) == []
    assert docks[0].replica()["container", "C-1"]["parent"] == "P-2"
    storage = office.running.central.storage
    before = everything(storage)
    rebuild(storage)
    assert everything(storage) == before


def test_an_event_that_nobody_understands_is_settled_too(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    handheld.write(msgspec.structs.replace(receiving("A"), step="teleporting"))
    handheld.send()
    office.settle()
    (waiting,) = _listed(office)
    assert str(waiting["key"]).startswith("not_understood/")
    assert _say(office, waiting["key"], "a test device") == 200
    assert _listed(office) == []
    storage = office.running.central.storage
    rebuild(storage)
    assert _listed(office) == []
    assert projection.fold_next(storage) == 0


def test_what_was_settled_is_shown_newest_first_and_no_more_than_is_asked_for(
    office: Office, twice: tuple[Handheld, Handheld]
) -> None:
    for number, serial in enumerate("BC", 2):
        for hour, dock in enumerate(twice, 1):
            dock.write(receiving(serial, hlc=clock.pack((number * 10 + hour) * 3_600_000), site="HAM"))
            assert dock.send(dock.batch(number)).status_code == 200
    office.settle()
    reasons = []
    for waiting in _listed(office):
        reasons.append(f"looked at {waiting['key']}")
        assert _say(office, waiting["key"], reasons[-1]) == 200
    with office.running.central.storage.read() as reader:
        assert [event.reason for event in settled(reader, 9)] == reasons[::-1]
        assert [event.reason for event in settled(reader, 2)] == reasons[:0:-1]


def test_a_word_is_kept_with_its_moment_and_no_longer_than_a_page(
    office: Office, twice: tuple[Handheld, Handheld]
) -> None:
    storage = office.running.central.storage
    said = Settlement(key=str(_listed(office)[0]["key"]), reason="  " + "x" * 501 + "  ")
    settle(storage, said, 1_795_000_000_123)
    office.settle()
    with storage.read() as reader:
        (event,) = settled(reader, 9)
    assert event.reason == "x" * 500
    assert (event.at, event.hlc) == ("2026-11-18T11:06:40.123+00:00", clock.pack(1_795_000_000_123))


def test_only_the_office_settles(office: Office, twice: tuple[Handheld, Handheld]) -> None:
    key = _listed(office)[0]["key"]
    said = {"key": key, "reason": "mine was right"}
    for auth in ({}, twice[0].auth):
        assert office.http.post("/v1/exceptions/settle", json=said, headers=auth).status_code in {401, 403}
        assert office.http.get("/v1/exceptions", headers=auth).status_code in {401, 403}
    assert len(_listed(office)) == 1


@pytest.mark.parametrize("way", ["interface", "page"])
def test_who_settled_it_is_in_the_event_and_on_the_page(
    office: Office, twice: tuple[Handheld, Handheld], way: str
) -> None:
    """The office's own token is everybody's: only a token with a name says who it was."""
    http, key = office.http, _listed(office)[0]["key"]
    made = http.post("/v1/staff", json={"name": "Ida", "role": "supervisor"}, headers=office.auth).json()
    form = {"key": str(key), "reason": "a misprint"}
    assert http.post("/sign-in", data={"token": made["token"], "next": "/"}).status_code == 303
    if way == "page":
        assert http.post("/exceptions/settle", data=form, follow_redirects=False).status_code == 303
    else:
        mine = {"Authorization": f"Bearer {made['token']}"}
        assert http.post("/v1/exceptions/settle", json=form, headers=mine).status_code == 200
    office.settle()
    unit = http.get("/v1/units", params={"serial": "A"}, headers=office.auth).json()["units"][0]
    assert unit["history"][-1]["operator"] == "office/Ida"
    assert ">Ida</td>" in http.get("/exceptions/settled").text
