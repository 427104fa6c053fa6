"""Devices: who may send, under which epoch, and how far the server holds their events."""

from __future__ import annotations

from typing import NamedTuple

from server.storage import Reader, Row, Writer

OFFICE = "office"
"""The device under whose name the server itself writes events: imports and the office's own acts."""

SEEN_EVERY_MS = 60_000
"""A sign of life alone is written down no more often than this."""


class Device(NamedTuple):
    """One row of the device table."""

    id: str
    name: str
    site: str
    epoch: int
    """Current epoch; 0 before its first batch."""
    pending: int
    """Events that it said it still had after its last batch."""
    created_ms: int
    seen_ms: int
    revoked_ms: int
    public_key: str = ""
    """Ed25519, hexadecimal; empty for a device that was enrolled without one."""

    @property
    def revoked(self) -> bool:
        """True when the office took its rights away."""
        return self.revoked_ms > 0


class Standing(NamedTuple):
    """How far the server holds one epoch of a device."""

    epoch: int
    hwm: int
    chain: bytes
    """Chain after event ``hwm``."""
    folded: int
    """How far its events show in the projections."""
    backed_up: int = 0
    """How far a verified backup holds them."""


_COLUMNS = "id, name, site, epoch, pending, created_ms, seen_ms, revoked_ms, public_key"


def by_token_hash(reader: Reader, token_hash: str) -> Device | None:
    """The device that a token belongs to."""
    sql = f"SELECT {_COLUMNS} FROM device WHERE token_hash = ?"  # noqa: S608
    return _device(reader.row(sql, token_hash))


def by_id(reader: Reader, device: str) -> Device | None:
    """The device with this id."""
    return _device(reader.row(f"SELECT {_COLUMNS} FROM device WHERE id = ?", device))  # noqa: S608


def secrets(reader: Reader, device: str) -> list[str]:
    """What the device may sign with: the hashes of its token, and of the one that is about to follow."""
    row = reader.row("SELECT token_hash, next_token_hash FROM device WHERE id = ?", device)
    return [one for one in row if one] if row else []


def everyone(reader: Reader) -> list[Device]:
    """All devices, by site and name."""
    return [
        Device(*row)
        for row in reader.rows(f"SELECT {_COLUMNS} FROM device ORDER BY site, name, id")  # noqa: S608
    ]


def by_next_token_hash(reader: Reader, token_hash: str) -> Device | None:
    """The device whose next token this is."""
    sql = f"SELECT {_COLUMNS} FROM device WHERE next_token_hash = ? AND next_token_hash <> ''"  # noqa: S608
    return _device(reader.row(sql, token_hash))


def add(
    tx: Writer, device: str, name: str, site: str, token_hash: str, now_ms: int, public_key: str = ""
) -> None:
    """A new device."""
    tx.run(
        "INSERT INTO device (id, name, site, token_hash, created_ms, public_key) VALUES (?, ?, ?, ?, ?, ?)",
        device,
        name,
        site,
        token_hash,
        now_ms,
        public_key,
    )


def renew_token(tx: Writer, device: str, token_hash: str, public_key: str = "") -> None:
    """Another token and key for a device; the old ones end."""
    tx.run(
        "UPDATE device SET token_hash = ?, next_token_hash = '', renewal = 0, public_key = ?, revoked_ms = 0"
        " WHERE id = ?",
        token_hash,
        public_key,
        device,
    )


def take_next_token(tx: Writer, device: str, token_hash: str, number: int) -> bool:
    """The device's next token; False where a later renewal was heard of before."""
    sql = "UPDATE device SET next_token_hash = ?, renewal = ? WHERE id = ? AND renewal < ?"
    return tx.run(sql, token_hash, number, device, number) > 0


def use_next_token(tx: Writer, device: str, token_hash: str) -> None:
    """The next token was used: from now on it is the token, and the one before it ends."""
    tx.run(
        "UPDATE device SET token_hash = next_token_hash, next_token_hash = '' WHERE id = ? AND next_token_hash = ?",
        device,
        token_hash,
    )


def keep_head(tx: Writer, device: str, epoch: int, seq: int, signature: bytes) -> None:
    """A device's own word on its chain up to an event."""
    tx.run(
        "INSERT INTO signed_head (device, epoch, seq, signature) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        device,
        epoch,
        seq,
        signature,
    )


def revoke(tx: Writer, device: str, now_ms: int) -> bool:
    """Take a device's rights away, and what was made for it to come back with; False when there is none of this name.

    Its events stay.
    """
    tx.run("DELETE FROM enrollment WHERE device = ? AND used_ms = 0", device)
    return tx.run("UPDATE device SET revoked_ms = ? WHERE id = ? AND id <> ?", now_ms, device, OFFICE) > 0


def standings(reader: Reader, device: str) -> dict[int, Standing]:
    """Every epoch of a device."""
    found = reader.rows(
        "SELECT epoch, hwm, chain, folded, backed_up FROM device_epoch WHERE device = ? ORDER BY epoch",
        device,
    )
    return {row[0]: Standing(*row) for row in found}


def standing(reader: Reader, device: str, epoch: int) -> Standing | None:
    """One epoch of a device, or None if nothing of it ever came."""
    row = reader.row(
        "SELECT epoch, hwm, chain, folded, backed_up FROM device_epoch WHERE device = ? AND epoch = ?",
        device,
        epoch,
    )
    return Standing(*row) if row else None


def advance(tx: Writer, device: str, epoch: int, first_chain: bytes, hwm: int, link: bytes) -> None:
    """The server holds this epoch up to ``hwm`` now; ``first_chain`` is kept from the epoch's first batch."""
    tx.run(
        "INSERT INTO device_epoch (device, epoch, first_chain, hwm, chain) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (device, epoch) DO UPDATE SET hwm = excluded.hwm, chain = excluded.chain",
        device,
        epoch,
        first_chain,
        hwm,
        link,
    )


def heard(tx: Writer, device: str, now_ms: int, pending: int, epoch: int) -> None:
    """A batch came: when, what is still to come, and the epoch where it is a new one."""
    tx.run(
        "UPDATE device SET seen_ms = ?, pending = ?, epoch = CASE WHEN epoch < ? THEN ? ELSE epoch END WHERE id = ?",
        now_ms,
        pending,
        epoch,
        epoch,
        device,
    )


def seen(tx: Writer, device: str, now_ms: int) -> None:
    """A sign of life."""
    tx.run("UPDATE device SET seen_ms = ? WHERE id = ?", now_ms, device)


def _device(row: Row | None) -> Device | None:
    return Device(*row) if row else None
