"""A handheld whose clock is years ahead: what it wrote counts from when it came, and the office is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from scanner_app.cli import main
from server import backup, ledger
from server.open_storage import Database
from server.quarantine import reread
from server.rebuild import rebuild
from server.restore import restore
from server.site_import import append_in_office_name
from server.storage import Storage
from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.server.test_backup import another as another
from tests.server.test_backup import office_of
from tests.server.test_projection import everything, tally, unit
from tests.server.test_trace import ask
from tracking import clock
from tracking.events import STEPS, Event, encode_body, event_id

HOUR_MS = 3_600_000
YEAR_2100_MS = 4_102_444_800_000
LIE = clock.pack(YEAR_2100_MS)
LIED_AT = "2100-01-01T01:00:00.000+01:00"


def now(office: Office, later_ms: int = 0) -> int:
    """The hybrid clock of somebody who goes by the server's time."""
    return clock.pack(office.running.central.now_ms() + later_ms)


def sent(office: Office, handheld: Handheld) -> None:
    first = handheld.hwm().hwm + 1
    answer = handheld.send(handheld.batch(first))
    assert answer.status_code == 200, answer.text
    office.settle()


def page(office: Office, address: str) -> str:
    """What the office sees."""
    office.http.post("/sign-in", data={"token": office.running.office_token})
    answer = office.http.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def other(office: Office, handheld: Handheld) -> Handheld:
    """Another handheld, whose clock is right."""
    office.load(site_file())
    return office.handheld("Dock 2")


def test_whoever_scans_it_next_has_the_last_word(office: Office, handheld: Handheld, other: Handheld) -> None:
    handheld.write(receiving("SN-1", location="HAM-A", hlc=LIE, at=LIED_AT))
    sent(office, handheld)
    state = unit(other, "SN-1")
    assert state["status"] == "received"
    assert state["at"] < "2100", "nobody is told that it came in the year 2100"
    other.write(
        Event(
            step="shipping",
            item="PUMP",
            serial="SN-1",
            party="CITY",
            document="SO-1",
            line=1,
            hlc=now(office, 1000),
        )
    )
    sent(office, other)
    assert unit(handheld, "SN-1")["status"] == "shipped"


def test_up_to_the_bound_a_clock_is_followed(office: Office, handheld: Handheld, other: Handheld) -> None:
    """What two handhelds that keep to the rule wrote is put in the order that their clocks give."""
    handheld.write(
        receiving("SN-1"),
        Event(
            step="storing", item="PUMP", serial="SN-1", location="HAM-A", hlc=now(office, clock.APART_MS_MAX)
        ),
    )
    sent(office, handheld)
    other.write(Event(step="storing", item="PUMP", serial="SN-1", location="HAM-B", hlc=now(office, 1000)))
    sent(office, other)
    assert unit(other, "SN-1")["location"] == "HAM-A"
    with office.running.central.storage.read() as reader:
        assert reader.rows("SELECT * FROM ahead") == []


def test_orders_lots_containers_and_tasks_go_on_too(
    office: Office, handheld: Handheld, other: Handheld
) -> None:
    gives = Event(step="handing_over", action="DELETE", document="PO-1", task="receiving", hlc=LIE + 1)
    handheld.write(
        Event(step="completing", document="PO-1", hlc=LIE),
        gives,
        Event(step="holding", action="ADD", flag="held", item="SEAL", lot="L1", hlc=LIE + 2),
        Event(step="packing", container="C-1", parent_container="P-1", hlc=LIE + 3),
        Event(step="packing", item="SEAL", lot="L1", quantity=5, parent_container="C-1", hlc=LIE + 4),
    )
    sent(office, handheld)
    given = f"{handheld.device}/1/2"
    hlc = now(office, 1000)
    other.write(
        Event(step="completing", action="DELETE", document="PO-1", hlc=hlc),
        Event(
            step="handing_over", action="ADD", follows=given, document="PO-1", task="receiving", hlc=hlc + 1
        ),
        Event(step="holding", action="DELETE", flag="held", item="SEAL", lot="L1", hlc=hlc + 2),
        Event(step="packing", container="C-1", parent_container="P-2", hlc=hlc + 3),
        Event(step="shipping", container="C-1", hlc=hlc + 4),
    )
    sent(office, other)
    rows = other.replica()
    assert not tally(other)
    assert rows["handover", given]["to"] == other.device
    assert "flags" not in rows["lot", '["SEAL","L1"]']
    assert rows["container", "C-1"]["shipped"]
    held = rows["inside", '["","C-1"]']
    told = {"emptied": hlc + 4, "ahead": [f"{handheld.device}/1"]}
    assert held == told, "it was shipped with all that was in it"


