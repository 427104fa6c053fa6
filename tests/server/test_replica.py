"""The numbered rows that handhelds hold: of the company and of a site, some under the same key, page by page."""

from __future__ import annotations

import pytest

from server import replica
from server.replica import Feed
from server.storage import Storage
from tracking.units import UnitState


def put(storage: Storage, *rows: tuple[str, str, str], table: str = "exception") -> None:
    """Rows as (key, site, what it says)."""
    with storage.write() as tx:
        feed = Feed(tx)
        for key, site, says in rows:
            feed.put(table, key, f'"{says}"'.encode(), site)
        feed.flush()


def told(storage: Storage, rows_max: int) -> list[tuple[str, str]]:
    with storage.read() as reader:
        pages = list(replica.walk(reader, "HAM", "exception", rows_max))
    assert all(pages), "no page is empty"
    return [(key, body.decode().strip('"')) for page in pages for key, body in page]


@pytest.mark.parametrize("rows_max", [1, 2, 3, 4, 5, 50])
def test_a_walk_tells_every_key_of_a_site_and_the_company_whatever_a_page_holds(
    storage: Storage, rows_max: int
) -> None:
    put(storage, ("A", "", "a"), ("B", "HAM", "b"), ("C", "", "c"), ("D", "MUC", "not ours"), ("E", "", "e"))
    put(storage, ("F", "HAM", "f"), ("E", "", "e again"))
    assert told(storage, rows_max) == [("A", "a"), ("B", "b"), ("C", "c"), ("E", "e again"), ("F", "f")]


@pytest.mark.parametrize("rows_max", [2, 3, 4, 50])
def test_a_key_that_the_company_and_the_site_have_is_told_twice_also_at_the_end_of_a_page(
    storage: Storage, rows_max: int
) -> None:
    put(storage, ("A", "", "a"), ("B", "", "all"), ("B", "HAM", "ours"), ("B", "MUC", "theirs"))
    put(storage, ("C", "", "all"), ("C", "HAM", "ours"))
    assert told(storage, rows_max) == [("A", "a"), ("B", "all"), ("B", "ours"), ("C", "all"), ("C", "ours")]


def test_what_goes_goes_everywhere_also_what_was_about_to_come_and_nothing_else(storage: Storage) -> None:
    put(storage, ("A", "HAM", "1"), ("A", "MUC", "2"), ("B", "HAM", "3"))
    put(storage, ("A", "HAM", "of another table"), table="document")
    with storage.write() as tx:
        feed = Feed(tx)
        feed.put("exception", "A", b'"4"', "LON")
        feed.put("exception", "C", b'"5"', "HAM")
        feed.put("document", "C", b'"6"', "HAM")
        feed.delete_everywhere("exception", ["A"])
        feed.delete_everywhere("exception", [])
        feed.flush()
        before = replica.head(tx)
        feed.flush()
        assert replica.head(tx) == before, "what was written is not written again"
    with storage.read() as reader:
        assert replica.sites_of(reader, "exception", "A") == []
        left = [(table, key, site) for table in ("exception", "document")
                for key, site, _ in replica.listing(reader, table)]  # fmt: skip
    assert left == [
        ("exception", "B", "HAM"), ("exception", "C", "HAM"), ("document", "A", "HAM"), ("document", "C", "HAM"),
    ]  # fmt: skip


def test_a_unit_of_this_site_is_told_in_the_very_bytes_that_are_kept() -> None:
    import msgspec

    body = msgspec.json.encode(
        UnitState(item="PUMP", serial="A", status="received", site="HAM", location="HAM-A")
    )
    spaced = body.replace(b",", b" ,")
    assert replica.seen_from("HAM", spaced) == spaced
    assert b"HAM-A" not in replica.seen_from("MUC", spaced)
