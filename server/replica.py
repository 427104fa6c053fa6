"""The replica: the latest version of every row that handhelds hold, numbered in commit order.

There is one writer, so a plain counter raised in the same transaction is commit-ordered. A row that did not
change keeps its number; a row that goes leaves its tombstone. ``site`` is empty for what the whole company shares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec

from server.storage import Reader, Row, Writer
from tracking.abroad import as_seen_from
from tracking.units import UnitState

COMPANY = ""
"""The scope of items, parties, units and lots."""

_COLUMNS = ("tbl", "key", "site", "seq", "op", "body")
_CHANGED = (
    "(tbl, key, site) DO UPDATE SET seq = excluded.seq, op = excluded.op, body = excluded.body"
    " WHERE replica.op <> excluded.op OR replica.body <> excluded.body"
)
_DELETE = (
    "UPDATE replica SET seq = ?, op = 'del', body = ? WHERE tbl = ? AND key = ? AND site = ? AND op = 'put'"
)


class Change(NamedTuple):
    """One numbered row."""

    seq: int
    table: str
    key: str
    op: str
    body: bytes


class Feed:
    """Collects the changes of one transaction; :meth:`flush` numbers and writes them."""

    def __init__(self, tx: Writer, remember: bool = False) -> None:
        self._tx = tx
        self._changes: dict[tuple[str, str, str], bytes | None] = {}
        self.touched: set[tuple[str, str, str]] | None = set() if remember else None
        """With ``remember``, every row that was put: a rebuild takes away the others."""

    def put(self, table: str, key: str, body: bytes, site: str = COMPANY) -> None:
        """This is the row now."""
        self._changes[table, key, site] = body
        if self.touched is not None:
            self.touched.add((table, key, site))

    def delete(self, table: str, key: str, site: str = COMPANY) -> None:
        """The row is gone. Nothing happens where there was none."""
        self._changes[table, key, site] = None
        if self.touched is not None:
            self.touched.discard((table, key, site))

    def delete_everywhere(self, table: str, keys: Collection[str]) -> None:
        """Rows are gone from every site that has them, or was to have them."""
        sql = (
            "SELECT r.tbl, r.key, r.site FROM wanted w CROSS JOIN replica r"
            " WHERE r.tbl = w.a AND r.key = w.b AND r.op = 'put'"
        )
        gone = {(row[0], row[1], row[2]) for row in self._tx.rows_of(sql, [(table, key) for key in keys])}
        coming = (name for name in self._changes if name[0] == table and name[1] in keys) if keys else ()
        for name in sorted(gone.union(coming)):
            self.delete(*name)

    def flush(self) -> None:
        """Write the changes."""
        if not self._changes:
            return
        start = head(self._tx) + 1
        numbered = [(seq, *name, body) for seq, (name, body) in enumerate(self._changes.items(), start)]
        self._tx.run_many(
            _DELETE,
            [(seq, b"null", table, key, site) for seq, table, key, site, body in numbered if body is None],
        )
        put = [(*name, seq, "put", body) for seq, *name, body in numbered if body is not None]
        self._tx.put("replica", _COLUMNS, put, _CHANGED)
        self._tx.run("UPDATE meta SET value = ? WHERE name = 'feed_seq'", str(numbered[-1][0]))
        self._changes.clear()


def head(reader: Reader) -> int:
    """The last number given."""
    row = reader.row("SELECT value FROM meta WHERE name = 'feed_seq'")
    return int(row[0]) if row else 0


def floor(reader: Reader) -> int:
    """Up to here tombstones were let go of: a cursor below may miss one."""
    row = reader.row("SELECT value FROM meta WHERE name = 'feed_floor'")
    return int(row[0]) if row else 0


def raise_floor(tx: Writer, seq: int) -> None:
    """Tombstones up to a number are gone."""
    tx.run(
        "INSERT INTO meta (name, value) VALUES ('feed_floor', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        str(seq),
    )


def changes(reader: Reader, site: str, since: int, limit: int) -> list[Change]:
    """Up to ``limit`` changes behind ``since`` for a site and for the company, in commit order."""
    half = "SELECT seq, tbl, key, op, body FROM replica WHERE site = ? AND seq > ? ORDER BY seq LIMIT ?"
    found = reader.rows(half, COMPANY, since, limit)
    if site != COMPANY:
        found += reader.rows(half, site, since, limit)
    return sorted(map(_change, found))[:limit]


def get(reader: Reader, table: str, key: str, site: str = COMPANY) -> bytes | None:
    """The row as it is, or None."""
    row = reader.row(
        "SELECT body FROM replica WHERE tbl = ? AND key = ? AND site = ? AND op = 'put'", table, key, site
    )
    return bytes(row[0]) if row else None


def sites_of(reader: Reader, table: str, key: str) -> list[str]:
    """The sites that hold this row."""
    found = reader.rows(
        "SELECT site FROM replica WHERE tbl = ? AND key = ? AND op = 'put' ORDER BY site", table, key
    )
    return [row[0] for row in found]


def listing(reader: Reader, table: str, after: str = "", limit: int = 1000) -> list[tuple[str, str, bytes]]:
    """(key, site, body) of a table's rows, by key."""
    found = reader.rows(
        "SELECT key, site, body FROM replica WHERE tbl = ? AND op = 'put' AND key > ? ORDER BY key, site LIMIT ?",
        table,
        after,
        limit,
    )
    return [(key, site, bytes(body)) for key, site, body in found]


def walk(reader: Reader, site: str, table: str, rows_max: int = 5000) -> Iterator[list[tuple[str, bytes]]]:
    """Every (key, body) of a table that a site is told, a few thousand at a time and never all at once."""
    after = ""
    sql = (
        "SELECT key, body, site FROM replica WHERE tbl = ? AND key > ? AND op = 'put' AND site IN ('', ?)"
        " ORDER BY key, site LIMIT ?"
    )
    while found := reader.rows(sql, table, after, site, rows_max):
        if len(found) == rows_max and found[-1][2] == COMPANY:
            # The same key may have a row of the site's own, which would come next.
            kept = [row for row in found if row[0] != found[-1][0]]
            found = kept or found
        yield [(key, bytes(body)) for key, body, _ in found]
        after = found[-1][0]


def changed_since(reader: Reader, site: str, since: int, rows: int) -> bool:
    """True where a site was told at least so many rows behind a cursor."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM replica WHERE site = ? AND seq > ? LIMIT ?) AS few"
    found = 0
    for scope in {COMPANY, site}:
        row = reader.row(sql, scope, since, rows)
        found += int(row[0]) if row else 0
    return found >= rows


def tables(reader: Reader) -> list[str]:
    """The tables that have rows."""
    return [row[0] for row in reader.rows("SELECT DISTINCT tbl FROM replica ORDER BY tbl")]


def seen_from(site: str, body: bytes) -> bytes:
    """A unit's row as a site is told it: its story is the business of the site where it is."""
    unit = _UNIT.decode(body)
    seen = as_seen_from(unit, site)
    return body if seen is unit else msgspec.json.encode(seen)


_UNIT = msgspec.json.Decoder(UnitState)


def _change(row: Row) -> Change:
    return Change(*row)
