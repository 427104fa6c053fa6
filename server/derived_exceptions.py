"""The exceptions as they follow from the events: written for a whole batch at once, gone when they are explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from server.replica import Feed
from server.storage import Writer
from tracking.exceptions import CLOCK_AHEAD, LOST_RANGE, ExceptionRecord

NOT_UNDERSTOOD = "not_understood"
"""The kind of exception that an event in the quarantine makes."""

_OF_NO_UNIT = (NOT_UNDERSTOOD, LOST_RANGE, CLOCK_AHEAD)
"""Kinds of exceptions that are about no unit and no container."""
_COLUMNS = ("key", "kind", "item", "serial", "position", "body")

Placed = tuple[int, ExceptionRecord]
"""An exception at the position of the second fact."""


def store(tx: Writer, feed: Feed, found: Iterable[Placed]) -> None:
    """Write exceptions down, and tell the sites of the devices that each concerns."""
    by_key = {record.key: (position, record, msgspec.json.encode(record)) for position, record in found}
    rows = [
        (key, record.kind, record.item, record.serial or record.container, position, body)
        for key, (position, record, body) in by_key.items()
    ]
    tx.put(
        "exception",
        _COLUMNS,
        rows,
        "(key) DO UPDATE SET body = excluded.body, position = excluded.position",
    )
    devices = sorted({(device,) for _, record, _ in by_key.values() for device in record.devices})
    sql = "SELECT d.id, d.site FROM wanted w CROSS JOIN device d WHERE d.id = w.a"
    site_of: dict[str, str] = dict(tx.rows_of(sql, devices))
    for key, (_, record, body) in by_key.items():
        sites = {site_of.get(device, "") for device in record.devices} - {""}
        for site in sorted(sites) or [""]:
            feed.put("exception", key, body, site)


def forget_but(tx: Writer, feed: Feed, names: Sequence[tuple[str, str]], standing: Collection[str]) -> None:
    """Take away the exceptions of units, and with an empty item of containers, but those with ``standing`` keys."""
    sql = "SELECT x.key, x.kind FROM wanted w CROSS JOIN exception x WHERE x.item = w.a AND x.serial = w.b"
    found = tx.rows_of(sql, names)
    forget(tx, feed, [key for key, kind in found if kind not in _OF_NO_UNIT and key not in standing])


def forget(tx: Writer, feed: Feed, keys: Sequence[str]) -> None:
    """They are explained, or settled: no list and no handheld shows them any more."""
    tx.run_many("DELETE FROM exception WHERE key = ?", [(key,) for key in keys])
    feed.delete_everywhere("exception", keys)
