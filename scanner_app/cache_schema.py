"""Tables of cache.db. A layout that does not match is thrown away: the cache can always be downloaded again."""

from __future__ import annotations

LAYOUT = 2

SCHEMA_SQL = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # Items, parties, locations, operators, documents, tallies, lots, exceptions, policy: small, one row a key.
    "CREATE TABLE record (kind TEXT, key TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    "CREATE TABLE item_number (id INTEGER PRIMARY KEY, item TEXT NOT NULL UNIQUE)",
    # The compact unit of the whole company. Serial first: one tree answers for a scan with and without an item,
    # and for a range of serials. status and flags are places in the lifecycle's lists.
    """CREATE TABLE unit (serial TEXT, item_id INTEGER, status INTEGER, flags INTEGER,
    PRIMARY KEY (serial, item_id)) WITHOUT ROWID""",
    # People type the last six characters.
    "CREATE INDEX unit_tail ON unit (substr(serial, -6))",
    # What else is known of a unit; only where there is more.
    """CREATE TABLE detail (serial TEXT, item_id INTEGER, document TEXT, body BLOB NOT NULL, holder TEXT,
    PRIMARY KEY (serial, item_id)) WITHOUT ROWID""",
    "CREATE INDEX detail_document ON detail (document) WHERE document != ''",
    # What it is in: the product it was built into, or its carton.
    "CREATE INDEX detail_holder ON detail (holder) WHERE holder != ''",
)
