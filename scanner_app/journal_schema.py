"""Tables of journal.db. ``LAYOUT`` goes up with every change and is kept in ``user_version``."""

from __future__ import annotations

HEADS_SQL = (
    "SELECT epoch, max(seq) FROM (SELECT epoch, seq FROM overlay UNION ALL SELECT epoch, seq FROM covered) "
    "GROUP BY epoch"
)
"""Epoch and the newest event that the overlay speaks of: an event cut off the end of the log is missed here."""

LAYOUT = 3

SECOND_SQL = (
    # What the server's last verified backup holds, and where the log begins once older events were let go of.
    "ALTER TABLE epoch ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE anchor (epoch INTEGER PRIMARY KEY, seq INTEGER NOT NULL, link BLOB NOT NULL)",
)
"""From layout 1 to 2."""
THIRD_SQL = (
    # Of events that were let go of, the first bytes of each link, up to event ``last``: whether a server that was put
    # back has these events or a copy's.
    "CREATE TABLE gone (epoch INTEGER, last INTEGER, links BLOB NOT NULL, PRIMARY KEY (epoch, last)) WITHOUT ROWID",
)
"""From layout 2 to 3."""
UPGRADES_SQL = {1: SECOND_SQL, 2: THIRD_SQL}
"""Layout -> what makes the next one of it."""

SCHEMA_SQL = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # One chain an epoch. acked: the server holds everything up to here.
    "CREATE TABLE epoch (epoch INTEGER PRIMARY KEY, nonce TEXT NOT NULL, acked INTEGER NOT NULL DEFAULT 0)",
    """CREATE TABLE event (epoch INTEGER, seq INTEGER, body BLOB NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (epoch, seq)) WITHOUT ROWID""",
    # Own effects that the cache does not show yet. Serial first: a scan may carry no item.
    """CREATE TABLE overlay (serial TEXT, item TEXT, epoch INTEGER, seq INTEGER, document TEXT, line INTEGER,
    delta INTEGER, closes INTEGER, before BLOB, PRIMARY KEY (serial, item, epoch, seq)) WITHOUT ROWID""",
    # The same, of what the cache shows by now: should it be lost, they are needed again.
    """CREATE TABLE covered (epoch INTEGER, seq INTEGER, serial TEXT, item TEXT, document TEXT, line INTEGER,
    delta INTEGER, closes INTEGER, before BLOB, PRIMARY KEY (epoch, seq)) WITHOUT ROWID""",
    # What can be taken back: the workflow's state before, and the events of one gesture.
    "CREATE TABLE gesture (n INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    "CREATE TABLE receipt (epoch INTEGER, hwm INTEGER, body BLOB, PRIMARY KEY (epoch, hwm)) WITHOUT ROWID",
    # The log is append-only for whoever opens the file with another program, too.
    "CREATE TRIGGER event_kept BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never edited'); END",
    *SECOND_SQL,
    *THIRD_SQL,
)

OVERLAY_OF_SQL = """SELECT o.epoch, o.seq, o.before, e.body FROM overlay o
JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq WHERE o.serial = ? ORDER BY o.epoch, o.seq"""

PENDING_SQL = "SELECT count(*) FROM event e JOIN epoch p ON p.epoch = e.epoch WHERE e.seq > p.acked"
