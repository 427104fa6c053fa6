"""Exports of a handheld's data, and the audit that finds the first event that does not fit."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.scanner_app.scanner_process import WAREHOUSE, scanner

SCRIPT = """workflow receiving
scan PO-1
scan SN-200001
scan SN-200002
command hold crushed
scan SN-200003
command undo
"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("worked") / "data"
    ended = scanner("replay", "--site", WAREHOUSE, "-", "--json", "--data", str(data), given=SCRIPT)
    assert ended.code == 0
    return data


@pytest.fixture
def copy(worked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(worked, tmp_path / "copy"))


def _tamper(data: Path, *statements: str) -> None:
    connection = sqlite3.connect(data / "journal.db")
    for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger[0]}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_units_are_as_the_handheld_knows_them(worked: Path) -> None:
    ended = scanner("export", "units", "--json", "--data", str(worked))
    assert ended.code == 0
    units = {(row["item"], row["serial"]): row for row in ended.rows}
    assert units["PUMP-100", "SN-200001"]["status"] == "received"
    assert units["PUMP-100", "SN-200002"]["flags"] == ["held"]
    assert ("PUMP-100", "SN-200003") not in units, "taken back: nobody has seen it"
    assert units["PUMP-100", "SN-000001"]["location"] == "HAM-A-01-2"
    assert len(units) == len(ended.rows)


def test_documents_say_what_is_done(worked: Path) -> None:
    rows = {
        row["number"]: row for row in scanner("export", "documents", "--json", "--data", str(worked)).rows
    }
    assert rows["PO-1"]["done"] == {"1": 2}
    assert rows["PO-1"]["closed"] is False
    assert rows["PO-2"]["done"] == {}


def test_an_export_changes_nothing(worked: Path) -> None:
    first = scanner("export", "events", "--json", "--data", str(worked)).out
    assert scanner("export", "events", "--json", "--data", str(worked)).out == first


def test_a_whole_journal_fits(worked: Path) -> None:
    ended = scanner("audit", "verify", str(worked), "--json")
    assert (ended.code, ended.rows[0]["ok"], ended.rows[0]["events"]) == (0, True, 7)
    assert scanner("audit", "verify", "--data", str(worked)).code == 0
    assert scanner("audit", "verify", str(worked / "journal.db")).code == 0


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE event SET body = replace(CAST(body AS TEXT), 'SN-200002', 'SN-200009') WHERE seq = 2", 2),
        (
            "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'SN-200001', 'SN-1') AS BLOB) WHERE seq = 1",
            1,
        ),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 3", 3),
        ("UPDATE event SET hash = 'text' WHERE seq = 3", 3),
        ("UPDATE event SET body = 5 WHERE seq = 4", 4),
        ("DELETE FROM event WHERE seq = 2", 3),
        ("DELETE FROM event WHERE seq = 1", 2),
        ("UPDATE event SET body = x'ff' WHERE seq = 4", 4),
        ("DELETE FROM event WHERE seq = 7", 7),
        ("DELETE FROM event WHERE seq > 4", 5),
        ("DELETE FROM event", 1),
        ("UPDATE epoch SET nonce = 'another'", 1),
    ],
)
def test_the_first_event_that_does_not_fit_is_named(statement: str, seq: int, copy: Path) -> None:
    exported = {
        row["seq"]: row["event_id"] for row in scanner("export", "events", "--json", "--data", str(copy)).rows
    }
    _tamper(copy, statement)
    ended = scanner("audit", "verify", str(copy), "--json")
    assert ended.code == 1
    found = ended.rows[0]
    assert found["ok"] is False
    assert [finding["seq"] for finding in found["findings"]] == [seq]
    assert found["findings"][0]["event_id"] in {exported[seq], ""}
    assert (
        found["findings"][0]["event_id"]
        or "x'ff'" in statement
        or "= 5" in statement
        or "DELETE" in statement
    )
    told = scanner("audit", "verify", str(copy))
    assert told.code == 1
    assert f"/1/{seq}: " in told.out
    assert told.out.count("\n") == 1
    again = scanner("export", "events", "--json", "--data", str(copy))
    assert "Traceback" not in again.err


@pytest.mark.parametrize("log", ["with events", "empty"])
def test_where_the_log_has_no_room_for_its_index_everything_is_read(
    log: str, copy: Path, tmp_path: Path
) -> None:
    whole = scanner("export", "events", "--json", "--data", str(copy)).out
    full = tmp_path / "full"
    if log == "with events":
        events = sqlite3.connect(copy / "journal.db", isolation_level=None)
        events.execute("PRAGMA wal_autocheckpoint = 0")
        events.execute("CREATE TABLE later (x)")
        shutil.copytree(copy, full)
        events.close()
        assert (full / "journal.db-wal").stat().st_size
    else:
        shutil.copytree(copy, full)
        (full / "journal.db-wal").write_bytes(b"")
    (full / "journal.db-shm").unlink(missing_ok=True)
    (full / "journal.db-shm").mkdir()  # so nobody can make the file of this name, as on a full disk
    before = sorted(path.name for path in full.iterdir())
    told = scanner("export", "events", "--json", "--data", str(full))
    assert (told.code, told.out, told.err) == (0, whole, "")
    assert scanner("audit", "verify", str(full)).code == 0
    assert sorted(path.name for path in full.iterdir()) == before
