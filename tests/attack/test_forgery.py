"""Batches that are repeated, altered, forged or sent with a stolen token: no fact is lost, none is overwritten."""

from __future__ import annotations

import msgspec
import pytest

from sync.wire import Batch
from tests.attack.conftest import Town
from tests.server.fleet import Handheld, receiving


def bodies(town: Town, device: Handheld) -> list[bytes]:
    """What the server holds of it."""
    return [body for name, _, _, body in town.office.ledger() if name == device.device]


def test_a_recorded_upload_that_is_sent_again_changes_nothing(town: Town) -> None:
    device = town.device
    recorded = msgspec.json.encode(device.batch())
    device.write(receiving("B"))
    assert device.send(device.batch(2)).status_code == 200
    before = town.office.ledger()
    for _ in range(3):
        answer = device.post(recorded)
        assert (answer.status_code, answer.json()["status"], answer.json()["hwm"]) == (200, "duplicate", 2)
    assert town.office.ledger() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda batch: msgspec.structs.replace(batch, events=[msgspec.Raw(b'{"step":"destroying"}')]),
        lambda batch: msgspec.structs.replace(batch, prev_chain="00" * 32),
        lambda batch: msgspec.structs.replace(batch, last_chain="11" * 32),
        lambda batch: msgspec.structs.replace(batch, first=1),
        lambda batch: msgspec.structs.replace(batch, first=7),
    ],
    ids=["event", "chain before", "chain after", "number known", "number ahead"],
)
def test_an_altered_batch_is_a_fork_or_a_gap_and_stores_nothing(town: Town, change: object) -> None:
    device = town.device
    device.write(receiving("B"))
    assert callable(change)
    forged: Batch = change(device.batch(2))
    before = town.office.ledger()
    answer = device.send(forged)
    assert answer.status_code == 409
    assert answer.json()["error"] in {"fork", "gap"}
    assert town.office.ledger() == before
    # The honest one goes on as if nothing had been.
    assert device.send(device.batch(2)).json()["status"] == "stored"
    assert bodies(town, device) == device.bodies


def test_a_thief_with_the_token_can_add_and_is_noticed_but_overwrites_nothing(town: Town) -> None:
    """He does not have the chain, so he cannot go on where the handheld is; a new epoch is all that is left to him."""
    device = town.device
    thief = Handheld(town.office.http, device.device, device.token, device.site, nonce="guessed")
    thief.write(receiving("STOLEN"))
    assert thief.send().json()["error"] == "fork"
    thief.epoch = 2
    assert thief.send().json()["status"] == "stored"
    # The handheld hears of it with its next batch, and what it wrote is taken in under its old name.
    device.write(receiving("B"))
    assert device.send(device.batch(2)).json()["error"] == "fenced"
    assert device.send(device.batch(2, orphan=True)).json()["status"] == "stored"
    assert [body for body in bodies(town, device) if body in device.bodies] == device.bodies
    # The office ends the token; the thief is out, and the facts stay.
    code = town.office.code(device=device.device)
    given = town.office.http.post("/v1/enroll", json={"code": code, "name": "one", "site": "HAM"})
    assert given.status_code == 200
    thief.write(receiving("MORE"))
    assert thief.send(thief.batch(2)).status_code == 401


def test_a_token_speaks_for_its_own_device_only(town: Town) -> None:
    device, other = town.device, town.other
    device.write(receiving("B"))
    batch = msgspec.json.encode(device.batch(2))
    path = f"/v1/devices/{device.device}/events"
    for headers in (other.auth, town.far.auth, town.gone.auth, town.office.auth, {}):
        assert town.office.http.post(path, content=batch, headers=headers).status_code in {401, 403}
    assert len(bodies(town, device)) == 1


def test_a_receipt_cannot_be_made_up(town: Town) -> None:
    from server.ingest import receipt_holds
    from sync.wire import Stored

    device = town.device
    stored = msgspec.json.decode(device.send().content, type=Stored)
    receipt = stored.receipt
    assert receipt is not None
    key = town.office.running.central.storage.receipt_key
    assert receipt_holds(key, receipt)
    for field, value in (
        ("hwm", 99),
        ("device", "D-OTHER"),
        ("epoch", 9),
        ("received_ms", 1),
        ("chain", "00"),
    ):
        assert not receipt_holds(key, msgspec.structs.replace(receipt, **{field: value}))
