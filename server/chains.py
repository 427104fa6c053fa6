"""What an auditor is given of the ledger: every chain, and its links byte by byte, whatever became of them."""

from __future__ import annotations

from collections.abc import Iterator

from server.storage import Reader, Row
from sync.audit_wire import CHAINS_AT_ONCE, LINKS_AT_ONCE, LINKS_BYTES_AT_ONCE, ChainHead, Hole, Link


def heads(reader: Reader, device: str = "", epoch: int = 0) -> tuple[list[ChainHead], bool]:
    """The chains behind one, in the order of device and epoch, and whether there are more."""
    rows = reader.rows(
        "SELECT e.device, e.epoch, e.first_chain, e.hwm, e.chain, d.public_key "
        "FROM device_epoch e LEFT JOIN device d ON d.id = e.device "
        "WHERE e.device > ? OR (e.device = ? AND e.epoch > ?) ORDER BY e.device, e.epoch LIMIT ?",
        device,
        device,
        epoch,
        CHAINS_AT_ONCE + 1,
    )
    return [_head(reader, row) for row in rows[:CHAINS_AT_ONCE]], len(rows) > CHAINS_AT_ONCE


def events(reader: Reader) -> int:
    """Events in the ledger, one by one: a number that nothing else was made from."""
    row = reader.row("SELECT count(*) FROM ledger")
    return int(row[0]) if row else 0


def _head(reader: Reader, row: Row) -> ChainHead:
    holes = reader.rows(
        "SELECT first, last, chain FROM hole WHERE device = ? AND epoch = ? ORDER BY first", row[0], row[1]
    )
    return ChainHead(
        device=row[0],
        epoch=row[1],
        first_chain=_bytes(row[2]).hex(),
        hwm=row[3],
        chain=_bytes(row[4]).hex(),
        public_key=row[5] or "",
        holes=tuple(Hole(first=first, last=last, chain=_bytes(chain).hex()) for first, last, chain in holes),
    )


def links(reader: Reader, device: str, epoch: int, since: int) -> tuple[Link, ...]:
    """The events of a chain behind ``since``, as many as a page may have."""
    rows = reader.rows(
        "SELECT l.seq, l.body, l.chain, s.signature FROM ledger l LEFT JOIN signed_head s "
        "ON s.device = l.device AND s.epoch = l.epoch AND s.seq = l.seq "
        "WHERE l.device = ? AND l.epoch = ? AND l.seq > ? ORDER BY l.seq LIMIT ?",
        device,
        epoch,
        since,
        LINKS_AT_ONCE,
    )
    return tuple(_page(rows))


def _page(rows: list[Row]) -> Iterator[Link]:
    size = 0
    for seq, body, chain, signature in rows:
        link = Link(seq=seq, body=_bytes(body), chain=_bytes(chain), signature=_bytes(signature))
        size += len(link.body)
        yield link
        if size >= LINKS_BYTES_AT_ONCE:
            return


def _bytes(value: object) -> bytes:
    """What a column holds; whoever tampered with it may have left another type there."""
    if value is None:
        return b""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