def test_the_ledger_and_the_name_stay_and_the_history_says_what_is_known(
    office: Office, handheld: Handheld, other: Handheld
) -> None:
    handheld.write(receiving("SN-1", hlc=LIE, at=LIED_AT))
    sent(office, handheld)
    other.write(Event(step="storing", item="PUMP", serial="SN-1", location="HAM-A", hlc=now(office, 1000)))
    sent(office, other)
    assert [row[3] for row in office.ledger()] == [*handheld.bodies, *other.bodies]
    (one,) = ask(office, "/v1/units/PUMP/SN-1")
    first, second = one["history"]
    assert (first["step"], first["at"], first["clock_ahead"]) == ("receiving", LIED_AT, True)
    assert first["event_id"] == event_id(handheld.device, 1, 1, YEAR_2100_MS)
    assert (second["step"], second["clock_ahead"]) == ("storing", False)
    shown = page(office, "/units/PUMP/SN-1")
    assert shown.count("Time uncertain") == 1
    earlier = {"serial": "SN-1", "at": "2026-01-01"}
    assert ask(office, "/v1/units", **earlier)[0]["status"] == "unknown"
    assert ask(office, "/v1/units", serial="SN-1", at="2099-12-31")[0]["status"] == "received"


def test_made_anew_it_is_the_same(office: Office, handheld: Handheld, other: Handheld) -> None:
    other.write(receiving("SN-1", location="HAM-B"))
    sent(office, other)
    handheld.write(receiving("SN-1", hlc=LIE, at=LIED_AT), receiving("SN-2", hlc=LIE + 1, at=LIED_AT))
    sent(office, handheld)
    storage = office.running.central.storage
    followed = everything(storage)
    assert [row[:2] for row in followed["ahead"]] == [(handheld.device, 1)]
    rebuild(storage)
    assert everything(storage) == followed


def kinds(office: Office) -> list[tuple[str, str]]:
    listed = office.http.get("/v1/exceptions", headers=office.auth).json()["exceptions"]
    return [(one["exception"]["kind"], one["key"]) for one in listed]


def test_the_office_is_told_once_and_settles_it(office: Office, handheld: Handheld, other: Handheld) -> None:
    handheld.write(receiving("SN-1"), receiving("SN-2", hlc=LIE, at=LIED_AT))
    sent(office, handheld)
    handheld.write(receiving("SN-3", hlc=LIE + 1, at=LIED_AT))
    sent(office, handheld)
    key = f"clock_ahead/{handheld.device}/1/2"
    assert kinds(office) == [("clock_ahead", key)]
    told = other.replica()["exception", key]
    assert (told["first"]["at"][:4], told["second"]["device"]) == ("2100", handheld.device)
    assert told["second"]["at"] < "2100"
    shown = page(office, "/devices")
    assert "2 events, last received" in shown
    assert "01 Jan 2100" in shown
    assert "was ahead" in page(office, "/exceptions")
    said = {"key": key, "reason": "its clock battery is new"}
    assert office.http.post("/v1/exceptions/settle", json=said, headers=office.auth).status_code == 200
    office.settle()
    handheld.write(receiving("SN-4", hlc=LIE + 2, at=LIED_AT))
    sent(office, handheld)
    assert kinds(office) == []
    assert ("exception", key) not in other.replica()
    storage = office.running.central.storage
    followed = everything(storage)
    rebuild(storage)
    assert everything(storage) == followed


