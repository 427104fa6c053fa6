"""Who may call what: every address of the interface against every kind of caller, from the one table of the calls."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.app import API, PAGES
from server.guard import behind_the_table
from server.openapi import CALLS, Call
from server.pace import REQUESTS_AT_ONCE
from server.roles import READERS, STAFF
from tests.attack.conftest import Town

CALLERS = (
    "nobody",
    "made-up token",
    "revoked device",
    "device",
    "device of another site",
    "other device",
    "operator",
    "auditor",
    "supervisor",
    "office",
)
OUT = {401, 403}
OF_ONE_DEVICE = "/v1/devices/{device}/"
OF_ONE_SITE = "/v1/sites/{site}/"


def may(call: Call, caller: str) -> bool:
    """What the table says: the roles of the call, and that a device speaks for itself and for its own site only."""
    if not call.who:
        return True
    if caller in STAFF:
        return caller in call.who
    if "device" not in call.who or "device" not in caller or caller == "revoked device":
        return False
    if call.path.startswith(OF_ONE_DEVICE):
        return caller == "device"
    return caller != "device of another site" or not call.path.startswith(OF_ONE_SITE)


def asked(town: Town, call: Call, caller: str) -> httpx.Response:
    """The call, as this caller makes it; a body only where there is one, and an empty one."""
    names = {"device": town.device.device, "site": "HAM", "item": "PUMP", "serial": "A"}
    path = re.sub(r"{(\w+)}", lambda found: names.get(found[1], "x"), call.path)
    query = {"serial": "A"} if "serial" in call.query else {}
    content = b"{}" if call.body is not None else b""
    return town.office.http.request(
        call.method, path, params=query, content=content, headers=town.headers(caller)
    )


@pytest.mark.parametrize("caller", CALLERS)
def test_a_call_is_answered_to_those_who_may_and_to_nobody_else(town: Town, caller: str) -> None:
    for call in CALLS:
        if call.path.endswith("/revoke") and caller == "office":
            continue  # it would end the device that the others speak as; its own test is with the uploads
        answer = asked(town, call, caller)
        where = f"{call.method} {call.path} by {caller}: {answer.status_code}"
        if may(call, caller):
            # A wrong code is refused too, by its own word.
            assert answer.status_code not in OUT or answer.json()["error"] == "enrollment", where
        else:
            assert answer.status_code in OUT, where
            assert answer.json().keys() == {"error", "detail"}, where
            assert (answer.status_code == 401) == (caller in {"nobody", "made-up token"}), where


@pytest.mark.parametrize("caller", [one for one in CALLERS if one != "nobody"])
def test_no_token_opens_a_page_and_no_page_shows_anything_before_the_sign_in(town: Town, caller: str) -> None:
    for route in PAGES:
        if not isinstance(route, Route) or route.path in {"/sign-in", "/sign-out"}:
            continue
        path = re.sub(r"{\w+(:path)?}", "PUMP/A", route.path)
        for method in (route.methods or set()) - {"HEAD"}:
            answer = town.office.http.request(
                method, path, headers=town.headers(caller), follow_redirects=False
            )
            where = f"{method} {route.path} by {caller}: {answer.status_code}"
            assert answer.status_code in OUT | {303, 405}, where
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in"), where
            assert b"PUMP" not in answer.content, where


@pytest.mark.parametrize("role", STAFF)
def test_a_person_sees_the_pages_and_sends_the_forms_that_the_role_is_for(town: Town, role: str) -> None:
    http = town.office.http
    token = town.staff.get(role, town.office.running.office_token)
    entered = http.post("/sign-in", data={"token": token, "next": "/"})
    assert entered.status_code == (303 if role in READERS else 403)
    for path in ("/", "/devices", "/units/PUMP/A", "/recall", "/counts"):
        assert (http.get(path, follow_redirects=False).status_code == 200) == (role in READERS), path
    for path, who in (("/devices/codes", ("office",)), ("/counts/decision", ("office", "supervisor"))):
        answer = http.post(path, data={"site": "HAM"}, follow_redirects=False)
        refused = 403 if role in READERS else 303  # to the sign-in page
        assert (answer.status_code == refused) == (role not in who), (path, answer.status_code)
    http.post("/sign-out")


def test_a_token_that_was_ended_opens_nothing(town: Town) -> None:
    http, mine = town.office.http, town.headers("auditor")
    assert http.get("/v1/recall?lot=L", headers=mine).status_code == 404
    assert http.post("/v1/staff/a%20auditor/remove", headers=town.office.auth).status_code == 200
    assert http.get("/v1/recall?lot=L", headers=mine).status_code == 401


@pytest.mark.parametrize("ended", ["removed", "replaced"])
def test_a_browser_is_out_at_once_when_its_token_was_ended(town: Town, ended: str) -> None:
    http, office = town.office.http, town.office.auth
    assert http.post("/sign-in", data={"token": town.staff["auditor"], "next": "/"}).status_code == 303
    assert http.get("/devices", follow_redirects=False).status_code == 200
    if ended == "removed":
        assert http.post("/v1/staff/a%20auditor/remove", headers=office).status_code == 200
    else:
        again = {"name": "a auditor", "role": "supervisor"}
        assert http.post("/v1/staff", json=again, headers=office).status_code == 200
    answer = http.get("/devices", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fdevices")
    form = {"number": "CS-1", "accept": "yes", "reason": "x"}
    assert http.post("/counts/decision", data=form, follow_redirects=False).status_code == 303


def test_the_end_of_one_token_ends_no_other_browser(town: Town) -> None:
    http = town.office.http
    assert http.post("/sign-in", data={"token": town.staff["supervisor"], "next": "/"}).status_code == 303
    assert http.post("/v1/staff/a%20auditor/remove", headers=town.office.auth).status_code == 200
    assert http.get("/devices", follow_redirects=False).status_code == 200


def test_every_address_is_in_the_table() -> None:
    async def handler(request: Request) -> Response:
        raise AssertionError

    with pytest.raises(RuntimeError, match="GET /v1/backdoor"):
        behind_the_table([*API, Route("/v1/backdoor", handler)])


def test_guessing_tokens_on_the_sign_in_page_is_stopped(town: Town) -> None:
    http, token = town.office.http, town.office.running.office_token
    tries = [http.post("/sign-in", data={"token": f"guess {number}"}).status_code for number in range(12)]
    assert tries == [403] * 10 + [429] * 2
    answer = http.post("/sign-in", data={"token": token})
    assert (answer.status_code, 0 < int(answer.headers["retry-after"]) <= 60) == (429, True)


def test_a_device_that_asks_without_end_is_slowed_down_and_the_others_are_not(town: Town) -> None:
    pace = town.office.running.central.pace
    now_ms = town.office.running.central.now_ms() + 3_600_000  # nothing flows back meanwhile
    for _ in range(int(REQUESTS_AT_ONCE)):
        pace.check(town.device.device, now_ms)
    path = f"/v1/devices/{town.device.device}/hwm"
    answer = town.office.http.get(path, headers=town.device.auth)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert town.other.hwm().hwm == 0


def test_a_form_from_elsewhere_does_nothing_even_for_a_signed_in_browser(town: Town) -> None:
    http, token = town.office.http, town.office.running.office_token
    assert http.post("/sign-in", data={"token": token, "next": "/"}).status_code == 303
    assert http.get("/devices").status_code == 200
    revoke = {"device": town.device.device}
    answer = http.post("/devices/revoke", data=revoke, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert town.device.hwm().hwm == 1
