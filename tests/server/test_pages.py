"""The office's pages over real sockets: they say what is so, and nothing that was scanned comes alive in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from server.main import serve
from server.open_storage import Database
from tests.server.fleet import Office, receiving, site_file
from tracking import clock
from tracking.events import Event

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[/]",
    "[@click=app.quit]x[/]",
    "\x1b]0;evil\x07\x1b[2J",
    "\x9b31m",
    "a\u202eb\u200bc",
    "{{ 7*7 }}{% raw %}",
    "../../etc/passwd",
    "a/b?c=d#e%2F",
    "' OR 1=1 --",
    "\x00nul",
    "x" * 2000,
)


@pytest.fixture
def open_office(database: Database) -> Iterator[Office]:
    """A server whose pages need no sign-in."""
    running = serve(database, open_pages=True)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        yield Office(running, http)
    running.stop()


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "src", "action"} and value]

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def crawl(office: Office) -> dict[str, Page]:
    """Every page that a link leads to."""
    found: dict[str, Page] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith("/static/"):
            continue
        answer = office.http.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.status_code)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        found[address] = Page(answer.text)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e]", answer.text), address
        waiting += [
            link
            for link in found[address].links
            if link not in {"/sign-out", "/exceptions/settle"} and "/devices/" not in link
        ]
    return found


def test_nothing_hostile_comes_alive_and_every_link_leads_somewhere(open_office: Office) -> None:
    office = open_office
    handheld = office.handheld("<b>Dock</b>\x1b[1m")
    documents: list[dict[str, Any]] = [
        {"type": "asn", "number": "</td>&ASN'\"", "party": "<i>", "lines": [{"item": "<u>I", "quantity": 2}]}
    ]
    office.load(
        site_file(
            items=[{"item": "<u>I", "description": "<script>x</script>[/]\x1b[1m"}],
            documents=documents,
            operators=[{"badge": "<b>7", "name": "<svg onload=x>", "pin": ""}],
        )
    )
    for text in HOSTILE:
        handheld.write(
            Event(
                step="receiving",
                item="<u>I",
                serial=text,
                document="</td>&ASN'\"",
                line=1,
                operator=text,
                location=text,
                party=text,
                reason=text,
                lot=text,
                expiry=text,
                at=text,
            )
        )
    handheld.write(*(Event(step="receiving", item="<u>I", serial=text, operator="<b>7") for text in HOSTILE))
    handheld.bodies.append(b'{"step":"<script>alert(2)</script>\\u001b[2J"}')
    handheld.write(
        Event(step="holding", action="ADD", flag="held", item="<u>I", serial="[/]", reason="<blink>")
    )
    assert handheld.send().status_code == 200
    office.settle()
    pages = crawl(office)
    # PostgreSQL keeps no NUL in a name: a list shows a sign for it, an event itself.
    units = {address.replace("%00", "%EF%BF%BD") for address in pages if "/units/" in address}
    assert len(units) == len(HOSTILE)
    for address, page in pages.items():
        assert not page.tags & {"script", "img", "svg", "b", "u", "blink"} - (
            {"img"} if page.tags else set()
        ), address
        assert not {name for name in page.attributes if name.startswith("on")}, address
    whole = "".join(page.text for page in pages.values())
    for shown in (
        "<script>alert(1)</script>",
        "[@click=app.quit]x[/]",
        "{{ 7*7 }}",
        "␛[2J",
        "\\x9b31m",
        "\\u202e",
    ):
        assert shown in whole, shown


def test_a_page_allows_no_script_and_no_framing(open_office: Office) -> None:
    headers = open_office.http.get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_nothing_is_loaded_from_elsewhere(open_office: Office) -> None:
    open_office.load(site_file())
    for page in crawl(open_office).values():
        assert all(link.startswith("/") and not link.startswith("//") for link in page.links)
    style = open_office.http.get("/static/office.css")
    assert style.status_code == 200
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_the_history_says_who_when_where_on_what_and_how(open_office: Office) -> None:
    office = open_office
    office.load(site_file())
    one, two = office.handheld("Dock 1"), office.handheld("Gate 2")
    one.write(receiving("SN-1", location="HAM-A", party="ACME"))
    two.write(receiving("SN-1", location="HAM-B", hlc=clock.pack(1_695_000_900_000)))
    one.send()
    two.send()
    office.settle()
    text = Page(office.http.get("/units/PUMP/SN-1").text).text
    for expected in ("SN-1", "Pump", "Ada", "OP-7", "HAM-A", "HAM-B", "PO-1", "Scanned", "Dock 1", "Gate 2"):
        assert expected in text, expected
    assert "23 Nov 2026, 10:00:00" in text
    assert "Received twice" in text
    text = Page(office.http.get("/exceptions").text).text
    for expected in ("Received twice", "SN-1", "HAM-A", "HAM-B", "Dock 1", "Gate 2", "Ada"):
        assert expected in text, expected
    text = Page(office.http.get("/documents/PO-1").text).text
    assert "SN-1" in text
    assert re.search(r"Done\s*1 of 53", text)


def test_the_overview_counts(open_office: Office) -> None:
    office = open_office
    units: list[dict[str, Any]] = [
        {"item": "PUMP", "serial": f"S{number}", "status": "received"} for number in range(7)
    ]
    units += [
        {"item": "PUMP", "serial": f"T{number}", "status": "shipped", "flags": ["held"]}
        for number in range(3)
    ]
    office.load(site_file(units=units))
    handheld = office.handheld("Dock 1")
    handheld.write(receiving("new"))
    handheld.send(handheld.batch(pending=4))
    office.settle()
    text = re.sub(r"\s+", " ", Page(office.http.get("/").text).text)
    for expected in (
        "11 units followed",
        "8 in stock",
        "1 open document ",
        "4 scans still on handhelds",
        "11 events, all shown",
        "HAM 8 3 11",
        "Held 3",
    ):
        assert expected in text, (expected, text)


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ("SN-0001234", "/units/PUMP/SN-0001234"),
        ("001234", "/units/PUMP/SN-0001234"),
        ("sn-0001234", "/units/PUMP/SN-0001234"),
        ("PO-1", "/documents/PO-1"),
    ],
)
def test_a_search_with_one_answer_goes_straight_there(open_office: Office, query: str, leads: str) -> None:
    open_office.load(site_file(units=[{"item": "PUMP", "serial": "SN-0001234"}]))
    open_office.settle()
    answer = open_office.http.get("/units", params={"q": query})
    assert (answer.status_code, answer.headers.get("location")) == (303, leads)


def test_a_search_with_more_or_no_answers_lists_or_says_so(open_office: Office) -> None:
    units = [{"item": item, "serial": "7"} for item in ("A", "B")] + [{"item": "A", "serial": "X-17"}]
    open_office.load(site_file(units=units))
    open_office.settle()
    page = Page(open_office.http.get("/units", params={"q": "7"}).text)
    assert {"/units/A/7", "/units/B/7"} <= set(page.links)
    assert "/units/A/X-17" not in page.links
    assert "No unit has this serial" in Page(open_office.http.get("/units", params={"q": "nope"}).text).text
    assert open_office.http.get("/units", params={"q": "%_%"}).status_code == 200


def test_what_does_not_exist_is_a_page_too(open_office: Office) -> None:
    for address in (
        "/nothing",
        "/units/A/B",
        "/units/A",
        "/documents/none",
        "/documents/a/b",
        "/units/A/B/C",
    ):
        answer = open_office.http.get(address)
        assert answer.status_code == 404, address
        assert "text/html" in answer.headers["content-type"]


def test_without_signing_in_there_is_only_the_sign_in_page(office: Office) -> None:
    for address in (
        "/",
        "/devices",
        "/documents",
        "/documents/PO-1",
        "/units?q=1",
        "/units/A/B",
        "/exceptions",
    ):
        answer = office.http.get(address)
        assert (answer.status_code, answer.headers["location"].split("=")[0]) == (303, "/sign-in?next"), (
            address
        )
    wrong = office.http.post("/sign-in", data={"token": "guess"})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
    signed = office.http.post("/sign-in", data={"token": office.running.office_token, "next": "/devices"})
    assert (signed.status_code, signed.headers["location"]) == (303, "/devices")
    cookie = signed.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert office.http.get("/devices").status_code == 200
    office.http.post("/sign-out")
    assert office.http.get("/devices").status_code == 303


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "/a\nb"]
)
def test_signing_in_never_leads_away(office: Office, target: str) -> None:
    answer = office.http.post("/sign-in", data={"token": office.running.office_token, "next": target})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "value", ["", "1.2", "99999999999.x", "9" * 400 + ".x", "٣.x", "9999999999." + "0" * 64]
)
def test_a_made_up_cookie_is_no_cookie(office: Office, value: str) -> None:
    answer = office.http.get("/devices", headers={b"Cookie": f"office={value}".encode()})
    assert answer.status_code == 303


def test_devices_are_added_and_revoked_from_their_page(office: Office) -> None:
    office.http.post("/sign-in", data={"token": office.running.office_token})
    page = Page(office.http.post("/devices/codes", data={"site": "HAM"}).text)
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", page.text)
    assert code
    given = office.http.post("/v1/enroll", json={"code": code.group(), "name": "Dock 9"}).json()
    assert given["site"] == "HAM"
    assert "Dock 9" in office.http.get("/devices").text
    foreign = office.http.post(
        "/devices/revoke", data={"device": given["device"]}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert office.http.post("/devices/revoke", data={"device": given["device"]}).status_code == 303
    assert "Revoked" in office.http.get("/devices").text
    headers = {"Authorization": f"Bearer {given['token']}"}
    assert office.http.get(f"/v1/devices/{given['device']}/hwm", headers=headers).status_code == 403
    assert office.http.post("/devices/codes", data={"site": "%CMD:X"}).status_code == 422
