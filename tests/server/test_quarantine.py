"""What a newer handheld writes is kept until the server understands it, and then counts as if it always had."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server import ledger
from server.projection import fold_next
from server.quarantine import reread
from server.rebuild import rebuild, rebuild_where_stale
from server.storage import Storage
from tests.server.fleet import Handheld, Office, receiving, site_file
from tracking.events import STEPS, Event


def everything(storage: Storage) -> dict[str, Any]:
    """Every projection, and the feed without its numbers."""
    tables = ("quarantine", "subject", "cancellation", "unit", "credit", "tally", "exception")
    with storage.read() as reader:
        found: dict[str, Any] = {name: sorted(reader.rows(f"SELECT * FROM {name}")) for name in tables}
        found["replica"] = sorted(
            reader.rows("SELECT tbl, key, site, op, body FROM replica WHERE op = 'put'")
        )
    return found


@pytest.fixture
def aside(office: Office, handheld: Handheld, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """A server that does not know how to ship yet; an undo of such an event, and a note on another's, wait too."""
    office.load(site_file())
    monkeypatch.setattr(ledger, "STEPS", tuple(step for step in STEPS if step != "shipping"))
    handheld.write(
        receiving("A"),
        Event(step="shipping", item="PUMP", serial="A", party="CITY"),
        receiving("B"),
        Event(step="shipping", item="PUMP", serial="B", party="CITY"),
        Event(step="shipping", action="DELETE", item="PUMP", serial="B", cancels=f"{handheld.device}/1/4"),
    )
    assert msgspec.json.decode(handheld.send().content)["quarantined"] == 3
    office.settle()
    return office.running.central.storage


def status(storage: Storage) -> dict[str, str]:
    with storage.read() as reader:
        return dict(reader.rows("SELECT serial, status FROM unit"))


def test_it_counts_once_the_server_understands_it(
    aside: Storage, office: Office, handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert status(aside) == {"A": "received", "B": "received"}
    since = handheld.feed().next
    assert reread(aside) == 0, "nothing is understood yet"
    monkeypatch.undo()
    assert reread(aside) == 3
    assert status(aside) == {"A": "shipped", "B": "received"}
    rows = {(row.table, row.key): row.op for row in handheld.feed(since).rows}
    assert rows["unit", '["PUMP","A"]'] == "put"
    assert rows["exception", f"not_understood/{handheld.device}/1/2"] == "del"
    assert reread(aside) == 0
    assert fold_next(aside) == 0


def test_it_ends_equal_to_a_rebuild(aside: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    rebuild_where_stale(aside)
    read_again = everything(aside)
    assert read_again["quarantine"] == []
    rebuild(aside)
    assert everything(aside) == read_again
