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
