"""``scanner trace`` on a handheld: honest about what others may have done, and in which carton a unit was when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner_app.cli import main
from scanner_app.trace import NOTE, trace
from tests.scanner_app.floor import Floor, site_named

CARTON = "395212345432106662"


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path / "data", site_named("warehouse"))


def one(floor: Floor, serial: str, at: str = "") -> dict[str, Any]:
    (unit,) = trace(floor.handheld, serial, at=at)["units"]
    return dict(unit)


def receive(floor: Floor, *serials: str) -> None:
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    for serial in serials:
        assert floor.scan(serial).verdict.code == "received"


def test_what_this_handheld_did_alone_is_complete(floor: Floor) -> None:
    receive(floor, "SN-200001")
    told = trace(floor.handheld, "SN-200001")
    assert told["note"] == ""
    assert told["units"][0]["complete"]
    day = trace(floor.handheld, "SN-200001", at="2026-11-23")
    assert (day["note"], day["units"][0]["status"]) == ("", "received")


def test_what_others_did_is_marked_incomplete_and_the_note_says_whom_to_ask(floor: Floor) -> None:
    told = trace(floor.handheld, "SN-000001")
    assert (told["units"][0]["complete"], told["note"]) == (False, NOTE)
    assert told["units"][0]["history"] == []


def test_a_row_of_the_server_that_own_events_do_not_explain_is_incomplete(floor: Floor) -> None:
    receive(floor, "SN-200001")
    ours = floor.session.knows.unit("PUMP-100", "SN-200001")
    later = {"at": "2026-11-23T10:00:00.000+01:00", "ref": "other/1/9", "device": "other"}
    theirs = msgspec.structs.replace(ours, status="shipped", customer="NORTH", step="shipping", **later)
    with floor.handheld.cache.transaction():
        floor.handheld.cache.put_units([theirs])
    floor.handheld.journal.match_overlay({1: floor.handheld.journal.seq})
    floor.session.knows.refresh()
    floor.session.knows.forget_scan()
    assert (one(floor, "SN-200001")["status"], one(floor, "SN-200001")["complete"]) == ("shipped", False)
    # Shipped at ten: at noon it was, at nine it was what this handheld had made of it.
    assert one(floor, "SN-200001", "2026-11-23T12:00+01:00")["status"] == "shipped"
    assert one(floor, "SN-200001", "2026-11-23T09:00+01:00")["status"] == "received"
    # Before its first event nobody here knows, and today's status is not told as that of then.
    assert one(floor, "SN-200001", "2026-11-22")["status"] == "unknown"
    assert not one(floor, "SN-200001", "2026-11-22")["complete"]


def test_in_which_carton_it_was_over_time(floor: Floor) -> None:
    receive(floor, "SN-200001")
    floor.wait(60_000)
    floor.command("workflow", "pack")
    floor.scan(CARTON)
    floor.scan("SN-200001")
    floor.wait(60_000)
    floor.command("remove")
    assert floor.scan("SN-200001").verdict.code == "unpacked"
    told = one(floor, "SN-200001")
    (box,) = told["containers"]
    assert (box["container"], bool(box["since"]), bool(box["until"])) == (CARTON, True, True)
    assert [(entry["step"], entry["container"]) for entry in told["history"]] == [
        ("receiving", ""),
        ("packing", CARTON),
        ("unpacking", ""),
    ]
    assert told["history"][1]["parent"] == CARTON
    then = one(floor, "SN-200001", box["since"])
    assert (then["container"], [entry["step"] for entry in then["history"]]) == (
        CARTON,
        ["receiving", "packing"],
    )
    assert one(floor, "SN-200001", box["until"])["container"] == ""


def test_a_carton_that_others_filled_is_told_without_a_date(tmp_path: Path) -> None:
    floor = Floor(tmp_path, site_named("lots"))
    told = one(floor, "SN-000005")
    assert told["containers"] == [
        {"container": "395212345432106679", "since": "", "until": "", "document": ""}
    ]


def test_the_command_says_it_in_words(floor: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    receive(floor, "SN-200001")
    floor.command("workflow", "pack")
    floor.scan(CARTON)
    floor.scan("SN-200001")
    floor.close()
    assert main(["trace", "SN-000001", "--at", "2026-11-23", "--data", str(floor.folder)]) == 0
    said = capsys.readouterr().out
    assert "SN-000001  received  (incomplete)" in said
    assert said.splitlines()[-1] == f"Note: {NOTE}: add --server URL --token TOKEN."
    assert main(["trace", "SN-200001", "--data", str(floor.folder)]) == 0
    said = capsys.readouterr().out
    assert "incomplete" not in said
    assert f"  in {CARTON} from 2026-11-23T" in said
    assert said.rstrip().endswith(f"in {CARTON}")
