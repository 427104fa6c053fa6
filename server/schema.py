"""The tables, as migrations: version n is reached by the statements of the first n entries.

The ledger is the truth and refuses UPDATE and DELETE. Everything marked as a projection can be made anew from it.
"""

from __future__ import annotations

APPLICATION_ID = 0x53434E31
"""Marks a SQLite file as one of the central server."""

_FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE device (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, site TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL DEFAULT 0, pending INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL DEFAULT 0, revoked_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE device_epoch (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, first_chain BLOB NOT NULL,
    hwm INTEGER NOT NULL, chain BLOB NOT NULL, folded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, epoch)
) WITHOUT ROWID;
CREATE TABLE ledger (
    position INTEGER PRIMARY KEY, device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    body BLOB NOT NULL, chain BLOB NOT NULL, received_ms INTEGER NOT NULL,
    UNIQUE (device, epoch, seq)
);
CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_stands BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE enrollment (
    code_hash TEXT PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, expires_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE opening (
    item TEXT NOT NULL, serial TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (item, serial)
) WITHOUT ROWID;
CREATE TABLE replica (
    tbl TEXT NOT NULL, key TEXT NOT NULL, site TEXT NOT NULL, seq INTEGER NOT NULL, op TEXT NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (tbl, key, site)
) WITHOUT ROWID;
CREATE INDEX replica_by_seq ON replica (site, seq);
CREATE TABLE quarantine (position INTEGER PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE subject (
    kind TEXT NOT NULL, name TEXT NOT NULL, part TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (kind, name, part, position)
) WITHOUT ROWID;
CREATE INDEX subject_by_position ON subject (position);
CREATE TABLE cancellation (
    target TEXT NOT NULL, position INTEGER NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (target, position)
) WITHOUT ROWID;
CREATE TABLE unit (
    item TEXT NOT NULL, serial TEXT NOT NULL, serial_reversed TEXT NOT NULL, status TEXT NOT NULL, flags TEXT NOT NULL,
    site TEXT NOT NULL, location TEXT NOT NULL, lot TEXT NOT NULL, document TEXT NOT NULL,
    parent_item TEXT NOT NULL, parent_serial TEXT NOT NULL, bom_position TEXT NOT NULL,
    PRIMARY KEY (item, serial)
) WITHOUT ROWID;
CREATE INDEX unit_by_serial ON unit (serial);
CREATE INDEX unit_by_end ON unit (serial_reversed);
CREATE INDEX unit_by_status ON unit (site, status);
CREATE INDEX unit_by_flags ON unit (flags) WHERE flags <> '';
CREATE INDEX unit_by_parent ON unit (parent_item, parent_serial) WHERE parent_serial <> '';
CREATE TABLE credit (
    document TEXT NOT NULL, line INTEGER NOT NULL, item TEXT NOT NULL, serial TEXT NOT NULL, position INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (document, line, item, serial, position)
) WITHOUT ROWID;
CREATE INDEX credit_by_unit ON credit (item, serial) WHERE serial <> '';
CREATE TABLE tally (document TEXT PRIMARY KEY, closed INTEGER NOT NULL, done TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE exception (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, item TEXT NOT NULL, serial TEXT NOT NULL, position INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX exception_by_unit ON exception (item, serial);
CREATE INDEX exception_by_position ON exception (position);
INSERT INTO meta VALUES ('folded', '0'), ('feed_seq', '0')
"""

_RECALL = """
ALTER TABLE unit ADD COLUMN supplier TEXT NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN customer TEXT NOT NULL DEFAULT '';
CREATE INDEX unit_by_lot ON unit (lot) WHERE lot <> '';
CREATE INDEX subject_by_lot ON subject (part) WHERE kind = 'lot';
INSERT INTO meta VALUES ('stale', '1')
"""
"""Recalls: whose lot a unit is of and who has it. ``stale`` asks for the projections to be made anew."""

_SYNC = """
CREATE TABLE feed_mark (ms INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
ALTER TABLE device_epoch ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rescued (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, body BLOB NOT NULL,
    received_ms INTEGER NOT NULL, decision TEXT NOT NULL DEFAULT '', decided_ms INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (device, epoch, first, last)
) WITHOUT ROWID
"""
"""Where the feed was when, what a backup holds of each device, and what revoked devices handed in."""

_IDENTITY = """
ALTER TABLE device ADD COLUMN public_key TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN next_token_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN renewal INTEGER NOT NULL DEFAULT 0;
CREATE INDEX device_by_next_token ON device (next_token_hash) WHERE next_token_hash <> '';
CREATE TABLE signed_head (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, signature BLOB NOT NULL,
    PRIMARY KEY (device, epoch, seq)
) WITHOUT ROWID;
CREATE TABLE staff (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL
) WITHOUT ROWID
"""
"""Who is who: keys of devices and what they signed, a token that is about to follow, people with a token each."""

_HOLES = """
CREATE TABLE hole (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, chain BLOB NOT NULL,
    PRIMARY KEY (device, epoch, first)
) WITHOUT ROWID
"""
"""Events that the server once had and no backup brought back, and the device's chain after the last of them."""

_INSIDE = "INSERT INTO meta VALUES ('stale', '1') ON CONFLICT DO NOTHING"
"""What is in products and containers by quantity is fed to handhelds: the projections are made anew for it."""

_BLOCKS = """
CREATE TABLE number_block (
    item TEXT NOT NULL, pattern TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, device TEXT NOT NULL,
    lent_ms INTEGER NOT NULL, PRIMARY KEY (item, pattern, first)
) WITHOUT ROWID
"""
"""Which device holds which sequence numbers. Rows are never removed: a number that was lent is not lent again."""

_AHEAD = """
CREATE TABLE ahead (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    events INTEGER NOT NULL, PRIMARY KEY (device, epoch)
) WITHOUT ROWID;
INSERT INTO meta VALUES ('stale', '1') ON CONFLICT DO NOTHING
"""
"""Where whose events are that bear a time to come. They count from when they were received: the projections, in which
they stood behind everything, are made anew."""

_WRONG = """
CREATE TABLE wrong_try (
    name TEXT NOT NULL, at_ms INTEGER NOT NULL, nonce TEXT NOT NULL, PRIMARY KEY (name, at_ms, nonce)
) WITHOUT ROWID;
CREATE INDEX wrong_try_by_age ON wrong_try (at_ms)
"""
"""Secrets that were wrong within the last minute, see :mod:`server.wrong_secrets`; neither they nor who tried them."""

MIGRATIONS: tuple[str, ...] = (_FIRST, _RECALL, _SYNC, _IDENTITY, _HOLES, _INSIDE, _BLOCKS, _AHEAD, _WRONG)

VERSION = len(MIGRATIONS)

PROJECTIONS = ("quarantine", "subject", "cancellation", "unit", "credit", "tally", "exception", "ahead")
"""Tables that follow from the ledger (and, for the feed, ``replica`` rows of :data:`PROJECTED`)."""

PROJECTED = ("unit", "lot", "tally", "exception", "handover", "inside")
"""Tables of the feed that are projections; the others are master data."""


def statements_since(version: int) -> list[str]:
    """The statements that bring a database of this version up to :data:`VERSION`."""
    statements: list[str] = []
    for script in MIGRATIONS[version:]:
        pieces = script.replace("; END;", "@ END;").split(";\n")
        statements += [piece.replace("@ END", "; END").strip() for piece in pieces if piece.strip()]
    return statements
