"""Who a device is: its key, its signature on every batch, and a token that is renewed without ever locking it out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from server import devices
from server.storage import StorageError
from sync import credentials, outbox, wire
from tests.server.fleet import Handheld, Office, receiving


def with_key(office: Office, name: str = "Keyed") -> tuple[Handheld, str]:
    """A device that was enrolled with a key of its own, and that key."""
    key = credentials.new_key()
    asked = {
        "code": office.code(),
        "name": name,
        "site": "HAM",
        "public_key": credentials.public_key(key),
    }
    given = office.http.post("/v1/enroll", json=asked).json()
    return Handheld(office.http, given["device"], given["token"], given["site"]), key


def signed(handheld: Handheld, key: str, batch: wire.Batch) -> wire.Batch:
    text = wire.batch_text(handheld.device, batch.epoch, batch.last, batch.last_chain)
    return msgspec.structs.replace(batch, signature=credentials.sign(key, text))


def renewal(handheld: Handheld, key: str, token: str, number: int) -> dict[str, Any]:
    hashed = hashlib.sha256(token.encode()).hexdigest()
    text = wire.renewal_text(handheld.device, number, hashed)
    return {"token_hash": hashed, "number": number, "signature": credentials.sign(key, text)}


def renew(handheld: Handheld, asked: dict[str, Any]) -> httpx.Response:
    return handheld.http.post(f"/v1/devices/{handheld.device}/token", json=asked)


def test_a_batch_counts_only_with_the_devices_signature(office: Office) -> None:
    handheld, key = with_key(office)
    thief = credentials.new_key()
    handheld.write(receiving("A"), receiving("B"))
    first, whole = handheld.batch(1, 1), handheld.batch()
    for forged in (
        first,
        signed(handheld, thief, first),
        msgspec.structs.replace(first, signature="00" * 64),
        msgspec.structs.replace(first, signature="nonsense"),
        msgspec.structs.replace(signed(handheld, key, first), epoch=2),
        msgspec.structs.replace(whole, signature=signed(handheld, key, first).signature),
    ):
        answer = handheld.send(forged)
        assert (answer.status_code, answer.json()["error"]) == (403, "signature")
    assert office.ledger() == []
    good = signed(handheld, key, whole)
    assert handheld.send(good).json()["hwm"] == 2
    with office.running.central.storage.read() as reader:
        kept = reader.rows("SELECT device, epoch, seq, signature FROM signed_head")
    assert [(row[0], row[1], row[2], bytes(row[3]).hex()) for row in kept] == [
        (handheld.device, 1, 2, good.signature)
    ]


def test_a_device_without_a_key_sends_as_before(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"))
    assert handheld.send().status_code == 200


@pytest.mark.parametrize("key", ["x", "00" * 31, "zz" * 32, "00" * 33, "é" * 64])
def test_what_is_no_key_is_refused_and_the_code_still_good(office: Office, key: str) -> None:
    code = office.code(site="HAM")
    answer = office.http.post("/v1/enroll", json={"code": code, "public_key": key})
    assert (answer.status_code, answer.json()["error"]) == (403, "enrollment")
    assert office.http.post("/v1/enroll", json={"code": code}).status_code == 200


def test_a_point_that_is_no_key_signs_nothing(office: Office) -> None:
    handheld, key = with_key(office)
    with office.running.central.storage.write() as tx:
        devices.renew_token(
            tx, handheld.device, hashlib.sha256(handheld.token.encode()).hexdigest(), "ff" * 32
        )
    handheld.write(receiving("A"))
    assert handheld.send(signed(handheld, key, handheld.batch())).status_code == 403


def test_the_old_token_holds_until_the_new_one_is_used(office: Office) -> None:
    handheld, key = with_key(office)
    old, new = handheld.token, "a-new-token-of-the-devices-own-making"
    assert renew(handheld, renewal(handheld, key, new, 1)).json() == {"device": handheld.device, "number": 1}
    for _ in range(2):  # the answer was lost, so it goes on with the old one
        assert handheld.hwm().hwm == 0
    handheld.token = new
    assert handheld.hwm().hwm == 0
    handheld.token = old
    path = f"/v1/devices/{handheld.device}/hwm"
    assert handheld.http.get(path, headers=handheld.auth).status_code == 401
    handheld.token = new
    assert handheld.hwm().hwm == 0


def test_a_lost_answer_is_asked_for_again_and_an_overheard_question_is_worth_nothing(office: Office) -> None:
    handheld, key = with_key(office)
    first = renewal(handheld, key, "first token", 1)
    assert renew(handheld, first).status_code == 200
    again = renewal(handheld, key, "first token", 2)
    assert renew(handheld, again).status_code == 200
    for old in (first, again):
        assert renew(handheld, old).status_code == 403
    handheld.token = "first token"
    assert handheld.hwm().hwm == 0


def test_a_thief_with_the_token_can_neither_hand_in_nor_renew(office: Office) -> None:
    handheld, _ = with_key(office)
    thief = credentials.new_key()
    asked = renewal(handheld, thief, "the thief's", 1)
    for headers in ({}, handheld.auth):
        answer = handheld.http.post(f"/v1/devices/{handheld.device}/token", json=asked, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "enrollment")
    handheld.write(receiving("A"))
    assert handheld.send(signed(handheld, thief, handheld.batch())).status_code == 403
    handheld.http.post(f"/v1/devices/{handheld.device}/revoke", headers=office.auth)
    path = f"/v1/devices/{handheld.device}/hwm"
    assert handheld.http.get(path, headers=handheld.auth).status_code == 403


def test_a_revoked_device_gets_no_token_and_one_without_a_key_none_this_way(
    office: Office, handheld: Handheld
) -> None:
    revoked, key = with_key(office)
    office.http.post(f"/v1/devices/{revoked.device}/revoke", headers=office.auth)
    assert renew(revoked, renewal(revoked, key, "x" * 20, 1)).status_code == 403
    assert renew(handheld, renewal(handheld, key, "x" * 20, 1)).status_code == 403
    nobody = Handheld(office.http, "D-NOBODY", "", "HAM")
    assert renew(nobody, renewal(nobody, key, "x" * 20, 1)).status_code == 403


def test_a_device_that_is_enrolled_again_has_no_token_of_before(office: Office) -> None:
    handheld, key = with_key(office)
    assert renew(handheld, renewal(handheld, key, "announced and never used", 1)).status_code == 200
    other = credentials.new_key()
    asked = {"code": office.code(device=handheld.device), "public_key": credentials.public_key(other)}
    given = office.http.post("/v1/enroll", json=asked).json()
    for token, status in ((handheld.token, 401), ("announced and never used", 401), (given["token"], 200)):
        handheld.token = token
        path = f"/v1/devices/{handheld.device}/hwm"
        assert handheld.http.get(path, headers=handheld.auth).status_code == status
    assert renew(handheld, renewal(handheld, key, "by the old key", 2)).status_code == 403
    assert renew(handheld, renewal(handheld, other, "by the new one", 1)).status_code == 200


def test_a_code_from_before_it_was_revoked_does_not_bring_a_device_back(office: Office) -> None:
    handheld, _ = with_key(office)
    code, others = office.code(device=handheld.device), office.code()
    assert office.http.post("/v1/devices/D-222222/revoke", headers=office.auth).status_code == 404
    office.http.post(f"/v1/devices/{handheld.device}/revoke", headers=office.auth)
    assert office.http.post("/v1/enroll", json={"code": code}).status_code == 403
    assert office.http.post("/v1/enroll", json={"code": others, "site": "HAM"}).status_code == 200
    again = office.code(device=handheld.device)
    assert office.http.post("/v1/enroll", json={"code": again}).json()["device"] == handheld.device


def signing(key: str) -> Callable[[bytes], str]:
    return lambda text: credentials.sign(key, text)


def handed_in(office: Office, data: bytes) -> httpx.Response:
    return office.http.post("/v1/outbox", content=data, headers=office.auth)


@pytest.mark.parametrize(
    "what", ["by the token", "by another key", "cut", "changed", "renamed", "no signature"]
)
def test_a_file_of_a_device_with_a_key_is_signed_with_it(office: Office, what: str) -> None:
    handheld, key = with_key(office)
    other, others_key = with_key(office, "Other")
    handheld.write(receiving("A"))
    batches = [signed(handheld, key, handheld.batch())]
    good = outbox.seal_with_key(handheld.device, batches, 0, signing(key))
    head, _, packed = good.partition(b"\n")
    forged = {
        "by the token": outbox.seal(handheld.device, batches, 0, outbox.secret_of(handheld.token)),
        "by another key": outbox.seal_with_key(handheld.device, batches, 0, signing(others_key)),
        "cut": good[:-1],
        "changed": good[:-1] + bytes([good[-1] ^ 1]),
        "renamed": good.replace(handheld.device.encode(), other.device.encode(), 1),
        "no signature": head.rsplit(b" ", 1)[0] + b" \n" + packed,
    }[what]
    answer = handed_in(office, forged)
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    assert office.ledger() == []
    assert handed_in(office, good).json()["stored"] == 1


def test_a_device_without_a_key_signs_its_file_with_the_token_and_cannot_say_it_has_one(
    office: Office, handheld: Handheld
) -> None:
    handheld.write(receiving("A"))
    mine = credentials.new_key()
    assert (
        handed_in(
            office, outbox.seal_with_key(handheld.device, [handheld.batch()], 0, signing(mine))
        ).status_code
        == 400
    )
    by_token = outbox.seal(handheld.device, [handheld.batch()], 0, outbox.secret_of(handheld.token))
    assert handed_in(office, by_token).json()["stored"] == 1


def test_neither_a_file_nor_a_rescue_goes_round_the_signature(office: Office) -> None:
    handheld, key = with_key(office)
    handheld.write(receiving("A"), receiving("B"))
    bare = handheld.batch(1, 1)

    def deliver(batch: wire.Batch) -> httpx.Response:
        return handed_in(office, outbox.seal_with_key(handheld.device, [batch], 0, signing(key)))

    assert deliver(bare).status_code == 400
    assert office.ledger() == []
    assert deliver(signed(handheld, key, bare)).json()["stored"] == 1
    office.http.post(f"/v1/devices/{handheld.device}/revoke", headers=office.auth)
    path, rest = f"/v1/devices/{handheld.device}/rescue", handheld.batch(2, 2)
    for batch, status in ((rest, 403), (signed(handheld, key, rest), 200)):
        answer = office.http.post(path, content=msgspec.json.encode(batch), headers=handheld.auth)
        assert answer.status_code == status, answer.text
    assert len(office.ledger()) == 1, "it waits for the office"


def is_due(mine: credentials.Credentials) -> bool:
    return mine.due


class Line:
    """The server over HTTP, as the handheld's agent asks it; what comes back may get lost."""

    def __init__(self, handheld: Handheld) -> None:
        self.handheld, self.lost, self.asked = handheld, False, 0

    def ask(self, method: str, path: str, *, body: bytes = b"", **_: Any) -> tuple[int, bytes]:
        self.asked += 1
        answer = self.handheld.http.request(method, path, content=body, headers=self.handheld.auth)
        if self.lost:
            raise StorageError("stands for a line that broke")
        return answer.status_code, answer.content

    def close(self) -> None:
        """Nothing to close."""


