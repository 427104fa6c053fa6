"""A handheld without rights or without a network: its events reach the office, and none is taken for sent."""

from __future__ import annotations

import json

import httpx

from scanner_app import outbox
from scanner_app.session import Session
from tests.durability.goods import serial
from tests.scanner_app.scanner_process import scanner
from tests.sync.fleet import Dock, Fleet, until


def office(fleet: Fleet) -> dict[str, str]:
    return {"Authorization": f"Bearer {fleet.server.office_token}"}


def revoke(fleet: Fleet, dock: Dock) -> None:
    answer = httpx.post(f"{fleet.server.url}/v1/devices/{dock.device}/revoke", headers=office(fleet))
    assert answer.status_code == 200


def held(fleet: Fleet) -> int:
    found = httpx.get(f"{fleet.server.url}/v1/rescues", headers=office(fleet)).json()["waiting"]
    return sum(line["events"] for line in found)


def test_a_revoked_handheld_hands_in_what_it_has_and_keeps_it(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.give(serial(1))
    until(dock.settled, "the first")
    revoke(fleet, dock)
    dock.give(serial(2), serial(3))
    until(lambda: held(fleet) == 2, "nothing was handed in")
    assert dock.pending() == 2, "what waits for the office is not confirmed"
    assert len(fleet.ledger(dock.device)) == 1
    dock.restart()
    dock.give(serial(4))
    until(lambda: held(fleet) == 3, "what came later was not handed in")
    answer = httpx.post(
        f"{fleet.server.url}/v1/rescues/{dock.device}/decision",
        json={"accept": True, "reason": "it was in the van"}, headers=office(fleet),
    )  # fmt: skip
    assert answer.json()["accepted"] == 3
    until(lambda: fleet.tally("PO-HAM") == {1: 4}, "it does not count")
    assert fleet.ledger(dock.device) == dock.events()


def test_enrolled_again_it_goes_on_where_the_server_stands(fleet: Fleet) -> None:
    from sync.wire import NewCode

    dock = fleet.dock()
    dock.begin("PO-HAM")
    revoke(fleet, dock)
    dock.give(serial(1), serial(2))
    until(lambda: held(fleet) == 2, "nothing was handed in")
    wanted = NewCode(site="HAM", device=dock.device)
    import msgspec

    made = httpx.post(
        f"{fleet.server.url}/v1/enrollment-codes", content=msgspec.json.encode(wanted), headers=office(fleet)
    ).json()
    given = httpx.post(f"{fleet.server.url}/v1/enroll", json={"code": made["code"], "site": "HAM"}).json()
    dock.identity = msgspec.structs.replace(dock.identity, token=given["token"])
    dock.restart()
    until(dock.settled, "not sent")
    assert fleet.ledger(dock.device) == dock.events()
    httpx.post(
        f"{fleet.server.url}/v1/rescues/{dock.device}/decision",
        json={"accept": True, "reason": "the same"}, headers=office(fleet),
    )  # fmt: skip
    assert fleet.ledger(dock.device) == dock.events(), "nothing is doubled"


def test_a_file_brings_the_events_and_the_network_finds_them_there(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.offline()
    dock.give(*(serial(number) for number in range(1, 8)))

    def sealed(session: Session) -> bytes:
        return outbox.sealed(session.journal, dock.identity.token, 1_795_000_000_000, None)[0]

    path = dock.folder / "outbox.scanner"
    path.write_bytes(dock.ask(sealed))
    call = ("import", str(path), "--server", fleet.server.url, "--token", fleet.server.office_token, "--json")
    for stored in (7, 0):
        ended = scanner(*call)
        assert (ended.code, json.loads(ended.out)["stored"]) == (0, stored), ended.err
    assert fleet.ledger(dock.device) == dock.events()
    assert dock.pending() == 7, "only the server's own word confirms"
    dock.offline(False)
    until(dock.settled, "settled")
    assert fleet.ledger(dock.device) == dock.events()
    assert fleet.tally("PO-HAM") == {1: 7}


def test_the_command_line_writes_the_file_of_an_enrolled_handheld(fleet: Fleet) -> None:
    from scanner_app.identity import Identity, keep

    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.offline()
    dock.give(serial(1), serial(2))
    dock.on.crash()
    file = dock.folder / "out.scanner"
    refused = scanner("export", "outbox", str(file), "--data", str(dock.folder))
    assert (refused.code, "enroll" in refused.err) == (1, True)
    keep(
        dock.folder,
        Identity(device=dock.device, token=dock.identity.token, site="HAM", url=fleet.server.url),
    )
    ended = scanner("export", "outbox", str(file), "--data", str(dock.folder), "--json")
    assert (ended.code, ended.rows[0]["events"]) == (0, 2), ended.err
    assert scanner("export", "outbox", "--data", str(dock.folder)).code == 2
    brought = scanner("import", str(file), "--server", fleet.server.url, "--token", fleet.server.office_token)
    assert (brought.code, "2 of 2 events are new" in brought.out) == (0, True), brought.err
    file.write_bytes(file.read_bytes()[:-1])
    spoiled = scanner("import", str(file), "--server", fleet.server.url, "--token", fleet.server.office_token)
    assert (spoiled.code, "not signed by this device" in spoiled.err) == (1, True)
    dock.on = dock._started()
    until(dock.settled, "settled")