def test_one_that_was_not_understood_for_long_is_the_first_after_all(
    office: Office, handheld: Handheld, other: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "STEPS", tuple(step for step in STEPS if step != "storing"))
    handheld.write(
        Event(step="storing", item="PUMP", serial="SN-1", location="HAM-A", hlc=LIE),
        receiving("SN-1", hlc=LIE + 1),
    )
    sent(office, handheld)
    assert ("clock_ahead", f"clock_ahead/{handheld.device}/1/2") in kinds(office)
    monkeypatch.undo()
    storage = office.running.central.storage
    assert reread(storage) == 1
    first = f"clock_ahead/{handheld.device}/1/1"
    assert [key for kind, key in kinds(office) if kind == "clock_ahead"] == [first]
    read_again = everything(storage)
    rebuild(storage)
    assert everything(storage) == read_again


def test_the_office_has_no_clock_of_its_own_to_be_ahead(office: Office, other: Handheld) -> None:
    """What the server writes itself is never in doubt."""
    central = office.running.central
    with central.storage.write() as tx:
        body = encode_body(
            Event(step="holding", item="PUMP", serial="SN-1", flag="held", action="ADD", hlc=now(office))
        )
        append_in_office_name(tx, central.storage.generation, [body], central.now_ms())
    office.settle()
    assert kinds(office) == []
    assert msgspec.json.decode(msgspec.json.encode(unit(other, "SN-1")))["flags"] == ["held"]


def test_a_server_that_wakes_up_hours_behind_still_believes_its_handhelds(storage: Storage) -> None:
    """Its time of receipt never goes back with its clock, or all that comes would look like written later."""
    right_ms = 1_795_000_000_000
    body = encode_body(Event(step="receiving", hlc=clock.pack(right_ms)))
    for seq, ms in enumerate(
        (right_ms, right_ms - HOUR_MS, right_ms + 1000, right_ms - 400 * 24 * HOUR_MS), 1
    ):
        with storage.write() as tx:
            ledger.append(tx, "D-1", 1, seq, [body], [b"link"], ms)
    with storage.read() as reader:
        entries = ledger.after(reader, 0, 10)
    received = [entry.received_ms - right_ms for entry in entries]
    assert received == [0, 0, 1000, -400 * 24 * HOUR_MS], "of a year nobody can tell which is wrong"
    believed = [event.said_hlc == 0 for event in map(ledger.event_of, entries) if isinstance(event, Event)]
    assert believed == [True, True, True, False]


def test_a_restored_server_knows_when_each_was_received(
    database: Database, another: Database, tmp_path: Path
) -> None:
    """On whichever database it was and comes back."""
    with office_of(database) as office:
        office.load(site_file())
        liar, other = office.handheld(), office.handheld("Dock 2")
        liar.write(receiving("SN-1", hlc=LIE, at=LIED_AT))
        sent(office, liar)
        other.write(
            Event(step="storing", item="PUMP", serial="SN-1", location="HAM-B", hlc=now(office, 1000))
        )
        sent(office, other)
        before = other.replica()
        written = backup.back_up(database, tmp_path, office.running.central.now_ms())
    restore(another, written.path, office.running.central.now_ms())
    with office_of(another) as office:
        other.http = office.http
        rebuild(office.running.central.storage)
        assert before["unit", '["PUMP","SN-1"]']["location"] == "HAM-B"
        assert other.replica() == before


def test_the_command_says_that_the_time_is_uncertain(
    office: Office, handheld: Handheld, other: Handheld, capsys: pytest.CaptureFixture[str]
) -> None:
    handheld.write(receiving("SN-1", hlc=LIE, at=LIED_AT))
    sent(office, handheld)
    assert (
        main(["trace", "SN-1", "--server", office.running.url, "--token", office.running.office_token]) == 0
    )
    said = capsys.readouterr().out.splitlines()
    doubt = said.index(f"      time uncertain: its clock was ahead, it said {LIED_AT}")
    assert "receiving" in said[doubt - 1]
    assert "2100" not in said[doubt - 1]
