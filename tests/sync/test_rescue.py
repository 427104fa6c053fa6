"""A handheld without rights or without a network: its events reach the office, and none is taken for sent."""

from __future__ import annotations

import json

import httpx
import msgspec
import pytest

from scanner_app import outbox
from scanner_app.identity import Identity, keep, known
from scanner_app.revoked import is_revoked
from scanner_app.running import Server
from scanner_app.session import Session
from scanner_app.tui.local import Local
from scanner_app.tui.paint.task import hint_lines
from scanner_app.view import ScreenView
from tests.durability.goods import serial
from tests.scanner_app.scanner_process import scanner
from tests.sync.fleet import Dock, Fleet, until
from tracking.catalogue import LANGUAGES, say
from tracking.phrases import phrase


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


NOWHERE = "http://127.0.0.1:9"


def says_revoked(dock: Dock) -> bool:
    return "REVOKED by the office: scans are kept" in dock.view().hint


def rights(dock: Dock, url: str, token: str = "") -> list[dict[str, str]]:
    """What the doctor says of them."""
    keep(dock.folder, Identity(device=dock.device, token=token or dock.identity.token, site="HAM", url=url))
    found = scanner("doctor", "--data", str(dock.folder), "--json").rows
    return [check for check in found if check["name"] == "rights"]


def test_the_person_reads_that_it_was_revoked_also_after_a_restart_without_a_network(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    until(dock.settled, "nothing is left to send")
    assert rights(dock, fleet.server.url) == []
    revoke(fleet, dock)
    fleet.load({"site": "HAM", "items": [{"item": "NEWS"}]})  # ends the question that waits for news
    until(lambda: says_revoked(dock), "only the feed asks, and it does not say so")
    until(lambda: bool(dock.ask(lambda session: is_revoked(session.journal))), "it is not kept")
    dock.give(serial(1))
    until(lambda: held(fleet) == 1, "nothing was handed in")
    assert says_revoked(dock)
    dock.identity = msgspec.structs.replace(dock.identity, url=NOWHERE)
    dock.restart()
    assert says_revoked(dock), "before the first word of any server"
    until(lambda: dock.view().link == "offline", "it has no network")
    assert says_revoked(dock)
    dock.offline()
    assert says_revoked(dock), "it is more than a network that is gone"
    for url, token in ((NOWHERE, ""), (fleet.server.url, ""), (fleet.server.url, "nobody's")):
        (check,) = rights(dock, url, token)
        assert (check["state"], "revoked by the office" in check["detail"]) == ("fault", True)
        assert "scanner export outbox" in check["fix"]
        assert dock.device in check["fix"]


def test_the_doctor_asks_and_knows_before_the_handheld_does(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    dock.offline()
    revoke(fleet, dock)
    assert rights(dock, NOWHERE) == []
    (check,) = rights(dock, fleet.server.url)
    assert check["state"] == "fault"


def test_enrolled_again_it_does_not_say_so_any_more(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    revoke(fleet, dock)
    dock.give(serial(1))
    until(lambda: says_revoked(dock), "revoked")
    code = httpx.post(
        f"{fleet.server.url}/v1/enrollment-codes", json={"device": dock.device}, headers=office(fleet)
    ).json()["code"]
    dock.on.crash()
    call = ("enroll", "--server", fleet.server.url, "--code", code, "--data", str(dock.folder))
    ended = scanner(*call)
    assert ended.code == 0, ended.err
    own = known(dock.folder)
    assert own is not None
    dock.identity = Server(url=NOWHERE, token=own.token, site="HAM")
    dock.on = dock._started()
    assert not says_revoked(dock)
    assert rights(dock, NOWHERE) == []


def test_the_servers_word_ends_it_where_the_office_gave_the_rights_back(fleet: Fleet) -> None:
    dock = fleet.dock()
    dock.begin("PO-HAM")
    revoke(fleet, dock)
    dock.give(serial(1))
    until(lambda: says_revoked(dock), "revoked")
    with fleet.server.central.storage.write() as tx:
        tx.run("UPDATE device SET revoked_ms = 0 WHERE id = ?", dock.device)
    dock.give(serial(2))
    until(dock.settled, "it sends again")
    until(lambda: dock.view().link == "online", "online")
    dock.offline()
    until(lambda: dock.view().link == "offline", "offline by hand")
    assert not says_revoked(dock)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_whole_on_the_smallest_screen(language: str) -> None:
    said = say(phrase("link_revoked"), language)
    lines = hint_lines(ScreenView(hint=said, language=language), Local(), 40)
    assert " ".join(lines) == said


def test_enrolled_again_it_goes_on_where_the_server_stands(fleet: Fleet) -> None:
    from sync.wire import NewCode

    dock = fleet.dock()
    dock.begin("PO-HAM")
    revoke(fleet, dock)
    dock.give(serial(1), serial(2))
    until(lambda: held(fleet) == 2, "nothing was handed in")
    wanted = NewCode(site="HAM", device=dock.device)
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
    ended = scanner("export", "outbox", str(file), "--data", str(dock.folder), "--json", umask=0)
    assert file.stat().st_mode & 0o077 == 0, "others may read it"
    assert (ended.code, ended.rows[0]["events"]) == (0, 2), ended.err
    assert scanner("export", "outbox", "--data", str(dock.folder)).code == 2
    brought = scanner("import", str(file), "--server", fleet.server.url, "--token", fleet.server.office_token)
    assert (brought.code, "2 of 2 events are new" in brought.out) == (0, True), brought.err
    file.write_bytes(file.read_bytes()[:-1])
    spoiled = scanner("import", str(file), "--server", fleet.server.url, "--token", fleet.server.office_token)
    assert (spoiled.code, "not signed by this device" in spoiled.err) == (1, True)
    dock.on = dock._started()
    until(dock.settled, "settled")
