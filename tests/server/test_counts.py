"""Counts as the office sees them: what was found against the books of that time, and what a decision does."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import msgspec
import pytest

from server.counts import CountReport
from server.pages.counts import PAGE_LINES
from tests.server.fleet import Handheld, Office, site_file
from tests.server.test_pages import Page
from tracking import clock
from tracking.events import Event

BEFORE_MS, LATER_MS = 1_694_000_000_000, 1_695_000_900_000


def counted(serial: str, at: str = "A-1", **more: Any) -> Event:
    """One unit seen on a shelf."""
    return Event(
        step="stock_taking",
        item="PUMP",
        serial=serial,
        document="CS-1",
        location=at,
        operator=more.pop("operator", "OP-7"),
        at=more.pop("at_time", ""),
        task="stocktake",
        **more,
    )


def empty(at: str, **more: Any) -> Event:
    """A shelf with nothing on it."""
    return msgspec.structs.replace(counted("", at, **more), item="", quantity=0)


def closing(recount: int = 0) -> Event:
    """The sheet is brought to its end."""
    return Event(
        step="completing", action="ADD", document="CS-1", code="completed", recount=recount, task="stocktake"
    )


@pytest.fixture
def shelves(office: Office, handheld: Handheld) -> Handheld:
    """Six pumps on two shelves, by the books, long before anybody counts."""
    sheet = {"type": "count_sheet", "number": "CS-1", "location": "A"}
    lots = {
        "type": "count_sheet",
        "number": "CS-LOTS",
        "location": "A",
        "lines": [{"item": "SEAL", "quantity": 50}],
    }
    places = [
        {"location": "A"},
        {"location": "A-1", "parent": "A"},
        {"location": "A-2", "parent": "A"},
        {"location": "B"},
    ]
    office.load(site_file(locations=places, documents=[sheet, lots]))
    handheld.write(
        *(
            Event(
                step="receiving",
                item="PUMP",
                serial=f"P{n}",
                location="A-1" if n < 4 else "A-2",
                hlc=clock.pack(BEFORE_MS + n),
            )
            for n in range(1, 7)
        )
    )
    return handheld


def hand_in(office: Office, handheld: Handheld) -> None:
    assert handheld.send().status_code == 200
    office.settle()


def report(office: Office, number: str = "CS-1") -> CountReport:
    answer = office.http.get(f"/v1/counts/{number}", headers=office.auth)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=CountReport)


def decide(office: Office, **decision: Any) -> httpx.Response:
    body = {"seen": report(office).seen, **decision}
    return office.http.post("/v1/counts/CS-1/decision", json=body, headers=office.auth)


def kinds(found: CountReport) -> dict[str, str]:
    return {one.serial: one.kind for one in found.differences}


def unit_of(office: Office, serial: str) -> dict[str, Any]:
    found = office.http.get(f"/v1/units/PUMP/{serial}", headers=office.auth).json()["units"]
    return dict(found[0])


def test_a_right_count_has_no_differences(office: Office, shelves: Handheld) -> None:
    shelves.write(*(counted(f"P{n}", "A-1" if n < 4 else "A-2") for n in range(1, 7)), closing())
    hand_in(office, shelves)
    found = report(office)
    assert (found.state, found.counted, found.people) == ("counted", 6, ("OP-7",))
    assert found.differences == ()


def test_who_counted_what_is_told_whichever_handheld_it_went_to(office: Office, shelves: Handheld) -> None:
    """Ida counts and hands the sheet over; Bo goes on with it on another handheld, and one shelf is empty."""
    other = office.handheld("Dock 2")
    seal: dict[str, Any] = {
        "step": "stock_taking",
        "document": "CS-1",
        "location": "A-1",
        "task": "stocktake",
    }
    shelves.write(
        *(counted(f"P{n}", "A-1", at_time=f"2026-11-23T09:0{n}:00+01:00") for n in (1, 2)),
        Event(item="SEAL", lot="L-1", quantity=4, operator="OP-7", **seal),
        Event(item="SEAL", lot="L-2", quantity=3, operator="OP-7", **seal),
    )
    other.write(
        counted("P3", "A-1", operator="OP-8"),
        empty("A-2", operator="OP-8"),
        empty("B", operator="OP-8"),
        counted("P9", "B", operator="OP-8"),
        closing(),
    )
    for handheld in (shelves, other):
        hand_in(office, handheld)
    found = report(office)
    told = {
        (row.location, row.item, row.operator, row.device): (row.counted, row.empty)
        for row in found.counted_by
    }
    assert told == {
        ("A-1", "PUMP", "OP-7", shelves.device): (2, False),
        ("A-1", "SEAL", "OP-7", shelves.device): (7, False),
        ("A-1", "PUMP", "OP-8", other.device): (1, False),
        ("A-2", "", "OP-8", other.device): (0, True),
        ("B", "PUMP", "OP-8", other.device): (1, False),
    }, "B is not empty: something was counted there after all"
    ida = next(row for row in found.counted_by if row.operator == "OP-7" and row.item == "PUMP")
    assert (ida.began_at[11:16], ida.ended_at[11:16]) == ("09:01", "09:02")
    assert found.counted == 11
    office.http.post("/sign-in", data={"token": office.running.office_token})
    text = Page(office.http.get("/counts/CS-1").text).text
    rows = re.sub(r"\s+", " ", text.partition("Who counted what")[2])
    assert re.search(r"A-1 PUMP 2 Ada Dock 1 23 Nov 2026, 09:01:00 23 Nov 2026, 09:02:00 A-1", rows), rows
    assert "A-2 – empty OP-8 Dock 2" in rows


def test_an_empty_shelf_is_a_count_and_is_taken_back_like_one(office: Office, shelves: Handheld) -> None:
    shelves.write(empty("A-1"))
    hand_in(office, shelves)
    found = report(office)
    assert set(kinds(found).values()) == {"missing"}
    assert len(found.differences) == 6
    assert [(row.location, row.empty) for row in found.counted_by] == [("A-1", True)]
    shelves.write(msgspec.structs.replace(empty("A-1"), cancels=f"{shelves.device}/1/{len(shelves.bodies)}"))
    hand_in(office, shelves)
    found = report(office)
    assert (found.differences, found.counted_by) == ((), ())


def test_a_shelf_that_is_empty_for_the_second_counter_is_empty(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"), counted("P5", "A-2"), closing())
    shelves.write(empty("A-1", operator="OP-8", recount=1), closing(1))
    hand_in(office, shelves)
    found = report(office)
    assert sorted(kinds(found)) == ["P1", "P2", "P3", "P4", "P6"]
    assert [(row.location, row.operator, row.recount) for row in found.counted_by] == [
        ("A-1", "OP-8", 1),
        ("A-2", "OP-7", 0),
    ]


def test_what_is_missing_misplaced_and_never_came_in_is_told(office: Office, shelves: Handheld) -> None:
    shelves.write(
        counted("P1"),
        counted("P2"),
        counted("P4"),
        counted("P9"),
        counted("P5", "A-2"),
        counted("P6", ""),
        closing(),
    )
    hand_in(office, shelves)
    found = report(office)
    assert kinds(found) == {"P3": "missing", "P4": "misplaced", "P9": "unexpected"}
    wrong = next(one for one in found.differences if one.serial == "P4")
    assert (wrong.location, wrong.books) == ("A-1", "A-2")


def test_what_moves_during_the_count_is_no_difference(office: Office, shelves: Handheld) -> None:
    """Shipped after it was counted, shipped before anybody came by, received behind the counters' backs."""
    late: dict[str, Any] = {"hlc": clock.pack(LATER_MS)}
    shelves.write(
        *(counted(f"P{n}", "A-1" if n < 4 else "A-2") for n in (1, 2, 3, 4)),
        Event(step="shipping", item="PUMP", serial="P1", party="NORTH", **late),
        Event(step="shipping", item="PUMP", serial="P5", party="NORTH", **late),
        Event(step="receiving", item="PUMP", serial="P8", location="A-1", **late),
        Event(step="storing", item="PUMP", serial="P2", location="B", **late),
        Event(step="storing", item="PUMP", serial="P6", location="B", **late),
        msgspec.structs.replace(closing(), hlc=clock.pack(LATER_MS + 5)),
    )
    hand_in(office, shelves)
    assert report(office).differences == ()


