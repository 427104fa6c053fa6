"""``scanner server rebuild`` on a database that a server has left."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner_app import server_calls
from scanner_app.cli import main
from scanner_app.clockwork import SystemClock
from scanner_app.sample import company, to_json
from server.main import serve


def test_rebuild_counts_the_events_of_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = serve(tmp_path / "server.db")
    data = to_json(company(SystemClock().today()).site_file("MEM") | {"today": ""}).encode()
    server_calls.import_site(running.url, running.office_token, "MEM", data)
    running.central.folder.catch_up()
    with running.central.storage.read() as reader:
        events = reader.rows("SELECT count(*) FROM ledger")[0][0]
    running.stop()
    assert main(["server", "rebuild", "--database", str(tmp_path / "server.db")]) == 0
    assert capsys.readouterr().out == f"rebuilt from {events} events\n"


def test_rebuild_of_what_is_no_database_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "server.db").write_bytes(b"no database" * 100)
    assert main(["server", "rebuild", "--database", str(tmp_path / "server.db")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_backups_of_every_night_go_into_the_folder_that_was_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(tmp_path / "server.db")
    assert main(["server", "rebuild", "--database", database]) == 0
    night_ms = SystemClock().wall_ms()
    for _ in range(2):
        night_ms += 24 * 3600 * 1000
        monkeypatch.setattr(SystemClock, "wall_ms", lambda _self, now_ms=night_ms: now_ms)
        assert main(["server", "backup", f"{tmp_path}/made/by/it/", "--database", database]) == 0
    assert len(list((tmp_path / "made" / "by" / "it").glob("central-*.db"))) == 2


def test_an_address_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "SN-1", "--server", "central.example:8470", "--token", "T"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("scanner: central.example:8470 is no server's address")
    assert said.count("\n") == 1
