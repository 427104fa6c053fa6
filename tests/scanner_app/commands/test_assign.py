"""``scanner assign``: numbers of every kind, all of them or none, and none twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner_app.cli import main
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A handheld's data directory with a site in it."""
    floor = Floor(tmp_path / "data", site_named("depot"))
    floor.close()
    return tmp_path / "data"


def _assign(data: Path, *words: str) -> int:
    return main(["assign", "--data", str(data), *words])


def _events(data: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["export", "events", "--json", "--data", str(data)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_several_and_a_range(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _assign(data, "--item", "PUMP-100", "SN-800001", "SN-800002") == 0
    assert _assign(data, "--item", "PUMP-100", "--range", "SN-810001", "SN-810600") == 0
    events = _events(data, capsys)
    assert len(events) == 602
    assert {(event["step"], event["evidence"]) for event in events[:2]} == {("commissioning", "typed")}
    assert {event["evidence"] for event in events[2:]} == {"ranged"}
    assert len({event["serial"] for event in events}) == 602


def test_all_faults_are_named_and_nothing_is_given(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _assign(
        data, "--json", "--item", "PUMP-100", "SN-800001", "SN-000001", "SN-000018", "nonsense", "SN-800001"
    )
    out = capsys.readouterr()
    rows = [json.loads(line) for line in out.out.splitlines()]
    assert code == 1
    assert [row["ok"] for row in rows][1:4] == [False, False, False]
    assert "ALREADY RECEIVED" in rows[1]["error"]
    assert "WRITTEN OFF" in rows[2]["error"]
    assert "4 of 5" in out.err
    assert _events(data, capsys) == []


def test_a_pattern_counts_on_and_never_back(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = ("--item", "PUMP-100", "--pattern", "SN-{seq:6}")
    assert _assign(data, *template, "--count", "2", "--first", "820000") == 0
    floor_events = _events(data, capsys)
    assert [event["serial"] for event in floor_events] == ["SN-820000", "SN-820001"]
    assert _assign(data, *template, "--count", "1") == 0
    assert _events(data, capsys)[-1]["serial"] == "SN-820002"
    assert _assign(data, *template, "--first", "820001") == 2
    assert "the next one is 820003" in capsys.readouterr().err


def test_an_item_with_numbers_of_its_own_needs_no_pattern(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    floor = Floor(tmp_path / "data", site_named("numbered"))
    floor.close()
    data = tmp_path / "data"
    assert _assign(data, "--item", "GEAR-500", "--count", "3") == 0
    assert [event["serial"] for event in _events(data, capsys)] == ["G-0000", "G-0002", "G-0003"]
    assert _assign(data, "--item", "GEAR-500", "--pattern", "G-{seq:4}") == 0
    assert _events(data, capsys)[-1]["serial"] == "G-0004", "the same counter, whether it is named or not"
    assert _assign(data, "--item", "KNOB-1", "--count", "9") == 2
    assert "all free numbers of K{seq:1} are given" in capsys.readouterr().err
    floor = Floor(data, site_named("numbered"))
    floor.command("workflow", "production")
    floor.scan("WO-1")
    assert floor.command("number").verdict.serial == "G-0005", "and the bench counts on"
    floor.close()


def test_a_csv_with_its_faults(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "numbers.csv"
    sheet.write_text("serial,item\nSN-830001,PUMP-100\nM7-83001,MOTOR-7\n\n", "utf-8")
    assert _assign(data, "--csv", str(sheet)) == 0
    events = _events(data, capsys)
    assert [(event["item"], event["evidence"]) for event in events] == [
        ("PUMP-100", "imported"),
        ("MOTOR-7", "imported"),
    ]
    sheet.write_text("SN-830001\nSN-830002\n", "utf-8")
    assert _assign(data, "--item", "PUMP-100", "--csv", str(sheet)) == 1
    assert "NUMBER IS GIVEN" in capsys.readouterr().out
    sheet.write_bytes(b"\xff\xfe\x00")
    assert _assign(data, "--item", "PUMP-100", "--csv", str(sheet)) == 2


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--item", "PUMP-100"),
        ("SN-1",),
        ("--item", "PUMP-100", "SN-1", "--csv", "x.csv"),
        ("--item", "PUMP-100", "--range", "A-1", "B-9"),
        ("--item", "PUMP-100", "--pattern", "SN"),
        ("--item", "PUMP-100", "--pattern", "SN-{seq:6}", "--count", "0"),
    ],
)
def test_what_makes_no_numbers_is_usage(
    data: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _assign(data, *words) == 2
    assert capsys.readouterr().err.startswith("scanner: ")


def test_a_dry_run_gives_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _assign(data, "--item", "PUMP-100", "--dry-run", "SN-800001") == 0
    assert "would be assigned" in capsys.readouterr().out
    assert _events(data, capsys) == []
    assert _assign(data, "--item", "NO-SUCH", "SN-800001") == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_of_any_countrys_spreadsheet(
    separator: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("Serial", "note", "Item"), ("SN-870001", "a,b;c", "PUMP-100"), ("SN-870002", "", "PUMP-100")]
    text = "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)
    (tmp_path / "numbers.csv").write_bytes(text.encode("utf-8-sig"))
    assert _assign(data, "--csv", str(tmp_path / "numbers.csv")) == 0
    given = [(event["item"], event["serial"]) for event in _events(data, capsys)]
    assert given == [("PUMP-100", "SN-870001"), ("PUMP-100", "SN-870002")]
