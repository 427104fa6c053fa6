"""An auditor works out a server's chains himself, on either database, and names the first event that does not fit."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from scanner_app.cli import main
from server.open_storage import Database, is_postgres
from tests.server.fleet import Handheld, Office, receiving, site_file
from tests.server.test_identity import signed, with_key

EVENTS = 12


@pytest.fixture
def keyed(office: Office) -> Handheld:
    """A handheld with a key that has sent three batches, beside another one and the office's own events."""
    office.load(site_file(units=[{"item": "PUMP", "serial": "OLD-1"}]))
    other = office.handheld()
    other.write(receiving("B1"), receiving("B2"))
    other.send()
    handheld, key = with_key(office)
    handheld.write(*(receiving(f"A{number}") for number in range(EVENTS)))
    for first in (1, 5, 9):
        answer = handheld.send(signed(handheld, key, handheld.batch(first, first + 3)))
        assert answer.status_code == 200, answer.text
    office.settle()
    return handheld


def _alter(database: Database, sql: str, *values: object) -> None:
    """As somebody does who has the database itself in his hands."""
    if is_postgres(database):
        with psycopg.connect(str(database), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql.replace("?", "%s").encode(), values)
        return
    with closing(sqlite3.connect(database)) as altered:
        for (name,) in altered.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            altered.execute(f"DROP TRIGGER {name}")
        altered.execute(sql, values)
        altered.commit()


def _audit(office: Office, capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    capsys.readouterr()
    token = office.running.office_token
    assert main(["audit", "verify", office.running.url, "--token", token, "--json"]) == code
    told = capsys.readouterr()
    assert told.err.count("\n") == code
    found: dict[str, Any] = json.loads(told.out)
    return found


def test_a_sound_ledger_fits(office: Office, keyed: Handheld, capsys: pytest.CaptureFixture[str]) -> None:
    assert _audit(office, capsys, 0) == {
        "ok": True,
        "events": EVENTS + 2 + 1,
        "epochs": 3,
        "signatures": 3,
        "unproven": 0,
        "findings": [],
    }
    assert main(["audit", "verify", "--server", office.running.url, "--token", "wrong"]) == 1
    assert "does not accept this token" in capsys.readouterr().err
    assert main(["audit", "verify", "here", "--server", office.running.url]) == 2


WHERE = " WHERE device = ? AND epoch = 1"
TAMPERED = {
    "an event": ("UPDATE ledger SET body = ?" + WHERE + " AND seq = 6", b"{}", 6),
    "an event that is nothing any more": ("UPDATE ledger SET body = ?" + WHERE + " AND seq = 1", b"\xff", 1),
    "a hash": ("UPDATE ledger SET chain = ?" + WHERE + " AND seq = 7", bytes(32), 7),
    "a missing event": (
        "DELETE FROM ledger WHERE body <> ? AND device = ? AND epoch = 1 AND seq = 3",
        b"",
        4,
    ),
    "a missing end": (
        "DELETE FROM ledger WHERE body <> ? AND device = ? AND epoch = 1 AND seq > 10",
        b"",
        11,
    ),
    "the place it goes on from": ("UPDATE device_epoch SET chain = ?" + WHERE, bytes(32), EVENTS),
    "its beginning": ("UPDATE device_epoch SET first_chain = ?" + WHERE, bytes(32), 1),
    "a signature": ("UPDATE signed_head SET signature = ?" + WHERE + " AND seq = 8", bytes(64), 8),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_named(
    what: str, office: Office, keyed: Handheld, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    sql, value, seq = TAMPERED[what]
    _alter(database, sql, value, keyed.device)
    report = _audit(office, capsys, 1)
    assert not report["ok"]
    first = report["findings"][0]
    assert (first["device"], first["epoch"], first["seq"]) == (keyed.device, 1, seq)
    assert first["what"]
    assert ("is missing" in first["what"]) == (what == "a missing event")


def test_events_that_no_chain_has_are_counted(
    office: Office, keyed: Handheld, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    _alter(database, "UPDATE ledger SET epoch = 9 WHERE device = ? AND seq = 12", keyed.device)
    _alter(database, "UPDATE device_epoch SET hwm = 11 WHERE device = ?", keyed.device)
    told = [finding["what"] for finding in _audit(office, capsys, 1)["findings"]]
    assert told[-1] == f"the ledger has {EVENTS + 3} events and all chains together {EVENTS + 2}"


def test_a_key_that_was_replaced_proves_nothing_of_what_was_before(
    office: Office, keyed: Handheld, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger, _ = with_key(office, "Another")
    sql = "UPDATE device SET public_key = (SELECT d.public_key FROM device d WHERE d.id = ?) WHERE id = ?"
    _alter(database, sql, stranger.device, keyed.device)
    report = _audit(office, capsys, 0)
    assert (report["signatures"], report["unproven"]) == (0, 3)


def test_pages_of_any_size_are_walked_to_their_end(
    office: Office, keyed: Handheld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.chains.CHAINS_AT_ONCE", 1)
    monkeypatch.setattr("server.chains.LINKS_AT_ONCE", 5)
    assert _audit(office, capsys, 0)["events"] == EVENTS + 3
    monkeypatch.setattr("server.chains.LINKS_BYTES_AT_ONCE", 1)
    assert _audit(office, capsys, 0)["epochs"] == 3


def test_the_whole_ledger_is_exported(
    office: Office, keyed: Handheld, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows() -> list[dict[str, Any]]:
        capsys.readouterr()
        asked = ["--server", office.running.url, "--token", office.running.office_token]
        assert main(["export", "events", "--json", *asked]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    mine = [row for row in rows() if row["device"] == keyed.device]
    assert [row["seq"] for row in mine] == list(range(1, EVENTS + 1))
    assert [row["serial"] for row in mine] == [f"A{number}" for number in range(EVENTS)]
    assert mine[0]["prev_hash"] == keyed.link(0).hex()
    assert mine[-1]["hash"] == keyed.link(EVENTS).hex()
    for before, after in pairwise(mine):
        assert after["prev_hash"] == before["hash"]
    assert len(rows()) == EVENTS + 2 + 1
    _alter(database, "UPDATE ledger SET body = ?" + WHERE + " AND seq = 6", b"\xff", keyed.device)
    damaged = [row for row in rows() if row["device"] == keyed.device][5]
    assert (damaged["seq"], damaged["body"]) == (6, "\ufffd")
    assert main(["export", "units", "--server", office.running.url]) == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/chains?after=x", 400),
        ("/v1/chains?after=x/y", 400),
        ("/v1/chains?after=%00/1", 200),
        ("/v1/chains/%00/1", 200),
        ("/v1/chains/nobody/1", 200),
        ("/v1/chains/office/x", 400),
        ("/v1/chains/office/99999999999999999999999", 400),
        ("/v1/chains/office/1?since=-1", 400),
        ("/v1/chains/office", 404),
    ],
)
def test_odd_questions_are_answered(path: str, status: int, office: Office) -> None:
    assert office.http.get(path, headers=office.auth).status_code == status
