"""Lets go of tombstones that every handheld has had time to hear of. Whoever was away for longer begins again.

A row that is gone leaves a tombstone in the feed, so that handhelds forget it too; without an end to that, a feed would
only grow. No clock is a cursor here either: what is old is known by marks that say where the feed was when.
"""

from __future__ import annotations

from server import replica
from server.storage import Reader, Storage, Writer

KEEP_MS = 180 * 24 * 3600 * 1000
"""How long a handheld may be away and still go on from where it was."""
MARK_MS = 3600 * 1000
"""A mark of the feed's number is made no more often."""


def compact(storage: Storage, now_ms: int, keep_ms: int = KEEP_MS) -> int:
    """Mark where the feed is, and let go of tombstones older than ``keep_ms``; how many those were.

    Raises :class:`server.storage.StorageError`.
    """
    with storage.write() as tx:
        _mark(tx, now_ms)
        row = tx.row("SELECT max(seq) FROM feed_mark WHERE ms <= ?", now_ms - keep_ms)
        horizon = int(row[0] or 0) if row else 0
        newest = tx.row("SELECT max(seq) FROM replica WHERE op = 'del' AND seq <= ?", horizon)
        if newest is None or newest[0] is None:
            return 0
        gone = tx.run("DELETE FROM replica WHERE op = 'del' AND seq <= ?", horizon)
        # Only what was really let go of makes a cursor useless.
        replica.raise_floor(tx, int(newest[0]))
        tx.run("DELETE FROM feed_mark WHERE seq < ?", horizon)
    return gone


def _mark(tx: Writer, now_ms: int) -> None:
    last = tx.row("SELECT max(ms) FROM feed_mark")
    if last is None or last[0] is None or now_ms - int(last[0]) >= MARK_MS:
        tx.run(
            "INSERT INTO feed_mark (ms, seq) VALUES (?, ?) ON CONFLICT DO NOTHING", now_ms, replica.head(tx)
        )


def reaches(reader: Reader, since: int, began: int) -> bool:
    """True where the feed still tells everything that a cursor lacks.

    ``began`` is where the feed stood when the download of this cursor began: nothing that was gone by then is missed.
    """
    return not since or max(since, began) >= replica.floor(reader)
