"""``scanner server --check``: every thing that keeps a server from working is named, and nothing is touched."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from scanner_app.cli import main
from server import schema
from server.authority import make
from server.checking import Setup, look
from server.open_storage import Database, is_postgres, open_storage
from tests.server import postgres
from tests.server.test_production import server

NOW_MS = 1_795_000_000_000
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
DAY_MS = 24 * 3600 * 1000


def levels(setup: Setup, now_ms: int = NOW_MS) -> dict[str, str]:
    """What -> the worst that was found of it."""
    order = ("ok", "note", "wrong")
    found: dict[str, str] = {}
    for one in look(setup, now_ms):
        found[one.what] = max(found.get(one.what, "ok"), one.level, key=order.index)
        assert one.says
        assert one.try_this or one.level == "ok", one
    return found


@pytest.fixture
def made(database: Database) -> Database:
    """A database that a server has left."""
    open_storage(database).close()
    return database


def alter(database: Database, sql: str) -> None:
    if is_postgres(database):
        with psycopg.connect(str(database), autocommit=True) as connection:
            connection.execute(sql.encode())
    else:
        with closing(sqlite3.connect(database)) as connection_:
            connection_.execute(sql)
            connection_.commit()


def now_of(database: Database) -> int:
    """A moment that PostgreSQL's own clock does not contradict."""
    if not is_postgres(database):
        return NOW_MS
    with psycopg.connect(str(database)) as connection:
        row = connection.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").fetchone()
    assert row is not None
    return int(row[0])


def test_a_database_in_order(made: Database) -> None:
    found = levels(Setup(made), now_of(made))
    assert {what for what, level in found.items() if level == "wrong"} == set()
    assert (found["database"], found["schema"], found["clock"]) == ("ok", "ok", "ok")
    assert found["backup"] == "note", "there was none yet"
    alter(made, f"INSERT INTO meta (name, value) VALUES ('backed_up_ms', '{now_of(made) - 3600_000}')")
    assert levels(Setup(made), now_of(made))["backup"] == "ok"


def test_what_is_wrong_inside_is_named(made: Database) -> None:
    now_ms = now_of(made)
    alter(
        made,
        "INSERT INTO ledger (device, epoch, seq, body, chain, received_ms)"
        f" VALUES ('D', 1, 1, '', '', {now_ms + 3_600_000})",
    )
    assert levels(Setup(made), now_ms)["clock"] == "wrong"
    alter(made, f"INSERT INTO meta (name, value) VALUES ('backed_up_ms', '{now_ms - 30 * DAY_MS}')")
    assert levels(Setup(made), now_ms)["backup"] == "note"
    for version, level in ((schema.VERSION - 1, "note"), (schema.VERSION + 1, "wrong")):
        if is_postgres(made):
            alter(made, f"UPDATE meta SET value = '{version}' WHERE name = 'schema'")
        else:
            alter(made, f"PRAGMA user_version = {version}")
        assert levels(Setup(made), now_ms)["schema"] == level


def test_a_place_without_a_database_is_looked_at_and_left_as_it_is(
    database: Database, tmp_path: Path
) -> None:
    found = levels(Setup(database), now_of(database))
    assert "wrong" not in found.values()
    if is_postgres(database):
        with psycopg.connect(str(database)) as connection:
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
            assert connection.execute(tables).fetchone() == (0,)
    else:
        assert list(tmp_path.glob("central*")) == []


@pytest.mark.parametrize(
    ("content", "what"), [(b"nonsense " * 1000, "database"), (b"", "database"), (None, "database")]
)
def test_a_file_that_is_no_database_of_ours(tmp_path: Path, content: bytes | None, what: str) -> None:
    path = tmp_path / "central.db"
    if content is None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE theirs (x)")
    else:
        path.write_bytes(content)
    assert levels(Setup(path))[what] == "wrong"


def test_a_full_disk_and_open_rights(made: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_postgres(made):
        pytest.skip("PostgreSQL's disk is its own")
    path = Path(made)
    assert levels(Setup(path))["disk"] in {"ok", "wrong"}
    usage = type(shutil.disk_usage(path.parent))
    for total, free, level in (
        (100 * 2**30, 50 * 2**30, "ok"),
        (100 * 2**30, 2 * 2**30, "wrong"),
        (10 * 2**30, 2**29, "wrong"),
    ):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, of=(total, total - free, free): usage(*of))
        assert levels(Setup(path))["disk"] == level
    assert levels(Setup(path))["rights"] == "ok"
    path.chmod(0o644)
    assert levels(Setup(path))["rights"] == "note"


