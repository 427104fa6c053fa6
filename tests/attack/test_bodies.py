"""Bodies that hurt: bombs, depth, size, names that lead elsewhere. Each call that takes a body meets each of them."""

from __future__ import annotations

import gzip
import re

import pytest
import zstandard

from server.openapi import CALLS, Call
from sync.wire import IMPORT_BYTES_MAX
from tests.attack.conftest import Town

POSTS = [call for call in CALLS if call.body is not None]
BOMB = b"0" * (IMPORT_BYTES_MAX + 1024)
DEEP = b"[" * 200_000


def path_of(town: Town, call: Call) -> str:
    """Its address, with names that exist."""
    names = {"device": town.device.device, "site": "HAM"}
    return re.sub(r"{(\w+)}", lambda found: names.get(found[1], "x"), call.path)


def sender_of(town: Town, call: Call) -> dict[str, str]:
    """Somebody who may."""
    return town.headers("device" if call.who == ("device",) else "office")


@pytest.mark.parametrize("call", POSTS, ids=lambda call: call.path)
def test_a_body_that_hurts_is_refused_in_one_sentence_and_stores_nothing(town: Town, call: Call) -> None:
    bodies = {
        "gzip bomb": ({"Content-Encoding": "gzip"}, gzip.compress(BOMB, 1)),
        "zstd bomb": ({"Content-Encoding": "zstd"}, zstandard.compress(BOMB, 1)),
        "bomb in a bomb": ({"Content-Encoding": "gzip"}, gzip.compress(gzip.compress(BOMB, 1), 1)),
        "deep": ({}, DEEP),
        "deep object": ({}, b'{"a":' * 100_000),
        "not utf-8": ({}, b'"\xff\xfe"'),
        "a number too long": ({}, b"1" * 100_000),
        "nul": ({}, b"\0" * 1000),
    }
    before = town.office.ledger()
    for name, (headers, body) in bodies.items():
        answer = town.office.http.request(
            call.method.upper(),
            path_of(town, call),
            content=body,
            headers={**sender_of(town, call), **headers},
        )
        where = f"{name}: {answer.status_code} {answer.text[:200]}"
        assert answer.status_code in {400, 403, 413, 415, 422}, where
        assert answer.json().keys() == {"error", "detail"}, where
        assert len(answer.json()["detail"]) < 400, where
        assert "Traceback" not in answer.text, where
    assert town.office.ledger() == before
    assert town.office.http.get("/v1/health").json()["status"] == "ok"


TRICKS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5cserver.py",
    "%00",
    "x%00.html",
    "%ff%fe",
    "a" * 4000,
    "%E2%80%AE",
    "'%20OR%201=1--",
    "{{71713*9973}}",
    "${71713*9973}",
    "%0d%0aSet-Cookie:%20office=1",
    "con",
    ".",
    "..",
)
PLACES = (
    "/static/{}",
    "/v1/units/{}/A",
    "/v1/units/PUMP/{}",
    "/v1/units?serial={}",
    "/v1/sites/{}/feed",
    "/v1/devices/{}/hwm",
    "/units/PUMP/{}",
    "/documents/{}",
    "/sign-in?next={}",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_name_in_an_address_leads_nowhere_else(town: Town, place: str) -> None:
    for trick in TRICKS:
        for role in ("office", "device"):
            answer = town.office.http.get(place.format(trick), headers=town.headers(role))
            where = f"{place} {trick} by {role}: {answer.status_code}"
            assert answer.status_code < 500, where
            assert b"root:" not in answer.content, where
            assert b"import annotations" not in answer.content, where
            assert b"715193749" not in answer.content, where


NAMES = ("../HAM", "a/../../b", "..", "=1+1", "<b>x</b>", "x\0y", "x\ny", " HAM", "%CMD:UNDO")


def test_a_name_with_control_characters_or_of_a_command_is_none_and_the_others_stay_names(town: Town) -> None:
    for name in NAMES:
        ask = {"code": town.office.code(), "name": "d", "site": name}
        answer = town.office.http.post("/v1/enroll", json=ask)
        bad = any(ord(char) < 32 for char in name) or name != name.strip() or name.startswith("%CMD:")
        assert answer.status_code == (403 if bad else 200), name
        if not bad:
            assert answer.json()["site"] == name
    assert sorted(path.name for path in town.office.running.central.storage.path.parent.iterdir()) == FILES  # type: ignore[attr-defined]


FILES = ["central.db", "central.db-shm", "central.db-wal", "central.db.lock", "central.db.office-token"]
