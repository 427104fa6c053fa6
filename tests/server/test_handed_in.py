"""Events by another way: the signed file of a handheld without a network, and what a revoked one hands in."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest

from sync import outbox
from sync.wire import Batch
from tests.server.fleet import Handheld, Office, receiving, site_file

NOW_MS = 1_795_000_000_000


@pytest.fixture
def away(office: Office, handheld: Handheld) -> Handheld:
    """A handheld with five events, of which the first two were sent."""
    office.load(site_file())
    handheld.write(*(receiving(f"S{number}") for number in range(5)))
    assert handheld.send(handheld.batch(1, 2)).status_code == 200
    return handheld


def sealed(handheld: Handheld, *batches: Batch, token: str = "") -> bytes:
    chosen = list(batches) or [handheld.batch(3, 4), handheld.batch(5, 5)]
    return outbox.seal(handheld.device, chosen, NOW_MS, outbox.secret_of(token or handheld.token))


def deliver(office: Office, data: bytes) -> httpx.Response:
    return office.http.post("/v1/outbox", content=data, headers=office.auth)


def known(office: Office) -> set[str]:
    """Serial numbers that count."""
    office.settle()
    with office.running.central.storage.read() as reader:
        return {row[0] for row in reader.rows("SELECT serial FROM unit")}


def revoke(office: Office, handheld: Handheld) -> None:
    assert office.http.post(f"/v1/devices/{handheld.device}/revoke", headers=office.auth).status_code == 200


def rescue(handheld: Handheld, batch: Batch) -> httpx.Response:
    path = f"/v1/devices/{handheld.device}/rescue"
    return handheld.http.post(path, content=msgspec.json.encode(batch), headers=handheld.auth)


def decide(office: Office, handheld: Handheld, accept: bool, reason: str = "found again") -> httpx.Response:
    path = f"/v1/rescues/{handheld.device}/decision"
    return office.http.post(path, json={"accept": accept, "reason": reason}, headers=office.auth)


def waiting(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.http.get("/v1/rescues", headers=office.auth).json()["waiting"]
    return found


# -- the file ----


def test_a_file_is_as_good_as_the_network(office: Office, away: Handheld) -> None:
    done = deliver(office, sealed(away)).json()
    assert done == {
        "device": away.device, "events": 3, "stored": 3, "known": 0, "held": 0, "refused": "",
        "epoch": 0, "missing_from": 0, "missing_through": 0,
    }  # fmt: skip
    assert away.hwm().hwm == 5
    assert known(office) == {f"S{number}" for number in range(5)}
    again = away.send(away.batch(3, 5)).json()
    assert (again["status"], again["hwm"]) == ("duplicate", 5), "the network comes back"


def test_the_same_file_twice_and_after_the_network_changes_nothing(office: Office, away: Handheld) -> None:
    data = sealed(away)
    assert away.send(away.batch(3, 4)).status_code == 200
    first, second = deliver(office, data).json(), deliver(office, data).json()
    assert (first["stored"], first["known"]) == (1, 2)
    assert (second["stored"], second["known"]) == (0, 3)
    with office.running.central.storage.read() as reader:
        rows = reader.rows("SELECT seq FROM ledger WHERE device = ? ORDER BY seq", away.device)
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("what", ["changed", "other device's", "made up", "cut", "head"])
def test_a_file_that_the_device_did_not_sign_is_not_taken(office: Office, away: Handheld, what: str) -> None:
    other = office.handheld("other")
    data = {
        "changed": sealed(away)[:-1] + bytes([sealed(away)[-1] ^ 1]),
        "other device's": sealed(away, token=other.token),
        "made up": sealed(away, token="guessed"),
        "cut": sealed(away)[:-10],
        "head": sealed(other, away.batch(3, 5)).replace(other.device.encode(), away.device.encode(), 1),
    }[what]
    answer = deliver(office, data)
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    assert away.hwm().hwm == 2


def test_a_file_with_a_gap_says_which_events_must_come_first(office: Office, away: Handheld) -> None:
    away.write(receiving("S5"))
    done = deliver(office, sealed(away, away.batch(5, 5), away.batch(6, 6))).json()
    assert (done["stored"], done["known"], done["refused"]) == (0, 0, "gap")
    assert (done["epoch"], done["missing_from"], done["missing_through"]) == (1, 3, 4)
    assert away.hwm().hwm == 2


def test_a_file_of_an_unknown_handheld_is_refused_by_its_name(office: Office) -> None:
    nobody = Handheld(office.http, "D-222222", "its token", "HAM")
    nobody.write(receiving("A"))
    answer = deliver(office, sealed(nobody, nobody.batch()))
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    assert "no device 'D-222222'" in answer.json()["detail"]


def test_a_file_with_other_facts_under_the_same_numbers_is_a_fork_and_nothing_is_missing(
    office: Office, away: Handheld
) -> None:
    away.bodies[1] = away.bodies[0].replace(b"S0", b"SX")
    done = deliver(office, sealed(away, away.batch())).json()
    assert (done["stored"], done["refused"]) == (0, "fork")
    assert (done["epoch"], done["missing_from"], done["missing_through"]) == (0, 0, 0)
    assert away.hwm().hwm == 2


def test_the_first_events_of_a_device_may_come_in_a_file(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"))
    assert deliver(office, sealed(handheld, handheld.batch())).json()["stored"] == 1
    assert (handheld.hwm().epoch, handheld.hwm().hwm) == (1, 1), "it is the epoch that runs"


def test_one_epoch_with_a_gap_keeps_no_other_from_being_taken(office: Office, away: Handheld) -> None:
    later = Handheld(away.http, away.device, away.token, away.site, epoch=2, nonce="second")
    later.write(receiving("T"))
    data = sealed(away, away.batch(5, 5, orphan=True), later.batch())
    done = deliver(office, data).json()
    assert (done["stored"], done["refused"], done["epoch"]) == (1, "gap", 1)
    assert away.hwm(epoch=2).hwm == 1


def test_a_file_from_before_an_epoch_ended_is_taken_after_it(office: Office, away: Handheld) -> None:
    data = sealed(away)
    later = Handheld(away.http, away.device, away.token, away.site, epoch=2, nonce="second")
    later.write(receiving("T"))
    assert later.send().status_code == 200
    done = deliver(office, data).json()
    assert (done["stored"], done["refused"]) == (3, "")
    assert away.hwm(epoch=1).hwm == 5


def test_a_bomb_is_not_unpacked(office: Office, away: Handheld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "UNPACKED_BYTES_MAX", 1000)
    assert deliver(office, sealed(away)).status_code == 413
    assert away.hwm().hwm == 2


def test_only_the_office_hands_in_a_file(office: Office, away: Handheld) -> None:
    assert office.http.post("/v1/outbox", content=sealed(away), headers=away.auth).status_code == 403
    assert office.http.post("/v1/outbox", content=sealed(away)).status_code == 401


# -- a revoked device ----


def test_what_a_revoked_device_hands_in_counts_once_the_office_says_so(
    office: Office, away: Handheld
) -> None:
    revoke(office, away)
    assert away.send(away.batch(3, 5)).status_code == 403
    for batch in (away.batch(3, 4), away.batch(5, 5), away.batch(3, 4)):
        assert rescue(away, batch).json() == {"epoch": 1, "through": batch.last}
    assert known(office) == {"S0", "S1"}
    (line,) = waiting(office)
    assert (line["device"], line["batches"], line["events"]) == (away.device, 2, 3)
    done = decide(office, away, accept=True).json()
    assert done == {"device": away.device, "accepted": 3, "refused": ""}
    assert known(office) == {f"S{number}" for number in range(5)}
    assert waiting(office) == []
    assert away.send(away.batch(3, 5)).status_code == 403, "it stays revoked"


def test_rejected_it_is_kept_and_counts_for_nothing(office: Office, away: Handheld) -> None:
    revoke(office, away)
    rescue(away, away.batch(3, 5))
    assert decide(office, away, accept=False, reason="stolen on Monday").json()["accepted"] == 0
    assert known(office) == {"S0", "S1"}
    with office.running.central.storage.read() as reader:
        rows = reader.rows("SELECT decision, reason, first, last FROM rescued")
    assert rows == [("rejected", "stolen on Monday", 3, 5)]
    assert decide(office, away, accept=True).status_code == 409


def test_a_decision_needs_a_reason(office: Office, away: Handheld) -> None:
    revoke(office, away)
    rescue(away, away.batch(3, 5))
    assert decide(office, away, accept=True, reason="  ").status_code == 409
    assert known(office) == {"S0", "S1"}


def test_a_device_in_good_standing_and_another_one_cannot(office: Office, away: Handheld) -> None:
    assert rescue(away, away.batch(3, 5)).status_code == 409
    other = office.handheld("other")
    revoke(office, away)
    path = f"/v1/devices/{away.device}/rescue"
    body = msgspec.json.encode(away.batch(3, 5))
    assert office.http.post(path, content=body, headers=other.auth).status_code == 403
    assert waiting(office) == []


def test_the_file_of_a_revoked_device_waits_too(office: Office, away: Handheld) -> None:
    revoke(office, away)
    assert deliver(office, sealed(away)).json()["held"] == 3
    assert known(office) == {"S0", "S1"}
    assert decide(office, away, accept=True).json()["accepted"] == 3


def test_what_does_not_follow_is_not_taken_and_not_lost(office: Office, away: Handheld) -> None:
    revoke(office, away)
    rescue(away, away.batch(4, 5))
    assert decide(office, away, accept=True).json() == {
        "device": away.device,
        "accepted": 0,
        "refused": "gap",
    }
    with office.running.central.storage.read() as reader:
        assert reader.rows("SELECT decision FROM rescued") == [("gap",)]


def test_no_device_fills_the_disk(office: Office, away: Handheld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.handed_in.BATCHES_MAX", 1)
    revoke(office, away)
    assert rescue(away, away.batch(3, 3)).status_code == 200
    assert rescue(away, away.batch(4, 4)).status_code == 413


def test_the_page_shows_what_waits_and_takes_the_word(office: Office, away: Handheld) -> None:
    revoke(office, away)
    rescue(away, away.batch(3, 5))
    token = office.running.office_token
    assert office.http.post("/sign-in", data={"token": token, "next": "/"}).status_code == 303
    text = office.http.get("/rescues").text
    assert re.search(r"3 events of\s+" + away.device, text)
    form = {"device": away.device, "reason": "found in the van", "accept": "yes"}
    answer = office.http.post("/rescues/decision", data=form)
    assert answer.status_code == 303
    assert "Nothing waits" in office.http.get("/rescues").text
    assert known(office) == {f"S{number}" for number in range(5)}
