"""Looks whether a server can work here, before it is started or while it runs; changes nothing.

Each look gives findings: ``ok``, ``note`` (it works, but know this) or ``wrong`` (it does not, or not safely).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from server import schema
from server.certificate_check import certificate_findings
from server.finding import Finding
from server.open_storage import Database, is_postgres
from server.postgres_connections import CONNECTIONS_OF_ONE, Connection, connect, one_line
from server.storage import StorageError
from tracking.counted import counted

DISK_FREE_MIN = 0.05
DISK_BYTES_MIN = 1024**3
CLOCK_MS_MAX = 5000
BACKUP_MS_MAX = 7 * 24 * 3600 * 1000
BEFORE_MS_MAX = 60_000
"""So far may the clock stand before the newest event: another server of the database may be a little ahead."""
OTHERS_BITS = 0o077


class Setup(NamedTuple):
    """What a server would be started with."""

    database: Database
    workers: int = 1
    certificate: str = ""
    key: str = ""


def look(setup: Setup, now_ms: int) -> list[Finding]:
    """All findings."""
    found = [*_configuration(setup), *certificate_findings(setup.certificate, setup.key, now_ms)]
    if is_postgres(setup.database):
        found += _postgres(str(setup.database), setup.workers, now_ms)
    else:
        found += _sqlite(Path(setup.database), now_ms)
    return found


def _configuration(setup: Setup) -> Iterator[Finding]:
    cores = os.cpu_count() or 1
    if setup.workers > 1 and not is_postgres(setup.database):
        yield Finding.wrong("workers", "a SQLite database has one server process", "set server.workers to 1")
    elif setup.workers > cores:
        yield Finding.note(
            "workers", f"{setup.workers} processes on {cores} cores", "one for each core is enough"
        )
    else:
        yield Finding.ok("workers", f"{setup.workers} on {cores} cores")


def _sqlite(path: Path, now_ms: int) -> Iterator[Finding]:
    # What is missing of the folder is made at the first start.
    folder = next(folder for folder in path.absolute().parents if os.access(folder, os.F_OK))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield Finding.wrong("rights", f"{folder} cannot be written", "give it to the server's account")
        return
    yield _disk(folder)
    if not path.exists():
        yield Finding.note("database", f"{path} is not there yet", "it is made at the first start")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield Finding.wrong("rights", f"{path} cannot be read and written", "give it to the server's account")
        return
    if path.stat().st_mode & OTHERS_BITS:
        yield Finding.note("rights", f"others may read {path}: keys are in it", f"chmod 600 {path}")
    else:
        yield Finding.ok("rights", "the database is its owner's alone")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            (owner,) = database.execute("PRAGMA application_id").fetchone()
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if owner != schema.APPLICATION_ID:
                yield Finding.wrong("database", f"{path} is another program's", "choose another file")
                return
            yield Finding.ok("database", f"{path} can be read")
            yield from _content(version, now_ms, lambda sql: database.execute(sql).fetchone())
    except sqlite3.Error as error:
        yield Finding.wrong("database", f"{path} cannot be read: {error}", "restore the newest backup")


def _disk(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    says = f"{usage.free // 1024**2} MiB free of {usage.total // 1024**2}"
    if usage.free < DISK_BYTES_MIN or usage.free < DISK_FREE_MIN * usage.total:
        return Finding.wrong("disk", says, "make room: a full disk takes no event in")
    return Finding.ok("disk", says)


def _postgres(url: str, workers: int, now_ms: int) -> Iterator[Finding]:
    try:
        with closing(connect(url)) as connection:
            yield Finding.ok("database", "PostgreSQL answers, and keeps what it confirms")
            yield _connections(connection, workers)
            yield from _postgres_inside(connection, now_ms)
    except StorageError as error:
        says, _, advice = str(error).partition("; ")
        yield Finding.wrong("database", says, advice or "correct server.database, or start PostgreSQL")
    except psycopg.Error as error:
        yield Finding.wrong("database", one_line(error), "look into PostgreSQL's own log")


def _connections(connection: Connection, workers: int) -> Finding:
    """Whether PostgreSQL lets the processes have as many connections as they may come to need."""
    row: Any = connection.execute(
        "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    ).fetchone()
    needed, allowed = workers * CONNECTIONS_OF_ONE, int(row[0])
    if needed > allowed:
        return Finding.wrong(
            "connections",
            f"PostgreSQL gives at most {allowed}, {workers} processes take up to {needed}",
            "raise max_connections there, or lower server.workers",
        )
    return Finding.ok("connections", f"up to {needed} of {allowed}")


def _postgres_inside(connection: Connection, now_ms: int) -> Iterator[Finding]:
    def row(sql: str) -> Any:
        return connection.execute(sql.encode()).fetchone()

    theirs_ms = row("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")[0]
    apart_ms = abs(theirs_ms - now_ms)
    if apart_ms > CLOCK_MS_MAX:
        yield Finding.wrong(
            "clock", f"{apart_ms // 1000} s from PostgreSQL's", "let both machines keep the time (NTP)"
        )
    tables = row("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")[0]
    if not tables:
        yield Finding.note("schema", "the database is empty", "its tables are made at the first start")
        if not row("SELECT has_schema_privilege(current_schema(), 'CREATE')")[0]:
            yield Finding.wrong("rights", "no tables may be made here", "GRANT CREATE ON SCHEMA to this role")
        return
    if not row("SELECT to_regclass('ledger') IS NOT NULL AND to_regclass('meta') IS NOT NULL")[0]:
        yield Finding.wrong("database", "it is another program's", "choose another one")
        return
    yield from _postgres_rights(row)
    version = row("SELECT value FROM meta WHERE name = 'schema'")
    yield from _content(int(version[0]) if version else 0, now_ms, row)


_UNUSABLE = """SELECT string_agg(relname::text, ', ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname <> 'ledger' AND NOT (
    has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND
    has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))"""
"""Tables that a server writes to and this role may not; NULL for none."""
_GRANT = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES to this role, then REVOKE UPDATE, DELETE ON ledger"
)


def _postgres_rights(row: Any) -> Iterator[Finding]:
    if not row("SELECT has_table_privilege('ledger', 'INSERT')")[0]:
        yield Finding.wrong("rights", "no event may be added", "GRANT INSERT, SELECT ON ledger to this role")
    elif unusable := row(_UNUSABLE)[0]:
        yield Finding.wrong("rights", f"this role may not use {unusable}", _GRANT)
    elif row("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")[0]:
        yield Finding.note(
            "rights",
            "the role may do everything, past the ledger's triggers too",
            "use a role without SUPERUSER",
        )
    elif row("SELECT has_table_privilege('ledger', 'UPDATE') OR has_table_privilege('ledger', 'DELETE')")[0]:
        yield Finding.wrong(
            "rights", "the ledger may be altered", "REVOKE UPDATE, DELETE ON ledger from this role"
        )
    else:
        yield Finding.ok("rights", "events can be added and not altered")


def _content(version: int, now_ms: int, row: Any) -> Iterator[Finding]:
    """What the tables say, in the words that both databases share."""
    if version > schema.VERSION:
        yield Finding.wrong(
            "schema", f"version {version} is newer than {schema.VERSION}", "install that version"
        )
        return
    if version < schema.VERSION:
        yield Finding.note(
            "schema",
            f"version {version}, this is {schema.VERSION}",
            "it is brought up to date at the next start",
        )
    else:
        yield Finding.ok("schema", f"version {version}")
    newest = row("SELECT max(received_ms) FROM ledger WHERE position = (SELECT max(position) FROM ledger)")[0]
    if newest and newest > now_ms + BEFORE_MS_MAX:
        yield Finding.wrong(
            "clock",
            f"{(newest - now_ms) // 1000} s before the newest event",
            "set this machine's clock (NTP)",
        )
    else:
        yield Finding.ok("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now_ms // 1000)))
    backed_up = row("SELECT value FROM meta WHERE name = 'backed_up_ms'")
    if backed_up is None:
        yield Finding.note("backup", "there was none", "scanner server backup FOLDER, every night")
    elif now_ms - int(backed_up[0]) > BACKUP_MS_MAX:
        days = (now_ms - int(backed_up[0])) // (24 * 3600 * 1000)
        yield Finding.note(
            "backup",
            f"the last one is {counted(days, 'day')} old",
            "scanner server backup FOLDER, every night",
        )
    else:
        yield Finding.ok("backup", f"{(now_ms - int(backed_up[0])) // 3_600_000} h ago")
