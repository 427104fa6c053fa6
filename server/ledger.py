"""The ledger: every event of every device as the bytes that came in, in the order in which they were committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from server.storage import Reader, Row, StorageError, Writer, placeholders
from sync import wire
from tracking.events import EVENT_BYTES_MAX, SCHEMA, STEPS, Event, decode_body, parse_ref
from tracking.received import as_received

HLC_MAX = 2**63 - 1
COUNT_MAX = 10**9
"""No line number or quantity goes beyond this, so that no sum of them can overflow."""
LOOK_BACK = 10_000
SET_BACK_MS_MAX = 24 * 3600 * 1000
"""A server's clock that is set back by no more than this does not take the ledger's times back with it."""
_COLUMNS = "position, device, epoch, seq, body, chain, received_ms"


class Entry(NamedTuple):
    """One row of the ledger."""

    position: int
    """Commit order, from 1."""
    device: str
    epoch: int
    seq: int
    body: bytes
    chain: bytes
    """The device's hash chain after this event."""
    received_ms: int

    @property
    def ref(self) -> str:
        """How other events name this one."""
        return f"{self.device}/{self.epoch}/{self.seq}"


class Misunderstood(NamedTuple):
    """Why an event's bytes mean nothing here (yet)."""

    reason: str


def append(
    tx: Writer,
    device: str,
    epoch: int,
    first: int,
    bodies: Sequence[bytes],
    links: Sequence[bytes],
    received_ms: int,
) -> None:
    """Add consecutive events. The unique key (device, epoch, seq) refuses what is there already.

    Raises :class:`server.storage.StorageError` where that happens: the high-water mark was to keep it from happening.
    """
    received_ms = _no_earlier(tx, received_ms)
    rows = [
        (device, epoch, first + offset, body, link, received_ms)
        for offset, (body, link) in enumerate(zip(bodies, links, strict=True))
    ]
    if tx.insert("ledger", ("device", "epoch", "seq", "body", "chain", "received_ms"), rows) != len(rows):
        raise StorageError(
            f"the ledger holds events of {device} behind its high-water mark: nothing was stored"
        )


def _no_earlier(tx: Writer, now_ms: int) -> int:
    """The server's time, or that of the last row where the clock stands before it.

    A machine that wakes up hours behind would else receive events before they were written, and no handheld's clock
    could be believed until it is set right. Of a year nothing is said: then the last row may be the one that is wrong.
    """
    row = tx.row("SELECT received_ms FROM ledger ORDER BY position DESC LIMIT 1")
    last_ms = int(row[0]) if row else 0
    return last_ms if now_ms < last_ms <= now_ms + SET_BACK_MS_MAX else now_ms


def understand(body: bytes, device: str, epoch: int, seq: int, link: bytes = b"") -> Event | Misunderstood:
    """The event of these bytes, or why they are to be kept aside until a newer version understands them."""
    if len(body) > EVENT_BYTES_MAX:
        return Misunderstood(f"larger than {EVENT_BYTES_MAX} bytes")
    try:
        event = decode_body(body, device=device, epoch=epoch, seq=seq, hash=link.hex())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Misunderstood(f"not an event: {str(error)[:200]}")
    if event.schema > SCHEMA:
        return Misunderstood(f"schema {event.schema} is newer than {SCHEMA}")
    if event.step not in STEPS:
        return Misunderstood(f"step {event.step[:40]!r} is not known")
    if not 0 <= event.hlc <= HLC_MAX:
        return Misunderstood("its clock is out of range")
    if not (0 <= event.line <= COUNT_MAX and -COUNT_MAX <= event.quantity <= COUNT_MAX):
        return Misunderstood("its line or quantity is out of range")
    return event


def event_of(entry: Entry) -> Event | Misunderstood:
    """What a row of the ledger says, as it counts: the one way from rows to whatever is folded or shown."""
    event = understand(entry.body, entry.device, entry.epoch, entry.seq, entry.chain)
    return event if isinstance(event, Misunderstood) else as_received(event, entry.received_ms)


def after(reader: Reader, position: int, limit: int, upto: int = wire.COUNT_MAX) -> list[Entry]:
    """Up to ``limit`` rows behind a position and not behind ``upto``, in commit order."""
    sql = f"SELECT {_COLUMNS} FROM ledger WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"  # noqa: S608
    return _entries(reader.rows(sql, position, upto, limit))


def at_positions(reader: Reader, positions: Iterable[int]) -> list[Entry]:
    """The rows at these positions, in commit order."""
    wanted = sorted(positions)
    found: list[Entry] = []
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        sql = f"SELECT {_COLUMNS} FROM ledger WHERE position IN ({placeholders(len(part))}) ORDER BY position"  # noqa: S608
        found += _entries(reader.rows(sql, *part))
    return found


def of_subject(reader: Reader, kind: str, name: str, part: str) -> list[Entry]:
    """The rows that concern one subject, in commit order."""
    return _entries(
        reader.rows(
            "SELECT l.position, l.device, l.epoch, l.seq, l.body, l.chain, l.received_ms FROM subject s"
            " JOIN ledger l ON l.position = s.position"
            " WHERE s.kind = ? AND s.name = ? AND s.part = ? ORDER BY l.position",
            kind,
            name,
            part,
        )
    )


def of_subjects(
    reader: Reader, subjects: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[Entry]]:
    """The same for several, each in commit order; none for a subject without any."""
    found: dict[tuple[str, str, str], list[Entry]] = {}
    sql = (
        "SELECT s.kind, s.name, s.part, l.position, l.device, l.epoch, l.seq, l.body, l.chain, l.received_ms"
        " FROM wanted w CROSS JOIN subject s CROSS JOIN ledger l"
        " WHERE s.kind = w.a AND s.name = w.b AND s.part = w.c AND l.position = s.position ORDER BY l.position"
    )
    for row in reader.rows_of(sql, list(subjects)):
        found.setdefault(row[:3], []).append(Entry(*row[3:]))
    return found


def head(reader: Reader) -> int:
    """The last position; 0 when the ledger is empty."""
    row = reader.row("SELECT max(position) FROM ledger")
    return int(row[0] or 0) if row else 0


def newest(reader: Reader, limit: int, without_device: str) -> list[Entry]:
    """The last rows, newest first, of all devices but one; looks back :data:`LOOK_BACK` rows and no further."""
    sql = (
        f"SELECT {_COLUMNS} FROM ledger WHERE position > ? AND device <> ?"  # noqa: S608 - constants
        " ORDER BY position DESC LIMIT ?"
    )
    return _entries(reader.rows(sql, head(reader) - LOOK_BACK, without_device, limit))


def position_of(reader: Reader, ref: str) -> int | None:
    """Where an event that is referred to stands, or None if it did not arrive yet."""
    parsed = parse_ref(ref)
    if parsed is None or max(parsed[1:]) > wire.COUNT_MAX:
        return None
    row = reader.row("SELECT position FROM ledger WHERE device = ? AND epoch = ? AND seq = ?", *parsed)
    return int(row[0]) if row else None


def chain_at(reader: Reader, device: str, epoch: int, seq: int) -> bytes | None:
    """The chain after one event of a device, or None if the ledger does not have it."""
    row = reader.row(
        "SELECT chain FROM ledger WHERE device = ? AND epoch = ? AND seq = ?", device, epoch, seq
    )
    return bytes(row[0]) if row else None


def _entries(rows: list[Row]) -> list[Entry]:
    return [Entry(*row) for row in rows]
