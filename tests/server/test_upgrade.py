"""An update loses nothing: databases of every earlier version, and handhelds that go on in the words of the first one.

``old_wire.json`` is a batch exactly as the first version of the protocol sent it. It is never to be changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest

from scanner_app.cli import main
from server import schema, schema_postgres
from server.main import serve
from server.open_storage import Database, is_postgres
from sync import wire
from tests.server.fleet import Handheld, Office, receiving, site_file

OLD = (Path(__file__).parent / "old_wire.json").read_bytes().strip()
DEVICE, TOKEN = "D-7KQM2X", "the token of an old handheld, 256 bits of it"
RECEIVED_MS = 1_794_000_000_000


def old_batch() -> wire.Batch:
    return wire.decode_batch(OLD)


def tables_of_version(version: int) -> list[str]:
    """The statements that made the tables of an earlier version, in SQLite's words."""
    whole = schema.statements_since(0)
    return whole[: len(whole) - len(schema.statements_since(version))]


def rows() -> list[tuple[str, tuple[object, ...]]]:
    """What the old server had taken in: a device, its first two events, and that it had folded nothing yet."""
    batch = old_batch()
    bodies, link = wire.bodies_of(batch), wire.link_of(batch.prev_chain)
    found: list[tuple[str, tuple[object, ...]]] = [
        ("INSERT INTO meta (name, value) VALUES (?, ?)", ("generation", "old-life")),
        ("INSERT INTO meta (name, value) VALUES (?, ?)", ("receipt_key", "00" * 32)),
        (
            "INSERT INTO device (id, name, site, token_hash, epoch, created_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (DEVICE, "Old", "HAM", hashlib.sha256(TOKEN.encode()).hexdigest(), 1, RECEIVED_MS),
        ),
    ]
    for seq, body in enumerate(bodies[:2], 1):
        link = hashlib.sha256(link + body).digest()
        sql = "INSERT INTO ledger (device, epoch, seq, body, chain, received_ms) VALUES (?, ?, ?, ?, ?, ?)"
        found.append((sql, (DEVICE, 1, seq, body, link, RECEIVED_MS)))
    sql = "INSERT INTO device_epoch (device, epoch, first_chain, hwm, chain) VALUES (?, ?, ?, ?, ?)"
    found.append((sql, (DEVICE, 1, wire.link_of(batch.prev_chain), 2, link)))
    return found


def make_old(database: Database, version: int) -> None:
    """A database as that version left it."""
    if not is_postgres(database):
        with closing(sqlite3.connect(database)) as made:
            for statement in tables_of_version(version):
                made.execute(statement)
            for sql, values in rows():
                made.execute(sql, values)
            made.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
            made.execute(f"PRAGMA user_version={version}")
            made.commit()
        return
    with psycopg.connect(str(database)) as connection:
        statements = [schema_postgres._translated(one) for one in tables_of_version(version)]
        for statement in (*schema_postgres.FIRST, *statements, *schema_postgres.LAST):
            connection.execute(statement.encode())
        for sql, values in (
            *rows(),
            ("INSERT INTO meta (name, value) VALUES (?, ?)", ("schema", str(version))),
        ):
            connection.execute(sql.replace("?", "%s").encode(), values)


@pytest.mark.parametrize("version", range(1, schema.VERSION))
def test_a_database_of_every_version_is_brought_up_to_date_and_its_handheld_goes_on(
    database: Database, version: int
) -> None:
    make_old(database, version)
    running = serve(database)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        office = Office(running, http)
        office.load(site_file())
        handheld = Handheld(http, DEVICE, TOKEN, "HAM")
        where = handheld.hwm()
        assert (where.generation, where.hwm) == ("old-life", 2), "no reason to send anything again"
        answer = handheld.post(OLD)
        assert (answer.status_code, answer.json()["hwm"], answer.json()["status"]) == (200, 4, "stored")
        office.settle()
        replica = handheld.replica()
        assert replica["unit", '["PUMP","OLD-1"]']["location"] == "HAM-A"
        assert replica["unit", '["PUMP","OLD-2"]']["status"] == "received"
        assert replica["tally", "PO-1"]["done"] == {"1": 2, "2": 20}
        assert [row[3] for row in office.ledger()] == wire.bodies_of(old_batch())
    running.stop()
    assert main(["server", "rebuild", "--database", str(database)]) == 0
    running = serve(database)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as handheld.http:
        assert handheld.replica() == replica, "made anew, it is the same"
    running.stop()


def test_an_old_handheld_finds_its_words_in_every_answer(office: Office) -> None:
    """What the first version read of an answer is still there, under its name and in its kind."""
    office.load(site_file())
    code = office.code(site="HAM")
    enrolled = office.http.post("/v1/enroll", json={"code": code, "name": "Old", "site": "HAM"}).json()
    assert {"device", "token", "site", "generation", "server_ms"} <= set(enrolled)
    device, token = str(enrolled["device"]), str(enrolled["token"])
    handheld = Handheld(office.http, device, token, "HAM")
    stored = handheld.post(OLD).json()
    receipt = stored.pop("receipt")
    assert {
        "status": "stored",
        "epoch": 1,
        "hwm": 4,
        "chain": old_batch().last_chain,
        "backed_up_through": 0,
        "quarantined": 0,
    }.items() <= stored.items()
    assert {"device", "epoch", "hwm", "chain", "received_ms", "signature"} <= set(receipt)
    assert handheld.post(OLD).json()["status"] == "duplicate"
    high = office.http.get(f"/v1/devices/{device}/hwm", headers=handheld.auth).json()
    assert {"generation", "epoch", "hwm", "chain", "server_ms", "epochs"} <= set(high)
    office.settle()
    page = handheld.feed_answer().json()
    assert {"generation", "rows", "next", "more", "applied", "server_ms"} <= set(page)
    assert page["applied"] == {device: [1, 4]}
    handheld.epoch = 3
    gap = handheld.post(OLD.replace(b'"first":1', b'"first":9'))
    assert gap.status_code == 409
    assert {"error", "generation", "epoch", "hwm", "chain", "server_ms"} <= set(gap.json())


def test_a_newer_handheld_says_more_than_is_read_and_is_taken_in(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"))
    body = msgspec.json.encode(handheld.batch())
    assert handheld.post(body[:-1] + b',"a_field_of_tomorrow":{"x":[1]},"schema":99}').status_code == 200
