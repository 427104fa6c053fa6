"""Makes every projection anew from the ledger, in one transaction: readers see the old ones until the new are whole."""

from __future__ import annotations

from server import projection
from server.quarantine import reread
from server.replica import Feed
from server.schema import PROJECTED, PROJECTIONS
from server.storage import Storage, placeholders


def rebuild_where_stale(storage: Storage) -> None:
    """After an update: rebuild where the new tables keep more of a unit than the old ones; read again what an older
    version of the server did not understand.
    """
    with storage.read() as reader:
        stale = reader.row("SELECT value FROM meta WHERE name = 'stale'") is not None
    if stale:
        rebuild(storage)
    reread(storage)


def rebuild(storage: Storage) -> int:
    """Rebuild; how many events were folded.

    Ends equal to what following the ledger made. Only rows of the feed that come out otherwise get a new number, so
    handhelds notice nothing where nothing was wrong.
    """
    total = 0
    upto = storage.settled()
    with storage.write() as tx:
        for table in PROJECTIONS:
            tx.run(f"DELETE FROM {table}")  # noqa: S608 - names from a constant
        tx.run("UPDATE device_epoch SET folded = 0")
        tx.run("UPDATE meta SET value = '0' WHERE name = 'folded'")
        tx.run("DELETE FROM meta WHERE name = 'stale'")
        feed = Feed(tx, remember=True)
        while (plan := projection.make_plan(tx, projection.BATCH_EVENTS, upto)) is not None:
            projection.store(tx, feed, plan)
            feed.flush()
            total += plan.events
        sql = (
            f"SELECT tbl, key, site FROM replica WHERE op = 'put' AND tbl IN ({placeholders(len(PROJECTED))})"  # noqa: S608
        )
        for table, key, site in tx.rows(sql, *PROJECTED):
            if feed.touched is not None and (table, key, site) not in feed.touched:
                feed.delete(table, key, site)
        feed.flush()
    return total