def test_a_role_that_could_alter_the_ledger(cluster: postgres.Cluster) -> None:
    url = cluster.new_database()
    open_storage(url).close()
    name = url.partition("@/")[2].partition("?")[0]
    assert levels(Setup(url), now_of(url))["rights"] == "note", "a superuser"
    role = f"plain_{name}"
    cluster.run(f"CREATE ROLE {role} LOGIN")
    cluster.run(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}", name)
    mine = cluster.url(name, role)
    assert levels(Setup(mine), now_of(mine))["rights"] == "wrong", "a server writes to more than the ledger"
    cluster.run(f"GRANT UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}", name)
    cluster.run(f"REVOKE UPDATE, DELETE ON ledger FROM {role}", name)
    assert levels(Setup(mine), now_of(mine))["rights"] == "ok"
    cluster.run(f"GRANT UPDATE ON ledger TO {role}", name)
    assert levels(Setup(mine), now_of(mine))["rights"] == "wrong"
    cluster.run(f"REVOKE INSERT, UPDATE ON ledger FROM {role}", name)
    assert levels(Setup(mine), now_of(mine))["rights"] == "wrong"


def test_postgres_that_is_not_there_or_has_another_time(cluster: postgres.Cluster) -> None:
    assert levels(Setup("postgresql://x@/x?host=/nowhere"))["database"] == "wrong"
    url = cluster.new_database()
    open_storage(url).close()
    assert levels(Setup(url), now_of(url) + 60_000)["clock"] == "wrong"


CERTIFICATES: dict[str, tuple[str, Callable[[Path], tuple[str, str, int]]]] = {
    "in order": ("ok", lambda tls: (f"{tls}/server.pem", f"{tls}/server.key", 0)),
    "soon over": ("note", lambda tls: (f"{tls}/server.pem", f"{tls}/server.key", 380)),
    "over": ("wrong", lambda tls: (f"{tls}/server.pem", f"{tls}/server.key", 400)),
    "not yet": ("wrong", lambda tls: (f"{tls}/server.pem", f"{tls}/server.key", -10)),
    "another's key": ("wrong", lambda tls: (f"{tls}/server.pem", f"{tls}/ca.key", 0)),
    "no key": ("wrong", lambda tls: (f"{tls}/server.pem", "", 0)),
    "no file": ("wrong", lambda tls: (f"{tls}/nothing.pem", f"{tls}/server.key", 0)),
    "no certificate": ("wrong", lambda tls: (f"{tls}/server.key", f"{tls}/server.key", 0)),
    "no TLS": ("note", lambda _: ("", "", 0)),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_the_certificate(tmp_path: Path, name: str) -> None:
    level, of = CERTIFICATES[name]
    make(tmp_path / "tls", ["central.example"], NOW)
    certificate, key, days = of(tmp_path / "tls")
    setup = Setup(tmp_path / "central.db", certificate=certificate, key=key)
    assert levels(setup, NOW_MS + days * DAY_MS)["certificate"] == level


def test_workers(tmp_path: Path) -> None:
    assert levels(Setup(tmp_path / "central.db", workers=2))["workers"] == "wrong"
    cores = os.cpu_count() or 1
    many = Setup("postgresql://x@/x?host=/nowhere", workers=cores + 1)
    assert levels(many)["workers"] == "note"


def test_beside_a_running_server_by_the_command(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with server(database, tmp_path):
        assert main(["server", "--check", "--database", str(database), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"]
    assert {"database", "schema", "clock", "certificate"} <= {one["what"] for one in said["findings"]}
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"x" * 5000)
    assert main(["server", "--check", "--database", str(broken)]) == 1
    assert "wrong database" in capsys.readouterr().out


def test_a_postgresql_that_gives_too_few_connections_is_named(cluster: postgres.Cluster) -> None:
    address = cluster.new_database()
    open_storage(address).close()
    now_ms = now_of(address)
    assert levels(Setup(address, workers=2), now_ms)["connections"] == "ok"
    found = [one for one in look(Setup(address, workers=5), now_ms) if one.what == "connections"]
    assert [(one.level, one.says) for one in found] == [
        ("wrong", "PostgreSQL gives at most 57, 5 processes take up to 70")
    ]