def test_the_last_count_of_a_place_stands(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"), counted("P9"), counted("P4", "A-2"), closing())
    shelves.write(
        *(counted(f"P{n}", "A-1", operator="OP-8", recount=1) for n in (1, 2, 3)),
        closing(1),
    )
    hand_in(office, shelves)
    found = report(office)
    assert kinds(found) == {"P5": "missing", "P6": "missing"}
    assert (found.recounts, found.people) == (1, ("OP-7", "OP-8"))


def test_a_count_taken_back_was_never_made(office: Office, shelves: Handheld) -> None:
    shelves.write(*(counted(f"P{n}", "A-1" if n < 4 else "A-2") for n in range(1, 7)))
    back = msgspec.structs.replace(counted("P1"), cancels=f"{shelves.device}/1/7", code="undone")
    shelves.write(back, closing())
    hand_in(office, shelves)
    assert kinds(report(office)) == {"P1": "missing"}


def test_codes_that_nobody_could_read_keep_their_neighbours(office: Office, shelves: Handheld) -> None:
    torn = Event(
        step="sighting", document="CS-1", location="A-1", raw="?7#", code="unknown_code", reason="after P1",
        task="stocktake",
    )  # fmt: skip
    shelves.write(counted("P1"), torn, counted("P2"), closing())
    hand_in(office, shelves)
    (unread,) = report(office).unread
    assert (unread.raw, unread.after, unread.before, unread.location) == ("?7#", "P1", "P2", "A-1")


def test_an_approval_corrects_the_books_and_nothing_before_it_does(office: Office, shelves: Handheld) -> None:
    shelves.write(
        counted("P1"), counted("P4"), counted("P9"), *(counted(f"P{n}", "A-2") for n in (5, 6)), closing()
    )
    hand_in(office, shelves)
    assert unit_of(office, "P4")["location"] == "A-2"
    assert decide(office, approve=True).status_code == 200
    office.settle()
    assert unit_of(office, "P2")["flags"] == ["missing"]
    assert unit_of(office, "P4")["location"] == "A-1"
    assert (unit_of(office, "P9")["status"], unit_of(office, "P9")["location"]) == ("received", "A-1")
    assert unit_of(office, "P1")["flags"] == []
    found = report(office)
    assert (found.state, found.differences) == ("approved", ())
    assert decide(office, approve=True).status_code == 409


def test_what_is_left_out_of_an_approval_stays(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"), *(counted(f"P{n}", "A-2") for n in (4, 5, 6)), closing())
    hand_in(office, shelves)
    assert decide(office, approve=True, leave=["missing/PUMP/P2"]).status_code == 200
    office.settle()
    assert (unit_of(office, "P2")["flags"], unit_of(office, "P3")["flags"]) == ([], ["missing"])


def test_a_missing_unit_that_is_counted_again_is_found(office: Office, shelves: Handheld) -> None:
    lost = Event(
        step="holding", action="ADD", item="PUMP", serial="P1", flag="missing", hlc=clock.pack(BEFORE_MS + 50)
    )
    shelves.write(lost, *(counted(f"P{n}", "A-1" if n < 4 else "A-2") for n in range(1, 7)), closing())
    hand_in(office, shelves)
    assert kinds(report(office)) == {"P1": "found"}
    assert decide(office, approve=True).status_code == 200
    office.settle()
    assert unit_of(office, "P1")["flags"] == []


def test_a_rejected_count_is_open_again_and_begins_anew(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"), closing())
    hand_in(office, shelves)
    assert decide(office, approve=False).status_code == 409
    assert decide(office, approve=False, reason="half the shelf is missing").status_code == 200
    office.settle()
    held = shelves.replica()
    assert held["document", "CS-1"]["recount"] == 1
    assert not held.get(("tally", "CS-1"), {}).get("closed", False)
    found = report(office)
    assert (found.state, found.reason, found.counted) == ("rejected", "half the shelf is missing", 0)


def test_nobody_approves_what_he_did_not_see(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"), closing())
    hand_in(office, shelves)
    seen = report(office).seen
    shelves.write(counted("P2"))
    hand_in(office, shelves)
    answer = office.http.post(
        "/v1/counts/CS-1/decision", json={"approve": True, "seen": seen}, headers=office.auth
    )
    assert (answer.status_code, answer.json()["error"]) == (409, "undecided")
    assert unit_of(office, "P3")["flags"] == []


def test_a_count_that_goes_on_is_not_decided(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"))
    hand_in(office, shelves)
    assert report(office).state == "open"
    assert decide(office, approve=True).status_code == 409


def test_lots_are_compared_with_the_lines_of_the_sheet(office: Office, shelves: Handheld) -> None:
    seal: dict[str, Any] = {
        "item": "SEAL",
        "lot": "L-1",
        "document": "CS-LOTS",
        "location": "A-1",
        "task": "stocktake",
        "operator": "OP-7",
    }
    shelves.write(
        Event(step="stock_taking", quantity=20, **seal),
        Event(step="stock_taking", quantity=27, **seal),
        msgspec.structs.replace(closing(), document="CS-LOTS"),
    )
    hand_in(office, shelves)
    (one,) = (one for one in report(office, "CS-LOTS").differences if one.kind == "quantity")
    assert (one.item, one.counted, one.expected, one.operator) == ("SEAL", 47, 50, "OP-7")


def test_the_page_shows_it_and_decides(office: Office, shelves: Handheld) -> None:
    shelves.write(counted("P1"), counted("<b>P9</b>"), closing())
    hand_in(office, shelves)
    office.http.post("/sign-in", data={"token": office.running.office_token})
    text = office.http.get("/counts/CS-1").text
    assert "Not found: 5" in text
    assert "<b>P9</b>" not in text
    assert "CS-1" in office.http.get("/counts").text
    seen = str(report(office).seen)
    refused = office.http.post(
        "/counts/decision", data={"number": "CS-1", "seen": seen, "decision": "reject"}
    )
    assert refused.status_code == 409
    assert "say why" in refused.text
    done = office.http.post("/counts/decision", data={"number": "CS-1", "seen": seen, "decision": "approve"})
    assert done.status_code == 303
    office.settle()
    assert unit_of(office, "P2")["flags"] == ["missing"]


def test_many_differences_are_on_pages_and_every_one_is_on_one(office: Office, shelves: Handheld) -> None:
    """A whole hall that is not as the books say: nothing of it is out of the reach of whoever decides."""
    strangers = [f"X{number:04}" for number in range(PAGE_LINES + 20)]
    shelves.write(*map(counted, strangers), closing())
    hand_in(office, shelves)
    office.http.post("/sign-in", data={"token": office.running.office_token})
    address, pages = "/counts/CS-1", []
    while address:
        pages.append(office.http.get(address).text)
        more = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        address = more[1] if more else ""
    assert len(pages) == 2
    assert "Not in stock by the books: 520" in pages[0]
    assert "Not in stock by the books: 520" in pages[1]
    shown = [serial for page in pages for serial in re.findall(r">(P\d|X\d{4})</a>", page)]
    assert shown == [*(f"P{number}" for number in range(1, 7)), *strangers]
    assert 'rel="prev" href="/counts/CS-1?from=0"' in pages[1]
    for beyond in ("9999", "-1", "x", "٣", "9" * 40):
        assert office.http.get("/counts/CS-1", params={"from": beyond}).status_code == 200


def test_every_unread_code_has_the_good_ones_of_its_own_handheld(office: Office, shelves: Handheld) -> None:
    torn = Event(step="sighting", document="CS-1", raw="?", code="unknown_code", task="stocktake")
    shelves.write(torn, counted("P1"), torn, counted("P2"), counted("P3"), torn, closing())
    hand_in(office, shelves)
    assert [one.before for one in report(office).unread] == ["P1", "P2", ""]


def test_only_the_office_asks_and_decides(office: Office, shelves: Handheld) -> None:
    for address in ("/v1/counts", "/v1/counts/CS-1"):
        assert office.http.get(address, headers=shelves.auth).status_code == 403
    answer = office.http.post(
        "/v1/counts/CS-1/decision", json={"approve": True, "seen": 0}, headers=shelves.auth
    )
    assert answer.status_code == 403
    assert office.http.get("/v1/counts/PO-9", headers=office.auth).status_code == 404
    listed = office.http.get("/v1/counts", headers=office.auth).json()["sheets"]
    assert [one["number"] for one in listed] == ["CS-1", "CS-LOTS"]


def test_a_sheet_that_nobody_counted_is_not_said_to_agree(office: Office) -> None:
    office.load(site_file(documents=[{"type": "count_sheet", "number": "CS-1", "location": "A"}]))
    office.http.post("/sign-in", data={"token": office.running.office_token, "next": "/"})
    text = office.http.get("/counts/CS-1").text
    assert "Nothing was counted." in text
    assert "No differences" not in text


@pytest.mark.parametrize("approve", [True, False])
def test_who_decided_a_count_is_in_every_event_of_the_decision(
    office: Office, shelves: Handheld, approve: bool
) -> None:
    shelves.write(counted("P1"), closing())
    hand_in(office, shelves)
    made = office.http.post(
        "/v1/staff", json={"name": "Ida", "role": "supervisor"}, headers=office.auth
    ).json()
    body = {"approve": approve, "reason": "r", "seen": report(office).seen}
    mine = {"Authorization": f"Bearer {made['token']}"}
    answer = office.http.post("/v1/counts/CS-1/decision", json=body, headers=mine)
    assert answer.status_code == 200
    with office.running.central.storage.read() as reader:
        told = reader.rows("SELECT body FROM ledger WHERE device = 'office' ORDER BY position")
    decided = [json.loads(bytes(row[0])) for row in told[-answer.json()["events"] :]]
    assert [event.get("operator") for event in decided] == ["office/Ida"] * (6 if approve else 1)
