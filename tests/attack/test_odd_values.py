"""Odd texts and numbers in every field of every call, on both databases: never a fault; what was stored is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from sync import wire
from tests.attack.conftest import Town
from tests.server.fleet import START_MS, site_file
from tracking import chain, clock
from tracking.events import Event, encode_body

ODD: dict[str, str] = {
    "nul": r'"a\u0000b"',
    "only nul": r'"\u0000"',
    "half a pair": r'"\ud800"',
    "the other half": r'"\udc00x"',
    "beyond the plane": r'"\ud83d\ude00"',
    "no character": r'"\uffff\ufffe"',
    "right to left": r'"\u202e\u200b"',
    "long": json.dumps("x" * 70_000),
    "an int that is long": "9" * 400,
    "just too large": str(2**63),
    "just too small": str(-(2**63) - 1),
    "beyond exact": str(2**53 + 1),
    "a float": "1e308",
    "too large a float": "1e999",
    "minus nothing": "-0.0",
    "null": "null",
    "a list": "[[[]]]",
    "quotes": json.dumps("'; DROP TABLE ledger; --"),
    "percent": json.dumps("%s %(x)s {0} $1 ?"),
    "backslash": json.dumps("\\x00\\u0000\\000"),
}


def bodies(town: Town) -> dict[str, Any]:
    """A good body for each address that takes JSON."""
    device = f"/v1/devices/{town.device.device}"
    event = {"step": "receiving", "item": "PUMP", "serial": "ODD", "hlc": clock.pack(START_MS), "lot": "L",
             "location": "HAM-A", "document": "PO-1", "line": 1, "quantity": 1, "operator": "OP-7", "raw": "x",
             "reason": "r", "container": "C", "party": "ACME", "parent_item": "PUMP", "parent_serial": "P",
             "cancels": f"{town.device.device}/1/1", "at": "2026-11-23T10:00:00.000+01:00", "schema": 1}  # fmt: skip
    task = {"task": "receiving", "subject": "PO-1", "document": "PO-1", "since_ms": START_MS, "since": "x",
            "operator": "OP-7", "item": "PUMP", "place": "A", "active_ms": START_MS, "state": ""}  # fmt: skip
    return {
        f"{device}/events": event,
        f"{device}/tasks": {"tasks": [task]},
        f"{device}/blocks": {"item": "PUMP", "pattern": "SN-{seq:6}", "size": 5, "at_least": 1},
        f"{device}/token": {"token_hash": "0" * 64, "number": 1, "signature": "0" * 128},
        "/v1/enrollment-codes": {"site": "HAM", "device": "", "valid_s": 60},
        "/v1/enroll": {"code": "X", "name": "n", "site": "HAM", "public_key": ""},
        "/v1/sites/HAM/import": site_file(
            units=[{"item": "PUMP", "serial": "U", "status": "received", "lot": "L", "location": "HAM-A"}],
            prefix_rules=[{"prefix": "Z", "kind": "serial", "item": "PUMP"}],
        ),
        "/v1/staff": {"name": "x", "role": "auditor"},
        "/v1/exceptions/settle": {"key": "received_twice/x/1/1", "reason": "r"},
        f"/v1/rescues/{town.gone.device}/decision": {"accept": True, "reason": "r"},
        "/v1/counts/CS-1/decision": {"approve": True, "reason": "r", "seen": 1, "leave": ["x"]},
    }


def spoilt(value: Any, odd: str) -> Iterator[str]:
    """The JSON of a value, with one of its leaves after the other replaced by something odd."""
    marker = "<here>"
    for place in leaves(value):
        copy = json.loads(json.dumps(value))
        inner = copy
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = marker
        yield json.dumps(copy).replace(json.dumps(marker), odd)


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each leaf of a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield place
    for name, part in parts:
        yield from leaves(part, (*place, name))


def events(town: Town, text: str) -> bytes:
    """A batch with one event of these very bytes, chained as its device would."""
    body, device = text.encode(), town.device
    before = device.link(len(device.bodies))
    batch = wire.batch_of(epoch=1, first=len(device.bodies) + 1, prev_chain=before, bodies=[b"{}"])
    last = chain.next_link(before, body).hex()
    told = msgspec.structs.replace(batch, events=[msgspec.Raw(body)], last_chain=last)
    return msgspec.json.encode(told)


@pytest.fixture(params=["town", "town_on_postgres"])
def either(request: pytest.FixtureRequest) -> Town:
    """On SQLite, and on PostgreSQL."""
    town: Town = request.getfixturevalue(request.param)
    return town


@pytest.mark.parametrize("odd", ODD)
def test_nothing_odd_in_a_body_makes_it_stumble(either: Town, odd: str) -> None:
    http = either.office.http
    for path, good in bodies(either).items():
        role = "device" if path.startswith("/v1/devices/") else "office"
        for text in spoilt(good, ODD[odd]):
            data = events(either, text) if path.endswith("/events") else text.encode("utf-8", "surrogatepass")
            answer = http.post(path, content=data, headers=either.headers(role))
            if path.endswith("/token"):
                assert answer.status_code in {400, 403, 413}, (path, text[:200], answer.text[:200])
                continue
            assert answer.status_code < 500, (path, text[:200], answer.status_code, answer.text[:300])
            if path.endswith("/events") and answer.status_code == 200:
                either.device.bodies.append(text.encode())
    serves(either)


def serves(town: Town) -> None:
    """All of it is folded, and every reader gets it."""
    town.office.settle()
    assert town.office.http.get("/v1/health").json()["status"] == "ok"
    assert town.other.replica()
    http = town.office.http
    http.post("/sign-in", data={"token": town.office.running.office_token, "next": "/"})
    for path in ("/", "/devices", "/exceptions", "/counts", "/people", "/documents/PO-1", "/units/PUMP/A"):
        assert http.get(path).status_code < 500, path
    for path in ("/v1/exceptions", "/v1/counts", "/v1/staff", "/v1/rescues"):
        assert http.get(path, headers=town.office.auth).status_code == 200, path


QUERIES = (
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF",
    "9" * 400,
    "-1",
    "1e9",
    "0x10",
    "%F0%9F%98%80",
    "%",
    "'",
    "\u0661",
)


def test_nothing_odd_in_a_question_makes_it_stumble(either: Town) -> None:
    places = (
        "/v1/units?serial={}", "/v1/units?serial=A&item={}", "/v1/units?serial=A&at={}", "/v1/units/PUMP/{}",
        "/v1/units/{}/A", "/v1/recall?lot={}&supplier={}", "/v1/recall?component={}",
        "/v1/recall?item={}&from={}&to={}",
        "/v1/sites/HAM/feed?since={}", "/v1/sites/HAM/feed?limit={}", "/v1/sites/HAM/feed?generation={}",
        "/v1/sites/HAM/feed?began={}", "/v1/sites/HAM/feed?device={}", "/v1/sites/{}/feed", "/v1/sites/{}/snapshot",
        "/v1/sites/HAM/snapshots/{}", "/v1/devices/{}/hwm", "/v1/counts/{}", "/v1/exceptions?limit={}",
        "/units?serial={}", "/units/PUMP/{}", "/documents/{}", "/counts/{}", "/recall?lot={}", "/exceptions?kind={}",
    )  # fmt: skip
    http = either.office.http
    http.post("/sign-in", data={"token": either.office.running.office_token, "next": "/"})
    for place in places:
        for odd in QUERIES:
            for role in ("office", "device"):
                answer = http.get(place.replace("{}", odd), headers=either.headers(role))
                assert answer.status_code < 500, (place, odd, role, answer.status_code, answer.text[:200])


def test_odd_texts_in_an_event_are_kept_as_they_are(either: Town) -> None:
    texts = ("a\0b", "\0", "\u202e", "\U0001f600", "x" * 900, "%s", "\\u0000")
    for text in texts:
        either.device.write(
            Event(step="receiving", item="PUMP", serial=text, document=text, lot=text, operator=text)
        )
    answer = either.device.send(either.device.batch(2))
    assert answer.status_code == 200, answer.text
    held = [body for name, _, _, body in either.office.ledger() if name == either.device.device]
    assert held == either.device.bodies
    assert encode_body(Event(step="receiving", serial="a\0b")) != encode_body(
        Event(step="receiving", serial="ab")
    )
    serves(either)