def test_a_handheld_renews_by_itself_and_survives_what_may_happen_meanwhile(office: Office) -> None:
    handheld, key = with_key(office)
    kept: list[credentials.Proof] = []
    now_ms = 10 * credentials.TOKEN_MS
    start = credentials.Proof(token=handheld.token, key=key, token_ms=now_ms - 1000)
    line = Line(handheld)
    assert not credentials.Credentials(start, kept.append, lambda: now_ms).due
    late = now_ms + credentials.TOKEN_MS
    mine = credentials.Credentials(start, kept.append, lambda: late)
    assert is_due(mine)
    line.lost = True
    with pytest.raises(StorageError):
        mine.renew(line, handheld.device)
    assert not is_due(mine), "not again at once"
    assert kept[-1].next_token
    assert kept[-1].token == handheld.token, "written down before the server heard of it"
    assert handheld.hwm().hwm == 0, "the old one does"
    line.lost = False
    after_a_crash = credentials.Credentials(kept[-1], kept.append, lambda: late)
    told: list[str] = []
    after_a_crash.told = told.append
    assert after_a_crash.renew(line, handheld.device)
    assert told == [kept[-1].token] == [kept[0].next_token], "the same token, so both answers mean one thing"
    handheld.token = kept[-1].token
    assert handheld.hwm().hwm == 0
    assert not after_a_crash.due
