"""What is wrong is said in one plain sentence, with the contract's exit code, and never as a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner_app.cli import main
from tests.scanner_app.scanner_process import WAREHOUSE, scanner

ITEM = {"item": "A"}


def _line(**fields: object) -> dict[str, object]:
    return {
        "site": "HAM",
        "documents": [{"type": "asn", "number": "N-1", "lines": [{"item": "A", **fields}]}],
    }


def _unit(**fields: object) -> dict[str, object]:
    return {"site": "HAM", "units": [{"item": "A", "serial": "S-1", **fields}]}


BAD_SITES: list[tuple[object, str]] = [
    ([], "object"),
    ({}, "`site`"),
    ({"site": 5}, "$.site"),
    ({"site": ""}, "site"),
    ({"site": "HAM", "itemz": []}, "`itemz`"),
    ({"site": "HAM", "today": "2026-13-01"}, "today"),
    ({"site": "HAM", "timezone": "Mars/Base"}, "timezone"),
    ({"site": "HAM", "items": [{"item": "A", "colour": "red"}]}, "`colour` - at `$.items[0]`"),
    ({"site": "HAM", "items": [{"item": "A", "tracking": "by hand"}]}, "$.items[0].tracking"),
    ({"site": "HAM", "items": [{"item": "A", "check": "crc"}]}, "$.items[0].check"),
    ({"site": "HAM", "items": [{"item": "A", "serial_pattern": "("}]}, "item A: serial_pattern"),
    ({"site": "HAM", "items": [{"item": "A", "serial_pattern": "x" * 201}]}, "item A: serial_pattern"),
    ({"site": "HAM", "items": [{"item": "%CMD:UNDO"}]}, "item '%CMD:UNDO'"),
    ({"site": "HAM", "items": [ITEM, ITEM]}, "item 'A' is listed twice"),
    ({"site": "HAM", "items": [{"item": " A"}]}, "item ' A'"),
    ({"site": "HAM", "locations": [{"location": "%cmd:ack"}]}, "location '%cmd:ack'"),
    ({"site": "HAM", "operators": [{"badge": "%CMD:ACK"}]}, "badge '%CMD:ACK'"),
    ({"site": "HAM", "operators": [{"badge": "S-1"}], "units": [{"item": "A", "serial": "S-1"}]}, "'S-1'"),
    ({"site": "HAM", "documents": [{"type": "letter", "number": "N-1"}]}, "type 'letter'"),
    ({"site": "HAM", "documents": [{"type": "asn", "number": "%CMD:X"}]}, "document '%CMD:X'"),
    ({"site": "HAM", "documents": [{"type": "asn", "number": "N-1"}] * 2}, "document 'N-1' is listed twice"),
    (_line(quantity=-1), "document N-1: quantity"),
    (_line(quantity="many"), "$.documents[0].lines[0].quantity"),
    (_line(serials=["%CMD:UNDO"]), "serial '%CMD:UNDO'"),
    (_line(lot="%CMD:UNDO"), "lot '%CMD:UNDO'"),
    (_line(line=-1), "document N-1: line -1"),
    ({"site": "HAM", "documents": [{"type": "asn", "number": "N-1", "lines": [
        {"line": 2, "item": "A"}, {"item": "B"}]}]}, "document N-1: line 2 is there twice"),
    (_unit(status="gone"), "unit S-1: status 'gone'"),
    (_unit(flags=["odd"]), "unit S-1: flag 'odd'"),
    (_unit(expiry="31.12.2026"), "unit S-1: expiry"),
    (_unit(sold_on="yesterday"), "unit S-1: sold_on"),
    (_unit(lot="%CMD:UNDO"), "unit S-1: lot '%CMD:UNDO'"),
    (_unit(serial="%CMD:UNDO"), "serial '%CMD:UNDO'"),
    ({"site": "HAM", "policy": {"over_receipt": "maybe"}}, "$.policy.over_receipt"),
    ({"site": "HAM", "policy": {"over_delivery": "note"}}, "`over_delivery`"),
]  # fmt: skip


def _one_sentence(err: str) -> None:
    assert err.startswith("scanner: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert err[:-1].isprintable()


@pytest.mark.parametrize(("written", "named"), BAD_SITES, ids=[named for _, named in BAD_SITES])
def test_a_bad_site_file_is_refused_by_name(
    written: object, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, script = tmp_path / "site.json", tmp_path / "shift.txt"
    site.write_text(json.dumps(written))
    script.write_text("scan SN-1\n")
    assert main(["replay", "--site", str(site), str(script), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    _one_sentence(err)
    assert named in err
    assert "site.json" in err


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"null", b'{"site": "\x00"}', b"[" * 5000])
def test_a_file_that_is_no_json_is_refused(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.json"
    site.write_bytes(data)
    assert main(["replay", "--site", str(site), str(site), "--json"]) == 2
    _one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["juggle"], 2, "juggle"),
        (["replay"], 2, "script"),
        (["replay", "-", "--sight", "x"], 2, "--sight"),
        (["replay", "--site", "missing.json", "-"], 2, "missing.json"),
        (["replay", "--site", WAREHOUSE, "missing.txt"], 2, "missing.txt"),
        (["replay", "--site", ".", "-"], 2, "."),
        (["replay", "-"], 2, "--site"),
        (["replay", "-", "--data", "fresh"], 2, "--site"),
        (["replay", "--site", WAREHOUSE, "-", "--data", "a-file"], 2, "a-file"),
        (["export", "everything"], 2, "everything"),
        (["export", "events", "--data", "nowhere"], 1, "nowhere"),
        (["audit", "verify", "nowhere"], 1, "nowhere"),
        (["audit", "verify", "a-file"], 1, "a-file"),
        (["audit", "praise"], 2, "praise"),
        (["config", "hide"], 2, "hide"),
        (["config", "show", "--config", "missing.toml"], 2, "missing.toml"),
        (["config", "show", "--config", "a-file"], 2, "a-file"),
        (["read", "--today", "soon"], 2, "soon"),
        (["decode"], 2, "decode"),
        (["decode", "--formats", "Morse", "a-file"], 2, "Morse"),
        (["recall"], 2, "name a lot"),
        (["recall", "--supplier", "ACME"], 2, "a lot"),
        (["recall", "--lot", "L", "--item", "I"], 2, "one of the three"),
        (["recall", "--component", "MOTOR-7"], 2, "ITEM/SERIAL"),
        (["recall", "--item", "I", "--from", "5"], 2, "the last one"),
        (["recall", "--item", "I", "--from", "SN-10", "--to", "SN-9"], 2, "SN-9"),
        (["recall", "--lot", ""], 2, "without a value"),
        (["trace", "SN-1", "--data", "nowhere"], 1, "nowhere"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else None,
)
def test_wrong_use_is_one_sentence(arguments: list[str], code: int, named: str, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("not = a [ thing")
    ended = scanner(*arguments, given="scan SN-1\n", folder=tmp_path)
    assert (ended.code, ended.out) == (code, "")
    _one_sentence(ended.err)
    assert named in ended.err


def test_a_directory_may_be_called_like_a_verb(tmp_path: Path) -> None:
    first = scanner(
        "--data",
        "demo",
        "replay",
        "--site",
        WAREHOUSE,
        "-",
        "--json",
        given="scan SN-000012\n",
        folder=tmp_path,
    )
    assert first.code == 0
    assert (tmp_path / "demo" / "journal.db").exists()
    events = scanner("--data", "demo", "export", "events", "--json", folder=tmp_path)
    assert (events.code, len(events.rows)) == (0, 1)


def test_help_and_version() -> None:
    assert scanner("--version").out.startswith("scanner ")
    told = scanner("--help")
    assert told.code == 0
    assert "replay" in told.out
    assert scanner("replay", "--help").code == 0


def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    data = tmp_path / "data"
    scanner("replay", "--site", WAREHOUSE, "-", "--json", "--data", str(data), given="scan SN-000012\n")
    connection = sqlite3.connect(data / "journal.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    refused = scanner("replay", "-", "--json", "--data", str(data), given="scan SN-000001\n")
    assert refused.code == 1
    _one_sentence(refused.err)
    assert "newer" in refused.err


def test_two_programs_do_not_write_one_directory(tmp_path: Path) -> None:
    from scanner_app.clockwork import SystemClock
    from scanner_app.handheld import Handheld
    from scanner_app.session import SessionSettings

    handheld = Handheld(tmp_path / "data", SystemClock(), SessionSettings())
    refused = scanner("replay", "--site", WAREHOUSE, "-", "--data", str(tmp_path / "data"), given="scan X\n")
    handheld.close()
    assert refused.code == 1
    _one_sentence(refused.err)
    assert "in use" in refused.err


def test_settings_are_shown_with_their_origin(tmp_path: Path) -> None:
    (tmp_path / "scanner.toml").write_text("[scan]\nrepeat_ms = 900\n")
    shown = scanner("config", "show", "--json", folder=tmp_path)
    assert shown.code == 0
    rows = {row["key"]: row for row in shown.rows}
    assert rows["scan.repeat_ms"]["value"] == 900
    assert "scanner.toml" in rows["scan.repeat_ms"]["origin"]
    assert scanner("config", "show", folder=tmp_path).code == 0


def test_options_and_names_stand_in_any_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, script = str(tmp_path / "data"), tmp_path / "shift.txt"
    script.write_text("scan SN-000012\n")
    assert main(["replay", "--json", str(script), "--site", WAREHOUSE, "--data", data]) == 0
    capsys.readouterr()
    for words in (["verify", "--json", data], ["--json", "verify", data], ["verify", data, "--json"]):
        assert main(["audit", *words]) == 0, words
        assert json.loads(capsys.readouterr().out)["events"] == 1
    assert main(["export", "outbox", "--data", data, str(tmp_path / "outbox")]) == 1
    assert "not enrolled" in capsys.readouterr().err, "the file was understood"
    assert main(["trace", "--data", data, "--", "-x"]) == 1
    assert "-x is known" in capsys.readouterr().err
    assert main(["export", "events", "events.jsonl", "--data", data]) == 2
    assert "standard output" in capsys.readouterr().err, (
        "a file that is named and not written would be a trap"
    )


def test_a_demo_is_not_played_into_another_ones_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "handheld").mkdir()
    assert main(["demo", "--keep", str(tmp_path)]) == 1
    assert "a demo's data already" in capsys.readouterr().err
