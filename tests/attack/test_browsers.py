"""What a browser may be made to do: led elsewhere, framed, its forms sent by others, its cookie read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import app as application
from server.app import API, PAGES
from server.main import serve
from server.pages import devices
from tests.attack.conftest import Town
from tracking.invitation import Invitation

ELSEWHERE = "evil.example"


def addresses() -> list[str]:
    """An address for every route, one that nobody answers, and the files beside the pages."""
    paths = [route.path for route in (*API, *PAGES) if isinstance(route, Route)]
    named = [re.sub(r"{\w+(:path)?}", "A", path) for path in paths]
    return [*named, "/static/office.css", "/static/nothing", "/nothing", "/v1/nothing"]


def signed_in(town: Town) -> httpx.Client:
    """A browser of the office."""
    entered = town.office.http.post("/sign-in", data={"token": town.office.running.office_token, "next": "/"})
    assert entered.status_code == 303
    return town.office.http


def harmless(answer: httpx.Response, where: str) -> None:
    """It is taken for nothing else, framed by nobody, and no copy of it is kept."""
    assert answer.headers.get_list("x-content-type-options", split_commas=True) == ["nosniff"], where
    assert answer.headers["referrer-policy"] == "same-origin", where
    assert answer.headers["content-security-policy"].count("default-src 'none'") == 1, where
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], where
    if "/static/" not in where:
        assert answer.headers["cache-control"] in {"no-store", "private"}, where
    assert "access-control-allow-origin" not in answer.headers, where


def test_every_answer_says_that_it_is_nothing_else(town: Town) -> None:
    http = signed_in(town)
    for path in addresses():
        for method in ("GET", "POST", "OPTIONS"):
            answer = http.request(
                method, path, headers={"Origin": f"https://{ELSEWHERE}"}, follow_redirects=False
            )
            harmless(answer, f"{method} {path} {answer.status_code}")


def test_the_answer_to_a_fault_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def broken(_: Request) -> Response:
        raise ZeroDivisionError

    for path in ("/broken", "/v1/broken"):
        monkeypatch.setattr(application, "PAGES", [*application.PAGES, Route(path, broken)])
    running = serve(tmp_path / "central.db")
    try:
        for path in ("/broken", "/v1/broken"):
            answer = httpx.get(running.url + path, trust_env=False)
            assert answer.status_code == 500
            harmless(answer, path)
    finally:
        running.stop()


def test_no_answer_leads_to_a_host_that_the_request_named(town: Town) -> None:
    http = signed_in(town)
    for path in addresses():
        for method in ("GET", "POST", "CONNECT"):
            for trick in (f"{path}/", f"/{path}", f"//{ELSEWHERE}{path}", f"{path}/%2e%2e/"):
                answer = http.request(method, trick, headers={"Host": ELSEWHERE}, follow_redirects=False)
                assert ELSEWHERE not in answer.headers.get("location", "").partition("?")[0], (method, trick)


NEXT = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "http:evil.example",
    "/ /evil.example\r\nSet-Cookie: x=1",
    "@evil.example",
    "",
)


@pytest.mark.parametrize("target", NEXT)
def test_signing_in_leads_to_a_page_of_this_server(town: Town, target: str) -> None:
    token = town.office.running.office_token
    answer = town.office.http.post("/sign-in", data={"token": token, "next": target}, follow_redirects=False)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert (
        httpx.URL(f"{town.office.running.url}/sign-in").join(location).netloc
        == httpx.URL(town.office.running.url).netloc
    )
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert answer.headers.get_list("set-cookie")[1:] == []
    form = town.office.http.get("/sign-in", params={"next": target})
    assert f'name="next" value="{location}"' in form.text


@pytest.mark.parametrize(
    ("proxy", "secure"), [("", False), ("https", True), ("HTTPS", True), ("http", False)]
)
def test_the_cookie_is_for_this_server_alone(town: Town, proxy: str, secure: bool) -> None:
    form = {"token": town.office.running.office_token, "next": "/"}
    headers = {"X-Forwarded-Proto": proxy} if proxy else {}
    answer = town.office.http.post("/sign-in", data=form, headers=headers, follow_redirects=False)
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    said = {name: cookie[name] for name in ("httponly", "samesite", "path", "domain")}
    assert said == {"httponly": True, "samesite": "strict", "path": "/", "domain": ""}
    assert bool(cookie["secure"]) == secure
    assert 0 < int(cookie["max-age"]) <= 12 * 3600


@pytest.mark.parametrize("proxy", ["https", "http", ""])
def test_a_handheld_is_invited_to_the_address_that_the_browser_has(
    town: Town, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Invitation] = []

    def draw(invitation: Invitation) -> str:
        drawn.append(invitation)
        return ""

    monkeypatch.setattr(devices, "invitation_svg", draw)
    headers = {"Host": "central.example", "Origin": f"{proxy or 'http'}://central.example"}
    if proxy:
        headers["X-Forwarded-Proto"] = proxy
    http = signed_in(town)
    answer = http.post("/devices/codes", data={"site": "HAM"}, headers=headers)
    assert answer.status_code == 200
    assert [one.url for one in drawn] == [f"{proxy or 'http'}://central.example"]


def forms() -> Iterator[str]:
    """Every address that takes a form."""
    for route in PAGES:
        if isinstance(route, Route) and "POST" in (route.methods or ()):
            yield route.path


@pytest.mark.parametrize(
    "origin", [f"https://{ELSEWHERE}", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1"]
)
def test_no_form_from_elsewhere_is_taken(town: Town, origin: str) -> None:
    http = signed_in(town)
    before = town.office.ledger()
    for path in forms():
        form = {"site": "HAM", "device": town.device.device, "token": "x", "key": "x", "reason": "x"}
        answer = http.post(path, data=form, headers={"Origin": origin}, follow_redirects=False)
        assert answer.status_code == 403, path
    assert town.office.ledger() == before
    assert http.get("/devices", follow_redirects=False).status_code == 200, "still signed in"
    assert town.device.hwm().hwm == 1


ODD_HEADERS = {
    "Origin": ("http://[", "http://[::1", "://", "x", "\xff", "http://a b", "http://" + "a" * 3000, "null, null"),
    "Host": ("[", "[::1", "a b", "x:y:z", ":0", "\xff", "a" * 3000, "x:99999999"),
    "Cookie": ("office=1.2.3.4", 'office="\\', "office=9.\xff.\xff", "office=\u0664.a.b", "=;", "office=9" * 900),
    "X-Forwarded-Proto": ("\xff", "https, http", "javascript"),
    "Authorization": ("Bearer \xff", "Bearer", "Bearer " + "a" * 3000, "Basic eDp5", "bearer\tx"),
    "Content-Type": ("multipart/form-data; boundary=x", "application/json", "\xff", "text/plain; charset=utf-7"),
    "Content-Encoding": ("gzip", "zstd, zstd", "\xff"),
    "Accept-Encoding": ("gzip;q=0", "\xff", "*"),
}  # fmt: skip
ODD_FORMS = (
    b"&".join(b"a%d=1" % number for number in range(40)),
    b"token=%FF%00&next=%ED%A0%80/",
    b"\xff\xfe\x00",
    b"=&=&&;;",
    b"%",
    b"token" * 1000,
)


@pytest.mark.parametrize("name", ODD_HEADERS)
def test_nothing_odd_that_a_stranger_says_of_himself_is_a_fault(town: Town, name: str) -> None:
    url = town.office.running.url
    for odd in ODD_HEADERS[name]:
        for path in (
            "/",
            "/sign-in",
            "/devices",
            "/devices/codes",
            "/v1/ca",
            "/v1/units?serial=A",
            "/static/mark.svg",
        ):
            for method in ("GET", "POST"):
                headers = {name: odd.encode("utf-8" if name == "Cookie" else "latin-1")}
                answer = httpx.request(method, url + path, headers=headers, trust_env=False)  # type: ignore[arg-type]
                assert answer.status_code < 500, (name, odd, method, path)


def test_no_form_of_a_stranger_is_a_fault(town: Town) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in forms():
        for content in ODD_FORMS:
            answer = httpx.post(
                town.office.running.url + path, content=content, headers=form, trust_env=False
            )
            assert answer.status_code < 500, (path, content[:40])


def test_guesses_are_counted_by_who_makes_them_and_not_by_what_he_says(town: Town) -> None:
    tries = []
    for number in range(12):
        other = f"10.0.0.{number}"
        said = {"X-Forwarded-For": other, "X-Real-IP": other, "Forwarded": f"for={other}"}
        answer = town.office.http.post("/sign-in", data={"token": f"guess {number}"}, headers=said)
        tries.append(answer.status_code)
    assert tries == [403] * 10 + [429] * 2


@pytest.mark.parametrize(
    ("host", "open_"),
    [
        ("127.0.0.1", True),
        ("localhost:80", True),
        ("[::1]:9", True),
        (ELSEWHERE, False),
        ("127.0.0.1.evil.example", False),
        ("10.0.0.7", False),
    ],
)
def test_pages_without_a_sign_in_are_for_this_machine_alone(tmp_path: Path, host: str, open_: bool) -> None:
    """A name on the internet may lead to 127.0.0.1, and its page would read the demonstration's."""
    running = serve(tmp_path / "central.db", open_pages=True)
    try:
        answer = httpx.get(running.url, headers={"Host": host}, trust_env=False)
        assert answer.status_code == (200 if open_ else 303)
    finally:
        running.stop()
