"""Tables of cache.db. A layout that does not match is thrown away: the cache can always be downloaded again."""

from __future__ import annotations

LAYOUT = 3

SCHEMA_SQL = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # Items, parties, locations, operators, documents, tallies, lots, exceptions, policy: small, one row a key.
    "CREATE TABLE record (kind TEXT, key TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    "CREATE TABLE item_number (id INTEGER PRIMARY KEY, item TEXT NOT NULL UNIQUE)",
    # Every unit of the company, in one tree. The last six characters of the serial number stand first: people type
    # those, so the key itself answers them, and a whole serial number with and without an item as well. Numbers that
    # follow each other stay side by side, so a page of the feed touches few pages of the tree.
    # state packs status and flags, places in the lifecycle's lists; more is there only where more is known.
    """CREATE TABLE unit (turned TEXT, item_id INTEGER, state INTEGER, document TEXT, holder TEXT, more BLOB,
    PRIMARY KEY (turned, item_id)) WITHOUT ROWID""",
    "CREATE INDEX unit_document ON unit (document) WHERE document IS NOT NULL",
    # What it is in: the product it was built into, or its carton.
    "CREATE INDEX unit_holder ON unit (holder) WHERE holder IS NOT NULL",
)
