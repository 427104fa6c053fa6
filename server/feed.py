"""Pages of the feed: what changed for a site since a handheld last asked."""

from __future__ import annotations

import msgspec

from server import devices, ledger, replica
from server.compaction import reaches
from server.storage import Reader, Storage
from sync.wire import FEED_ROWS_MAX, FeedPage, FeedRow

PAGE_BYTES_MAX = 8 * 1024 * 1024
"""Bodies and keys of one page, before compression."""


class Resnapshot(Exception):
    """The cursor is not one of this database: the handheld must begin again from nothing."""


def page(
    storage: Storage,
    site: str,
    since: int,
    limit: int,
    generation: str,
    asking: str,
    now_ms: int,
    began: int = 0,
) -> FeedPage:
    """The changes behind ``since``, with how far the asking device's own events show in them.

    ``asking`` is its id; empty for the office. ``began`` is what the first page of its download said.

    Raises :class:`Resnapshot` for a cursor of another life of this database, or from too long ago.
    """
    with storage.read() as reader:
        head = replica.head(reader)
        if since > head or (generation and generation != storage.generation):
            raise Resnapshot(f"cursor {since} is not one of this database: begin again from 0")
        if not reaches(reader, since, began):
            raise Resnapshot(
                "this handheld was away for too long to be told every change: begin again from 0"
            )
        limit = min(limit, FEED_ROWS_MAX)
        found = replica.changes(reader, site, since, limit + 1)
        applied, epochs, chains = _applied(reader, asking)
    shown = _within_bytes(found[:limit])
    more = len(shown) < len(found)
    return FeedPage(
        generation=storage.generation,
        rows=[
            FeedRow(
                seq=change.seq,
                table=change.table,
                key=change.key,
                op="put" if change.op == "put" else "del",
                row=msgspec.Raw(_told(change, site)),
            )
            for change in shown
        ],
        next=shown[-1].seq if more else head,
        more=more,
        began=0 if since else head,
        # Their rows may be on a later page: a handheld must not drop its overlay before it has them all.
        applied={} if more else applied,
        applied_epochs={} if more else epochs,
        applied_chains={} if more else chains,
        server_ms=now_ms,
    )


def _told(change: replica.Change, site: str) -> bytes:
    if change.table == "unit" and change.op == "put":
        return replica.seen_from(site, change.body)
    return change.body


def _within_bytes(found: list[replica.Change]) -> list[replica.Change]:
    """As many rows as a page may weigh; at least one, so that a heavy row cannot block what follows."""
    room = PAGE_BYTES_MAX
    for count, change in enumerate(found):
        room -= len(change.body) + len(change.key)
        if room < 0:
            return found[: max(count, 1)]
    return found


def _applied(
    reader: Reader, asking: str
) -> tuple[dict[str, tuple[int, int]], dict[int, int], dict[int, str]]:
    """Of the device as it is now: while a request waited, it may have begun an epoch."""
    device = devices.by_id(reader, asking)
    if device is None:
        return {}, {}, {}
    epochs = {epoch: one.folded for epoch, one in devices.standings(reader, asking).items()}
    current = {asking: (device.epoch, epochs[device.epoch])} if device.epoch in epochs else {}
    links = {epoch: ledger.chain_at(reader, asking, epoch, seq) for epoch, seq in epochs.items()}
    return current, epochs, {epoch: link.hex() for epoch, link in links.items() if link is not None}
