"""What a hostile or broken sender gets, and that nothing of it is stored."""

from __future__ import annotations

import gzip
import http.client
import zlib

import msgspec
import pytest
import zstandard

from sync.wire import BATCH_BYTES_MAX, BATCH_EVENTS_MAX
from tests.server.fleet import Handheld, Office, receiving

BOMB = b"0" * (BATCH_BYTES_MAX * 400)


@pytest.mark.parametrize(
    ("encoding", "packed"), [("gzip", gzip.compress(BOMB, mtime=0)), ("zstd", zstandard.compress(BOMB))]
)
def test_a_bomb_is_refused_before_it_goes_off(handheld: Handheld, encoding: str, packed: bytes) -> None:
    assert len(packed) < BATCH_BYTES_MAX
    answer = handheld.post(packed, **{"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_too_many_bytes_or_events_are_too_large(office: Office, handheld: Handheld) -> None:
    assert handheld.post(b" " * (BATCH_BYTES_MAX + 1)).status_code == 413
    handheld.bodies = [b"{}"] * (BATCH_EVENTS_MAX + 1)
    assert handheld.send().status_code == 413
    assert handheld.send(handheld.batch(1, BATCH_EVENTS_MAX)).status_code == 200
    assert len(office.ledger()) == BATCH_EVENTS_MAX


def test_an_endless_body_is_cut_off_at_the_bound(office: Office, handheld: Handheld) -> None:
    """Chunked, so that no Content-Length gives it away."""
    connection = http.client.HTTPConnection("127.0.0.1", office.running.port, timeout=30)
    connection.putrequest("POST", f"/v1/devices/{handheld.device}/events")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Authorization", handheld.auth["Authorization"])
    connection.endheaders()
    sent = 0
    try:
        while sent < 50 * BATCH_BYTES_MAX:
            connection.send(b"10000\r\n" + b"[" * 65536 + b"\r\n")
            sent += 65536
    except OSError:
        pass
    else:
        pytest.fail("the server read on and on")
    finally:
        connection.close()


MALFORMED = {
    "empty": b"",
    "no json": b"hello",
    "deep": b"[" * 100_000,
    "deep in an event": b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":['
    + b"[" * 100_000
    + b"]}",
    "a list": b"[]",
    "no events": b'{"epoch":1,"first":1,"prev_chain":"00","last_chain":"00","events":[]}',
    "first 0": b'{"epoch":1,"first":0,"prev_chain":"00","last_chain":"00","events":[{}]}',
    "epoch 0": b'{"epoch":0,"first":1,"prev_chain":"00","last_chain":"00","events":[{}]}',
    "first beyond": b'{"epoch":1,"first":99999999999999999999,"prev_chain":"00","last_chain":"00","events":[{}]}',
    "short chain": b'{"epoch":1,"first":1,"prev_chain":"00","last_chain":"00","events":[{}]}',
    "no hex": b'{"epoch":1,"first":1,"prev_chain":"zz","last_chain":"00","events":[{}]}',
    "half a character": b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":["\\ud800x"]}',
    "latin-1": '{"epoch":"ü"}'.encode("latin-1"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_nonsense_is_malformed_in_one_sentence(office: Office, handheld: Handheld, name: str) -> None:
    answer = handheld.post(MALFORMED[name])
    assert answer.status_code == 400
    assert answer.json()["error"] == "malformed"
    assert "\n" not in answer.json()["detail"]
    assert office.ledger() == []


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("br", b"x", 415),
        ("gzip, gzip", b"x", 415),
        ("gzip", b"not gzip", 400),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-3], 400),
        ("gzip", gzip.compress(b"{}", mtime=0) + gzip.compress(b"{}", mtime=0), 400),
        ("gzip", zlib.compress(b"{}"), 400),
        ("zstd", b"not zstd", 400),
        ("zstd", zstandard.compress(b"{}" * 1000)[:-5], 400),
    ],
)
def test_broken_or_unknown_compression(handheld: Handheld, encoding: str, body: bytes, status: int) -> None:
    assert handheld.post(body, **{"Content-Encoding": encoding}).status_code == status


def test_without_a_good_token_nobody_gets_in(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"))
    body = msgspec.json.encode(handheld.batch())
    path = f"/v1/devices/{handheld.device}/events"
    for header in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic x"},
    ):
        answer = office.http.post(path, content=body, headers=header)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert office.http.post(path, content=body, headers=office.auth).status_code == 403
    assert office.ledger() == []


def test_a_device_speaks_for_itself_only(office: Office, handheld: Handheld) -> None:
    other = office.handheld("Dock 2", "MUC")
    other.write(receiving("A"))
    body = msgspec.json.encode(other.batch())
    answer = office.http.post(f"/v1/devices/{other.device}/events", content=body, headers=handheld.auth)
    assert answer.status_code == 403
    assert office.http.get(f"/v1/devices/{other.device}/hwm", headers=handheld.auth).status_code == 403
    assert handheld.feed_answer(site="MUC").status_code == 403
    assert office.ledger() == []


def test_a_revoked_device_is_out_and_what_it_sent_stays(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"), receiving("B"))
    handheld.send(handheld.batch(1, 1))
    assert office.http.post(f"/v1/devices/{handheld.device}/revoke").status_code == 401
    assert office.http.post(f"/v1/devices/{handheld.device}/revoke", headers=office.auth).status_code == 200
    for answer in (handheld.send(handheld.batch(2, 2)), handheld.feed_answer()):
        assert (answer.status_code, answer.json()["error"]) == (403, "revoked")
    assert len(office.ledger()) == 1
    assert office.http.post("/v1/devices/nobody/revoke", headers=office.auth).status_code == 404
    assert office.http.post("/v1/devices/office/revoke", headers=office.auth).status_code == 404


def test_unknown_addresses_and_methods_answer_in_the_same_shape(office: Office) -> None:
    assert office.http.get("/v1/nothing").json()["error"] == "unknown"
    assert office.http.get("/v1/enroll").json()["error"] == "method"
