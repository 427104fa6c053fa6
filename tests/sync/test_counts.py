"""A count by two people without a network, and the office's word on it, all the way round."""

from __future__ import annotations

from typing import Any

import httpx

from scanner_app.inputs import Command
from tests.durability.goods import serial
from tests.sync.fleet import Dock, Fleet, site_file, until
from tests.sync.test_hand_over import hand_over

ALL = [serial(number) for number in range(1, 6)]
WORKED = [Command(name="done"), Command(name="confirm")]


def warehouse(fleet: Fleet) -> tuple[Dock, Dock]:
    """Five pumps on a shelf, a sheet, two handhelds that know them."""
    file = site_file()
    file["locations"] = [{"location": "SHELF"}, {"location": "OTHER"}]
    file["documents"] = [*file["documents"], {"type": "count_sheet", "number": "CS-1", "location": "SHELF"}]
    file["units"] = [{"item": "PUMP", "serial": one, "location": "SHELF"} for one in ALL]
    fleet.load(file)
    first, second = fleet.dock(), fleet.dock()
    for dock in (first, second):
        until(lambda dock=dock: dock.unit(ALL[4]).status == "received", "the units never came")  # type: ignore[misc]
    return first, second


def office(fleet: Fleet, address: str, **body: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {fleet.server.office_token}"}
    with httpx.Client(base_url=fleet.server.url, trust_env=False, headers=headers) as http:
        answer = http.post(address, json=body) if body else http.get(address)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def codes(dock: Dock, *inputs: Any) -> list[str | None]:
    return [answer.verdict.code for answer in dock.give(*inputs)]


def test_a_count_goes_round(fleet: Fleet) -> None:
    first, second = warehouse(fleet)
    first.begin("CS-1", "OP-7")
    first.offline()
    assert codes(first, ALL[0], ALL[1]) == ["counted", "counted"]
    first.offline(False)
    until(first.settled, "the count was not sent")
    # The other counter sees through the feed what is counted already.
    until(lambda: second.unit(ALL[0]).seen_on == "CS-1", "the other one never heard")
    second.begin("CS-1", "OP-8")
    assert codes(second, ALL[0], ALL[2], "OTHER", ALL[3]) == [
        "already_counted", "counted", "location_selected", "misplaced",
    ]  # fmt: skip
    assert codes(second, *WORKED) == ["confirm_required", "completed"]
    until(second.settled, "the end was not sent")
    until(lambda: office(fleet, "/v1/counts/CS-1")["state"] == "counted", "the office never saw it")
    found = office(fleet, "/v1/counts/CS-1")
    assert {one["serial"]: one["kind"] for one in found["differences"]} == {
        ALL[3]: "misplaced",
        ALL[4]: "missing",
    }
    office(fleet, "/v1/counts/CS-1/decision", approve=True, seen=found["seen"])
    for dock in (first, second):
        until(lambda dock=dock: dock.unit(ALL[4]).has("missing"), "missing was never told")  # type: ignore[misc]
        until(lambda dock=dock: dock.unit(ALL[3]).location == "OTHER", "the place was never told")  # type: ignore[misc]


def test_a_rejected_count_is_counted_again_from_the_start(fleet: Fleet) -> None:
    first, _ = warehouse(fleet)
    first.begin("CS-1", "OP-7")
    assert codes(first, ALL[0], *WORKED) == ["counted", "confirm_required", "completed"]
    until(first.settled, "the count was not sent")
    until(lambda: office(fleet, "/v1/counts/CS-1")["state"] == "counted", "the office never saw it")
    seen = office(fleet, "/v1/counts/CS-1")["seen"]
    office(fleet, "/v1/counts/CS-1/decision", approve=False, reason="four are missing", seen=seen)
    until(lambda: not first.tally("CS-1").closed, "the handheld never heard")
    assert codes(first, "CS-1", ALL[0]) == ["document_opened", "counted"]
    assert codes(first, *ALL[1:], *WORKED) == [*["counted"] * 4, "confirm_required", "completed"]
    until(first.settled, "the count was not sent")
    until(lambda: office(fleet, "/v1/counts/CS-1")["state"] == "counted", "the office never saw it")
    again = office(fleet, "/v1/counts/CS-1")
    assert (again["counted"], again.get("differences", [])) == (5, [])


def test_a_count_that_was_handed_over_still_says_who_counted_what_and_what_was_empty(fleet: Fleet) -> None:
    first, second = warehouse(fleet)
    first.begin("CS-1", "OP-7")
    second.give("OP-8")
    for dock in (first, second):
        dock.offline()
    assert codes(first, ALL[0], ALL[1], "OTHER", "SHELF") == ["counted"] * 2 + ["location_selected"] * 2
    assert codes(first, Command(name="confirm")) == ["counted"]
    hand_over(first, second)
    assert codes(second, ALL[1], ALL[2], *WORKED) == [
        "already_counted", "counted", "confirm_required", "completed",
    ]  # fmt: skip
    for dock in (second, first):  # the one who ended it is back first
        dock.offline(False)
        until(dock.settled, "the count was not sent")
    until(lambda: office(fleet, "/v1/counts/CS-1").get("counted") == 3, "the office never saw it")
    told = office(fleet, "/v1/counts/CS-1")["counted_by"]
    assert [
        (row["location"], row["operator"], row.get("counted", 0), row.get("empty", False)) for row in told
    ] == [("OTHER", "OP-7", 0, True), ("SHELF", "OP-7", 2, False), ("SHELF", "OP-8", 1, False)]
    assert {row["device"] for row in told} == {
        dock.ask(lambda s: s.journal.device) for dock in (first, second)
    }
