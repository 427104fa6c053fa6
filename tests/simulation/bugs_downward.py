"""Mistakes in what comes down, put in on purpose: snapshot, feed, tombstones, and the handheld's copy of them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

import msgspec

from scanner_app import cache_feed
from scanner_app.cache import Cache
from server import devices, feed, ledger, replica, snapshot_build
from server.storage import Reader, Storage
from sync.wire import FeedPage
from tests.simulation.faulty import Bug


def _snapshot_claims_too_much() -> AbstractContextManager[object]:
    """A snapshot says that it shows all that was sent, also what is not folded yet."""

    def shown(file: sqlite3.Connection, reader: Reader, site: str) -> None:
        for device in devices.everyone(reader):
            for epoch, one in devices.standings(reader, device.id).items():
                link = ledger.chain_at(reader, device.id, epoch, one.hwm)
                row = (device.id, epoch, one.hwm, link.hex() if link else "")
                file.execute("INSERT INTO shown VALUES (?, ?, ?, ?)", row)

    return patch.object(snapshot_build, "_shown", shown)


def _page_claims_too_much() -> AbstractContextManager[object]:
    """A page of the feed says that it shows all that was sent, also what is not folded yet."""
    real = devices.standings

    def standings(reader: Reader, device: str) -> dict[int, devices.Standing]:
        return {epoch: one._replace(folded=one.hwm) for epoch, one in real(reader, device).items()}

    return patch.object(devices, "standings", standings)


def _page_before_the_last_claims() -> AbstractContextManager[object]:
    """Not only the last page of a download says how far own events show, though their rows may come later."""
    real = feed.page

    def page(
        storage: Storage, site: str, since: int, limit: int, generation: str, asking: str, *more: int
    ) -> FeedPage:
        told = real(storage, site, since, limit, generation, asking, *more)
        if told.more:
            with storage.read() as reader:
                _, epochs, chains = feed._applied(reader, asking)
            return msgspec.structs.replace(told, applied_epochs=epochs, applied_chains=chains)
        return told

    return patch.object(feed, "page", page)


def _tombstones_forgotten() -> AbstractContextManager[object]:
    """Tombstones go, and a handheld that was away all the while goes on from where it was."""
    return patch.object(replica, "raise_floor", lambda *_: None)


def _old_cache_under_a_new_download() -> AbstractContextManager[object]:
    """A download that begins anew is written over the rows of the one before it."""
    return patch.object(Cache, "empty", lambda _: None)


def _row_between_two_pages() -> AbstractContextManager[object]:
    """The last row of a page that is full is told on no page."""
    real = replica.changes

    def changes(reader: Reader, site: str, since: int, limit: int) -> list[replica.Change]:
        found = real(reader, site, since, limit)
        return found[:-2] + found[-1:] if len(found) == limit > 2 else found

    return patch.object(replica, "changes", changes)


@contextlib.contextmanager
def _position_before_the_rows() -> Iterator[None]:
    """The cursor is written down first; where the rows then find no room, they are never asked for again."""
    real = cache_feed.apply_page

    def apply_page(cache: Cache, page: FeedPage) -> bool:
        with cache.transaction():
            cache_feed._position(cache, page)
        return real(cache, page)

    with (
        patch.object(cache_feed, "apply_page", apply_page),
        patch("scanner_app.feeding.apply_page", apply_page),
    ):
        yield


def _cursor_of_another_life() -> AbstractContextManager[object]:
    """A number of the feed counts whatever became of the server since it was told."""
    real = feed.page

    def page(
        storage: Storage, site: str, since: int, limit: int, generation: str, asking: str, *more: int
    ) -> FeedPage:
        with storage.read() as reader:
            head = replica.head(reader)
        return real(storage, site, min(since, head), limit, "", asking, *more)

    return patch.object(feed, "page", page)


def _horizon_too_near() -> AbstractContextManager[object]:
    """A cursor counts as good where its download only ended after the tombstones went."""
    return patch.object(feed, "reaches", lambda *_: True)


BUGS: dict[str, Bug] = {
    "a snapshot claims too much": _snapshot_claims_too_much,
    "a page claims too much": _page_claims_too_much,
    "a page in between claims": _page_before_the_last_claims,
    "tombstones forgotten": _tombstones_forgotten,
    "an old cache under a new one": _old_cache_under_a_new_download,
    "a row between two pages": _row_between_two_pages,
    "position before the rows": _position_before_the_rows,
    "a cursor of another life": _cursor_of_another_life,
    "away too long, let go on": _horizon_too_near,
}
