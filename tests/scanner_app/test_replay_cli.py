"""``scanner replay`` from the outside: the lines that others script against."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scanner_app.clockwork import ReplayClock
from scanner_app.handheld import Handheld
from scanner_app.session import SessionSettings
from tests.scanner_app.scanner_process import WAREHOUSE, Ended, environment, scanner

SHIFT = r"""# A morning with something of everything.
workflow receiving
scan PO-1
expect document_opened

scan SN-200001
expect received
scan SN-200001
expect repeat
scan \x1b[2J[/]
expect unreadable
scan SN-200002
expect none
command ack
burst ]C1010952123454321321SN-200003 | HELLO
expect received
wait 2s
offline
online
crash
command undo
key F2
type SN-200004
workflow look_up
scan SN-000012
expect stolen
"""

HOUR_MS = 3_600_000
ROW = {"n", "input", "verdict", "code", "message", "prompt", "progress", "unit", "events"}
EVENT = {
    "event_id", "device", "epoch", "seq", "at", "operator", "step", "item", "serial", "lot", "quantity", "location",
    "document", "raw", "symbology_id", "evidence", "prev_hash", "hash",
}  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    folder = tmp_path_factory.mktemp("played")
    (folder / "shift.txt").write_text(SHIFT)
    ended = scanner(
        "replay", "--site", WAREHOUSE, "shift.txt", "--json", "--data", str(folder / "data"), folder=folder
    )
    return ended, folder / "data"


def test_every_input_line_has_its_row_numbered_from_one(played: tuple[Ended, Path]) -> None:
    rows = played[0].rows[:-1]
    inputs = [line for line in SHIFT.splitlines() if line and not line.startswith(("#", "expect"))]
    assert [row["input"] for row in rows] == inputs
    assert [row["n"] for row in rows] == list(range(1, len(inputs) + 1))


def test_every_row_has_the_contracts_shape(played: tuple[Ended, Path]) -> None:
    for row in played[0].rows[:-1]:
        assert row.keys() >= ROW
        assert row["verdict"] in {"ok", "note", "stop", "none"}
        assert row["code"] is None or isinstance(row["code"], str)
        assert isinstance(row["message"], str)
        assert row["prompt"]
        assert row["progress"] is None or [type(part) for part in row["progress"]] == [int, int]
        assert row["unit"] is None or row["unit"].keys() == {"item", "serial"}
        for event in row["events"]:
            assert event.keys() >= EVENT


def test_the_answers_are_those_that_a_person_gets(played: tuple[Ended, Path]) -> None:
    rows = played[0].rows
    by_input = {row["input"]: row for row in rows[:-1]}
    assert by_input["scan SN-200001"]["code"] == "repeat"
    burst = next(row for row in rows if row["input"].startswith("burst"))
    assert burst["unit"] == {"item": "PUMP-100", "serial": "SN-200003"}
    assert burst["progress"] == [3, 3]
    assert [event["step"] for event in burst["events"]] == ["receiving", "completing"]
    assert by_input["command ack"]["code"] == "received"
    assert [event["step"] for event in by_input["command ack"]["events"]] == ["receiving"]
    for name in ("wait 2s", "offline", "online", "crash"):
        assert (by_input[name]["verdict"], by_input[name]["code"], by_input[name]["events"]) == (
            "none",
            None,
            [],
        )
    assert by_input["crash"]["progress"] == [3, 3]
    assert by_input["key F2"]["code"] == "undone"
    assert by_input["type SN-200004"]["progress"] == [2, 3]
    assert by_input["scan SN-000012"]["progress"] is None


def test_the_summary_agrees_with_the_rows(played: tuple[Ended, Path]) -> None:
    *rows, last = played[0].rows
    summary = last["summary"]
    assert summary.keys() >= {"scans", "ok", "note", "stop", "events", "pending"}
    assert summary["scans"] == sum(row["input"].startswith(("scan", "burst")) for row in rows)
    assert summary["events"] == sum(len(row["events"]) for row in rows)
    assert summary["note"] == sum(row["verdict"] == "note" for row in rows)
    assert summary["stop"] == sum(row["verdict"] == "stop" for row in rows)
    # PO-1, two serials, the one that waited, the burst, the one that was typed.
    assert summary["ok"] == 5
    assert summary["pending"] == summary["events"]


def test_nothing_reaches_the_terminal_raw(played: tuple[Ended, Path]) -> None:
    ended, _ = played
    assert ended.out.isascii()
    assert "\x1b" not in ended.out + ended.err
    hostile = next(row for row in ended.rows if "2J" in row.get("input", ""))
    assert "\x1b" not in hostile["message"]
    assert hostile["events"][0]["raw"] == "\x1b[2J[/]", "the journal keeps it as it was"


def test_the_export_has_the_same_events(played: tuple[Ended, Path]) -> None:
    ended, data = played
    exported = scanner("export", "events", "--json", "--data", str(data))
    assert exported.code == 0
    told = [event["event_id"] for row in ended.rows[:-1] for event in row["events"]]
    assert [event["event_id"] for event in exported.rows] == told
    assert [event["seq"] for event in exported.rows] == list(range(1, len(told) + 1))
    assert len({event["prev_hash"] for event in exported.rows}) == len(told)
    for before, after in zip(exported.rows, exported.rows[1:], strict=False):
        assert after["prev_hash"] == before["hash"]


def test_exit_is_zero_and_nothing_is_said_on_the_side(played: tuple[Ended, Path]) -> None:
    assert (played[0].code, played[0].err) == (0, "")


def test_a_directory_resumes_at_the_same_prompt_without_its_site_file(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    first = scanner("replay", "--site", WAREHOUSE, "-", "--json", "--data", data,
                    given="workflow receiving\nscan PO-FILTER\nscan F3-1001\n")  # fmt: skip
    assert first.rows[-2]["prompt"] == "Scan the LOT"
    second = scanner("replay", "-", "--json", "--data", data,
                     given="wait 1ms\nscan ]C110L\\x1d17280131\nexpect received\n")  # fmt: skip
    assert second.code == 0
    assert second.rows[0]["prompt"] == "Scan the LOT"
    assert second.rows[0]["progress"] == [0, 2]
    received = second.rows[1]["events"][0]
    assert received["at"].startswith("2026-11-23T"), "the site's own day, also before anything was written"
    assert received["seq"] == 1
    summary = second.rows[-1]["summary"]
    assert (summary["scans"], summary["events"], summary["pending"]) == (1, 1, 1)
    third = scanner("replay", "--site", WAREHOUSE, "-", "--json", "--data", data, given="scan F3-1002\n")
    assert third.rows[0]["progress"] == [1, 2], "the site file of the first run is not loaded over its work"
    assert third.rows[-1]["summary"]["pending"] == 1


def test_a_handheld_that_heard_its_server_does_not_run_ahead_of_it_script_by_script(tmp_path: Path) -> None:
    """A script's clock begins long before the server's last word, and is set forward at each start."""
    data, heard_ms = tmp_path / "data", 1_800_000_000_000
    (tmp_path / "empty").write_text("\n")
    scanner("replay", "--site", WAREHOUSE, "empty", "--data", str(data), folder=tmp_path)
    handheld = Handheld(data, ReplayClock(heard_ms), SessionSettings())
    handheld.session.stamper.heard_server(heard_ms)
    handheld.close()
    (tmp_path / "script").write_text(
        "operator OP-7\nworkflow receiving\nscan PO-1\nscan SN-200001\ncommand undo\n"
    )
    for _ in range(3):
        scanner("replay", "script", "--data", str(data), folder=tmp_path)
    told = scanner("export", "events", "--json", "--data", str(data)).rows
    assert len(told) > 2
    for event in told:
        assert abs(datetime.fromisoformat(event["at"]).timestamp() * 1000 - heard_ms) < HOUR_MS, event["at"]


def test_a_failed_expectation_is_named_and_ends_with_one(tmp_path: Path) -> None:
    script = "workflow receiving\nscan PO-1\nexpect picked|shipped\nscan SN-200001\nexpect received\n"
    ended = scanner("replay", "--site", WAREHOUSE, "-", "--json", given=script)
    assert ended.code == 1
    assert ended.err == "line 3: expected picked|shipped, got document_opened\n"
    assert len(ended.rows) == 4, "the rest is played all the same"


def test_lines_come_as_they_happen(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scanner_app", "replay", "--site", WAREHOUSE, "-", "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("workflow receiving\n" + "scan PO-1\nwait 2s\n" * 2000)
        process.stdin.close()
        # 4,000 rows do not fit into the pipe: rows are here while the process still runs.
        first = json.loads(process.stdout.readline())
        assert process.poll() is None
        rest: list[dict[str, Any]] = [json.loads(line) for line in process.stdout]
    assert first["n"] == 1
    assert rest[-2]["n"] == 4001
    assert process.returncode == 0


def test_without_json_it_is_a_table_for_people() -> None:
    ended = scanner("replay", "--site", WAREHOUSE, "-", given="workflow receiving\nscan \\x1b[2J\n")
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert ended.out.splitlines()[-1].startswith("scans 1 ok 0 note 0 stop 1")


@pytest.mark.parametrize(
    ("script", "named"),
    [
        ("scna SN-1\n", "line 1"),
        ("# x\n\ncommand explode\n", "line 3"),
        ("workflow juggling\n", "line 1"),
        ("expect received\n", "line 1"),
        ("wait soon\n", "line 1"),
        ("scan \\q\n", "line 1"),
        ("operator\n", "line 1"),
    ],
)
def test_a_wrong_script_is_refused_before_anything_happens(script: str, named: str) -> None:
    ended = scanner("replay", "--site", WAREHOUSE, "-", "--json", given=script)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"scanner: {named}: ")
    assert ended.err.count("\n") == 1


WRONG_GTINS = {
    "site": "HAM",
    "items": [
        {"item": "GOOD", "gtins": ["09521234543213"], "serial_pattern": "^G-\\d+$"},
        {"item": "BAD", "gtins": ["09521234543214"], "serial_pattern": "^B-\\d+$"},
        {"item": "PLAIN"},
    ],
    "documents": [
        {
            "type": "asn",
            "number": "N-1",
            "lines": [{"item": "GOOD", "quantity": 1}, {"item": "BAD", "quantity": 1}],
        },
    ],
}
"""As they come out of a spreadsheet: one digit was typed wrong."""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_wrong_gtin_is_left_out_and_named_by_its_row_and_all_the_rest_is_played(
    tmp_path: Path, as_json: bool
) -> None:
    (tmp_path / "site.json").write_text(json.dumps(WRONG_GTINS))
    (tmp_path / "script.txt").write_text("scan N-1\nscan G-1\nexpect received\nscan B-1\nexpect received\n")
    call = ["replay", "--site", "site.json", "script.txt", *(["--json"] if as_json else [])]
    ended = scanner(*call, folder=tmp_path)
    (row,) = ended.err.splitlines()
    assert row == "site.json: row 2 of items, BAD: GTIN 09521234543214 ends in 4, its check digit is 3"
    assert ended.code == 0
    if as_json:
        assert ended.rows[-1]["summary"]["ok"] == 3


def test_what_was_refused_is_told_by_every_command_that_is_given_the_file(tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text(json.dumps(WRONG_GTINS))
    for call in (("read", "--json", "--site", "site.json"), ("labels", "--json", "--site", "site.json")):
        ended = scanner(*call, given="G-1\n", folder=tmp_path)
        assert (ended.code, ended.err.count("\n")) == (0, 1), ended.err
        assert "row 2 of items, BAD" in ended.err
        assert "09521234543214" not in ended.out
