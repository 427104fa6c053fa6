"""Whether a plain text is a lot that somebody here has a paper or a note of. Looked for only when nothing else fits."""

from __future__ import annotations

import msgspec

from scanner_app.cache import Cache
from scanner_app.journal import Journal
from sync.cache_file import detailed

_NAMED = """SELECT 1 FROM record WHERE (kind = 'document' AND instr(body, ?)) OR (kind = 'inside' AND instr(body, ?))
OR (kind = 'lot' AND substr(key, -?) = ?) LIMIT 1"""
_ON_ORDER = "SELECT more FROM unit WHERE document = ? AND instr(more, ?) LIMIT ?"
_DONE_HERE = """SELECT 1 FROM overlay JOIN event ON event.epoch = overlay.epoch AND event.seq = overlay.seq
WHERE overlay.document = ? AND instr(event.body, ?) LIMIT 1"""
LOOKED_AT_MAX = 50
"""Units that have the text somewhere and are looked at for their lot."""


def is_named(cache: Cache, lot: str) -> bool:
    """True for a lot of an order's line, of what is in a product or a carton, or one that is held or recalled."""
    written = msgspec.json.encode(lot)
    behind = "," + written.decode() + "]"
    # A row of what is inside has item, lot, position and a number, one behind the other.
    values = (b'"lot":' + written, b'",' + written + b',"', len(behind), behind)
    return cache.connection.execute(_NAMED, values).fetchone() is not None


def is_on_order(cache: Cache, journal: Journal, lot: str, document: str) -> bool:
    """True for a lot of units that stand where they are because of this document, own work included."""
    rows = cache.connection.execute(_ON_ORDER, (document, lot.encode(), LOOKED_AT_MAX))
    if any(detailed(bytes(more)).lot == lot for (more,) in rows):
        return True
    here = (document, b'"lot":' + msgspec.json.encode(lot))
    return journal.connection.execute(_DONE_HERE, here).fetchone() is not None
