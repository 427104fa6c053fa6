"""The drill of every operations handbook, as a site plays it: on both databases, with figures."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from scanner_app.cli import main
from server.open_storage import Database, is_postgres, open_storage


def test_a_server_is_lost_and_nothing_else(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--database", str(database)] if is_postgres(database) else []
    assert main(["server", "drill", "12", "--json", *named]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["lost"], figures["doubled"], figures["passed"]) == (0, 0, True)
    parts = [figures[name] for name in ("backed_up", "lost_with_server", "scanned_meanwhile")]
    assert (parts, figures["events"]) == ([48, 48, 48], 144)


def test_the_drill_does_not_lose_what_is_worth_something(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    storage = open_storage(database)
    storage.close()
    assert main(["server", "drill", "--database", str(database)]) in {1, 2}
    assert "drill" in capsys.readouterr().err
    storage = open_storage(database)
    with closing(storage), storage.read() as reader:
        assert reader.row("SELECT count(*) FROM ledger") == (0,)
