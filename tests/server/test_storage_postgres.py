"""What is PostgreSQL's own: rights, refusals in one sentence, and several servers over one database."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from server import schema
from server.checking import Setup, look
from server.main import serve
from server.storage import StorageError
from server.storage_postgres import PostgresStorage
from tests.server.fleet import Office, receiving, site_file
from tests.server.postgres import Cluster
from tests.server.test_storage import COLUMNS, event


@pytest.fixture
def address(cluster: Cluster) -> str:
    """An empty database."""
    return cluster.new_database()


@pytest.fixture
def opened(address: str) -> Iterator[PostgresStorage]:
    """Its storage."""
    storage = PostgresStorage(address)
    yield storage
    storage.close()


@pytest.mark.parametrize("change", ["UPDATE ledger SET epoch = 2", "DELETE FROM ledger", "TRUNCATE ledger"])
def test_neither_the_owner_nor_the_superuser_changes_the_ledger(cluster: Cluster, change: str) -> None:
    name = cluster.new_database().partition("@/")[2].partition("?")[0]
    cluster.run(f"CREATE ROLE owner_{name} LOGIN")
    cluster.run(f"ALTER DATABASE {name} OWNER TO owner_{name}")
    owner = cluster.url(name, f"owner_{name}")
    storage = PostgresStorage(owner)
    with storage.write("D") as tx:
        tx.insert("ledger", COLUMNS, [event(1)])
    storage.close()
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(change.encode())
    with psycopg.connect(cluster.url(name)) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(change.encode())


PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_a_server_works_as_a_role_that_owns_nothing(cluster: Cluster) -> None:
    """With the rights that the page on operations gives it, word by word."""
    blocks = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    first, later = [
        [line for line in block.splitlines() if line and not line.startswith("--")] for block in blocks
    ]
    for statement in first:
        cluster.run(statement)
    name, owner, worker = "central", "central_owner", "central_server"
    with pytest.raises(StorageError, match="permission denied"):
        PostgresStorage(cluster.url(name, worker))
    PostgresStorage(cluster.url(name, owner)).close()
    for statement in later:
        cluster.run(statement, name)
    mine = cluster.url(name, worker)
    assert {one.level for one in look(Setup(mine), int(time.time() * 1000))} <= {"ok", "note"}
    running = serve(mine)
    try:
        with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
            office = Office(running, http)
            office.load(site_file())
            handheld = office.handheld()
            handheld.write(receiving("A"))
            assert handheld.send().status_code == 200
            office.settle()
            assert "A" in http.get("/v1/units?serial=A", headers=office.auth).text
    finally:
        running.stop()
    for change in (
        "UPDATE ledger SET epoch = 2",
        "DELETE FROM ledger",
        "TRUNCATE ledger",
        "DROP TABLE ledger",
    ):
        with psycopg.connect(mine) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change.encode())


def test_it_says_in_one_sentence_why_it_cannot_be_used(cluster: Cluster, address: str) -> None:
    with pytest.raises(StorageError, match="cannot be reached"):
        PostgresStorage("postgresql://nobody@127.0.0.1:1/central")
    with pytest.raises(StorageError, match="not one of PostgreSQL"):
        PostgresStorage("postgresql://u:s3cret@h/x?no_such_option=1")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE theirs (x int)")
    with pytest.raises(StorageError, match="not one of the central server"):
        PostgresStorage(address)
    newer = cluster.new_database()
    PostgresStorage(newer).close()
    with psycopg.connect(newer) as connection:
        connection.execute("UPDATE meta SET value = %s WHERE name = 'schema'", (str(schema.VERSION + 1),))
    with pytest.raises(StorageError, match="newer version"):
        PostgresStorage(newer)


def test_a_nul_in_a_name_stops_nothing(address: str) -> None:
    running = serve(address)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        office = Office(running, http)
        handheld = office.handheld("Do\0ck")
        handheld.write(receiving("S\0 1"), receiving("S2"))
        assert handheld.send().status_code == 200
        office.settle()
        assert http.get("/v1/units", params={"serial": "S\0 1"}, headers=office.auth).status_code == 200
        units = {key for table, key in handheld.replica() if table == "unit"}
        assert units == {'["PUMP","S\\u0000 1"]', '["PUMP","S2"]'}
    running.stop()


def test_two_that_open_it_at_once_make_it_once(address: str) -> None:
    made: list[PostgresStorage] = []
    threads = [threading.Thread(target=lambda: made.append(PostgresStorage(address))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({storage.generation for storage in made}) == 1
    assert len(made) == 4
    for storage in made:
        storage.close()


def test_one_folds_and_another_takes_over(address: str, opened: PostgresStorage) -> None:
    other = PostgresStorage(address)
    assert opened.leads()
    assert opened.leads()
    assert not other.leads()
    opened.close()
    until = time.monotonic() + 10  # the other side of a connection that was closed takes a moment to end
    while not other.leads():
        assert time.monotonic() < until
        time.sleep(0.01)
    other.close()


def test_a_lost_connection_is_replaced(address: str, opened: PostgresStorage) -> None:
    def lose() -> None:
        with opened.write("D") as tx:
            tx.insert("ledger", COLUMNS, [event(1)])
            drop()

    def drop() -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    with pytest.raises(StorageError):
        lose()
    with opened.write("D") as tx:
        tx.insert("ledger", COLUMNS, [event(1)])
    assert opened.settled() >= 1


def test_uploads_of_two_devices_run_side_by_side_and_those_of_one_do_not(opened: PostgresStorage) -> None:
    entered: list[str] = []

    def upload(device: str) -> None:
        with opened.write(device):
            entered.append(device)

    with opened.write("A"):
        waiting, free = (threading.Thread(target=upload, args=(name,)) for name in ("A", "B"))
        waiting.start()
        free.start()
        free.join(30)
        assert entered == ["B"]
    waiting.join(30)
    assert entered == ["B", "A"]


def test_two_servers_over_one_database_are_one_server(address: str) -> None:
    one, two = serve(address), serve(address)
    assert one.office_token == two.office_token
    with (
        httpx.Client(base_url=one.url, trust_env=False, timeout=60) as first,
        httpx.Client(base_url=two.url, trust_env=False, timeout=60) as second,
    ):
        office = Office(one, first)
        office.load(site_file())
        here, there = office.handheld("Here"), office.handheld("There")
        there.http = second
        for number in range(20):
            here.write(receiving(f"A{number}"))
            there.write(receiving(f"B{number}"))
        batches = [
            (each, each.batch(first, first + 3)) for first in range(1, 21, 4) for each in (here, there)
        ]
        sending = [
            threading.Thread(target=lambda each=each: [one.send(b) for one, b in batches if one is each])
            for each in (here, there)
        ]
        for thread in sending:
            thread.start()
        for thread in sending:
            thread.join()
        assert (here.hwm().hwm, there.hwm().hwm) == (20, 20)
        # The server that does not fold tells its handheld all the same, without being asked again.
        since = there.feed().next
        deadline = time.monotonic() + 30
        while len([key for table, key in there.replica() if table == "unit"]) < 40:
            assert time.monotonic() < deadline
            since = there.feed(since, wait=5).next
        assert here.replica() == there.replica()
        assert len(office.ledger()) == 40
    one.stop()
    two.stop()
