"""The protocol's messages (docs/protocol.md), pure: what goes over the wire between a handheld and the server.

Events travel as the raw canonical bytes that the journal hashed, so a server can verify and store what it does not
understand. Every bound is enforced before parsing, and again after decompression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec

from tracking import chain

BATCH_EVENTS_MAX = 1000
BATCH_BYTES_MAX = 262_144
"""Decoded bytes of one upload."""
BATCH_HEAD_BYTES = 1024
"""Of them, kept free for all but the events: numbers, chains, a receipt as proof of a loss, a signature."""
FEED_ROWS_MAX = 5000
FEED_BYTES_MAX = 64 * 1024 * 1024
ZSTD_WINDOW_BYTES_MAX = 8 * 1024 * 1024
"""What is packed with zstd may ask its reader to remember so much, and no more."""
COUNT_MAX = 2**53
"""Epochs and sequence numbers stay below this, so that every JSON reader counts them exactly."""
Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970, up to the year 9999: beyond, no clock of ours could follow."""
FEED_WAIT_S_MAX = 30
"""A feed request may wait this long for news."""
IMPORT_BYTES_MAX = 256 * 1024 * 1024
SNAPSHOT_BYTES_MAX = 16 * 1024 * 1024 * 1024
"""Unpacked; ten million units take a fiftieth of it."""


ENROLL_BYTES_MAX = 8192


class WireError(ValueError):
    """A message that is not one of this protocol; the text says what is wrong with it."""


class TooLargeError(WireError):
    """A message beyond its bound; a smaller one may pass."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The server's word that it holds everything up to ``hwm``, durably."""

    device: str
    epoch: Count
    hwm: Count
    chain: str
    received_ms: Moment
    signature: str
    """HMAC-SHA-256 of the other fields under the server's key, hex."""


class Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Consecutive events of one device and epoch: ``first``, ``first + 1`` ..."""

    epoch: int
    first: int
    prev_chain: str
    """Chain before the first event, hex."""
    last_chain: str
    """Chain after the last event, hex."""
    events: list[msgspec.Raw]
    orphan: bool = False
    """Events of an epoch that was fenced: they keep their identity and do not become the current epoch."""
    pending: int = 0
    """How many events the device still has after these: the size of a loss, should it never come back."""
    lost: int = 0
    """How many events right before ``first`` neither side holds any more; ``proof`` shows that the server had them."""
    proof: Receipt | None = None
    signature: str = ""
    """Ed25519 over :func:`batch_text` with the device's key, hex; empty for a device without one."""

    @property
    def last(self) -> int:
        """Sequence number of the last event."""
        return self.first + len(self.events) - 1


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """200: the batch is in, or was in already."""

    status: Literal["stored", "duplicate"]
    generation: str
    """Random name of this life of the server's database; a restore from backup makes a new one."""
    epoch: Count
    hwm: Count
    chain: str
    server_ms: Moment
    backed_up_through: Count = 0
    quarantined: Count = 0
    receipt: Receipt | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """409: the batch does not follow on what the server has. Nothing of it was stored."""

    error: Literal["gap", "fork", "fenced"]
    generation: str
    epoch: Count
    """What ``hwm`` counts in: the device's current epoch for ``fenced``, otherwise the batch's own."""
    hwm: Count
    chain: str
    server_ms: Moment


class HighWater(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/devices/{id}/hwm``: where the server stands with a device."""

    generation: str
    epoch: Count
    """The device's current epoch on the server, or the one that was asked for; 0 if it never sent anything."""
    hwm: Count
    chain: str
    """Chain after event ``hwm``, hex; empty where there is none."""
    server_ms: Moment
    epochs: dict[Count, Count] = {}
    """Every epoch the server has of this device -> its high-water mark."""
    backed_up: dict[Count, Count] = {}
    """Epoch -> the last event that a verified backup holds."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Any other refusal."""

    error: str
    """One word for a program: ``unauthorized``, ``too_large``, ``resnapshot`` ..."""
    detail: str = ""
    """One plain sentence for a person."""


class NewCode(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/enrollment-codes``: the office asks for a one-time code."""

    site: str = ""
    """Only for a device of this site; empty leaves it to the device."""
    device: str = ""
    """An existing device that shall get a new token; empty makes a new device."""
    valid_s: int = 3600


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time code, shown once: the server keeps only its hash."""

    code: str
    site: str
    device: str
    expires_ms: int


class Enroll(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/enroll``: a one-time code for an identity."""

    code: str
    name: str = ""
    site: str = ""
    public_key: str = ""
    """Ed25519, 32 bytes, hex: what the device will sign with."""


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The identity that a code was exchanged for."""

    device: str
    token: str
    site: str
    generation: str
    server_ms: int


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/ca``: the certificate authority that vouches for the server."""

    certificate: str
    """PEM. Worth nothing by itself: whoever asks compares it with the pin of the invitation."""
    pin: str
    """SHA-256 of it, hex."""


class RenewToken(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/devices/{id}/token``: the device made itself another token."""

    token_hash: str
    """SHA-256 of the token, hex: the token itself is sent when it is used, and not before."""
    number: Count
    """Counts the device's renewals."""
    signature: str
    """Ed25519 over :func:`renewal_text` with the device's key, hex."""


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    """The token is known, and in force once it is used; until then the one before it holds as well."""

    device: str
    number: Count


class FeedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change: the latest version of a row, or its tombstone."""

    seq: Count
    table: str
    """``item party location operator document tally unit lot exception policy prefix_rules site``. Pass over an
    unknown one."""
    key: str
    """Names the row within its table; for units and lots see :func:`pair_key`."""
    op: Literal["put", "del"] = "put"
    row: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    """The row's JSON; ``null`` for a tombstone."""


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/sites/{site}/feed``: changes in commit order; apply a page and its cursor in one transaction."""

    generation: str
    rows: list[FeedRow]
    next: Count
    """Cursor for the next request."""
    more: bool
    applied: dict[str, tuple[Count, Count]]
    """Asking device -> (epoch, seq): its current epoch's events up to there show in the rows up to ``next``, so older
    overlay rows may go. Empty as long as there are ``more`` pages."""
    server_ms: Moment
    began: Count = 0
    """On the page for cursor 0: where the feed stands. Asked for with the pages that follow."""
    applied_epochs: dict[Count, Count] = {}
    """The same for every epoch of the asking device, for orphans."""
    applied_chains: dict[Count, str] = {}
    """The chain at each of these marks, hex: of a copied handheld the rows may show the other one's events."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/sites/{site}/snapshot``: a file with everything that the feed says up to ``cursor``."""

    snapshot: str
    """Names the file: ``GET /v1/sites/{site}/snapshots/{snapshot}``."""
    site: str
    generation: str
    cursor: Count
    """Where the feed goes on."""
    layout: Count
    """Of the tables in it; a handheld takes none but its own."""
    units: Count
    bytes: Count
    """Of the file as it is sent, packed with zstd."""
    bytes_unpacked: Count
    sha256: str
    """Of the file as it is sent, hex; also its ETag."""
    sha256_unpacked: str
    made_ms: Moment


class OperatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the feed's ``operator`` table."""

    badge: str
    name: str = ""
    roles: tuple[str, ...] = ()
    pin_hash: str = ""
    """See :mod:`tracking.pins`; empty where the badge alone signs in."""


class SiteRow(msgspec.Struct, frozen=True, kw_only=True):
    """The row of the feed's ``site`` table."""

    site: str
    timezone: str = "UTC"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/sites/{site}/import``: how many rows were new or changed, by kind."""

    items: int = 0
    parties: int = 0
    locations: int = 0
    operators: int = 0
    documents: int = 0
    units: int = 0
    unchanged: int = 0
    refused: tuple[str, ...] = ()
    """A sentence for each row that was not taken; everything else of the file was."""


def pair_key(item: str, name: str) -> str:
    """The feed key of a unit (its serial number) or a lot: a JSON array, since either may hold any character."""
    return msgspec.json.encode((item, name)).decode()


def pair_of_key(key: str) -> tuple[str, str]:
    """Item and serial number, or item and lot, of a feed key. Raises :class:`WireError`."""
    try:
        return msgspec.json.decode(key, type=tuple[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not a key of a unit or lot: {error}") from error


def receipt_text(device: str, epoch: int, hwm: int, link: str, received_ms: int) -> bytes:
    """What a receipt's signature covers."""
    return f"scanner-receipt/1\n{device}\n{epoch}\n{hwm}\n{link}\n{received_ms}".encode()


def batch_of(
    *,
    epoch: int,
    first: int,
    prev_chain: bytes,
    bodies: Sequence[bytes],
    orphan: bool = False,
    pending: int = 0,
    lost: int = 0,
    proof: Receipt | None = None,
) -> Batch:
    """A batch of these canonical bytes, with its chain."""
    return Batch(
        epoch=epoch,
        first=first,
        prev_chain=prev_chain.hex(),
        last_chain=chain.follow(prev_chain, bodies).hex(),
        events=[msgspec.Raw(body) for body in bodies],
        orphan=orphan,
        pending=pending,
        lost=lost,
        proof=proof,
    )


def bodies_of(batch: Batch) -> list[bytes]:
    """The canonical bytes of its events, exactly as they came."""
    return [bytes(raw) for raw in batch.events]


def fits(
    bodies: Iterable[bytes], events_max: int = BATCH_EVENTS_MAX, bytes_max: int = BATCH_BYTES_MAX
) -> int:
    """How many of these bodies go into one batch; at least one, so that a large event cannot block the rest."""
    room = bytes_max - BATCH_HEAD_BYTES
    count = 0
    for body in bodies:
        room -= len(body) + 1
        if count and (room < 0 or count >= events_max):
            return count
        count += 1
    return count


def batch_text(device: str, epoch: int, last: int, last_chain: str) -> bytes:
    """What a device signs of a batch: its head, which stands for everything before it."""
    return f"scanner-batch/1\n{device}\n{epoch}\n{last}\n{last_chain}".encode()


def renewal_text(device: str, number: int, token_hash: str) -> bytes:
    """What a device signs of a renewal."""
    return f"scanner-token/1\n{device}\n{number}\n{token_hash}".encode()


_BATCH = msgspec.json.Decoder(Batch)


def decode_batch(data: bytes) -> Batch:
    """A batch from decoded bytes. Raises :class:`WireError`."""
    if len(data) > BATCH_BYTES_MAX:
        raise TooLargeError(f"a batch may have {BATCH_BYTES_MAX} bytes, this has {len(data)}")
    try:
        batch = _BATCH.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not a batch: {error}") from error
    if len(batch.events) > BATCH_EVENTS_MAX:
        raise TooLargeError(f"a batch may have {BATCH_EVENTS_MAX} events, this has {len(batch.events)}")
    if not batch.events:
        raise WireError("a batch has at least one event")
    if not (
        1 <= batch.epoch <= COUNT_MAX
        and 1 <= batch.first <= COUNT_MAX
        and 0 <= batch.pending <= COUNT_MAX
        and 0 <= batch.lost < batch.first
    ):
        raise WireError(f"epoch and first count from 1, and nothing counts beyond {COUNT_MAX}")
    return batch


def link_of(hex_text: str) -> bytes:
    """A chain value from its hex form. Raises :class:`WireError`."""
    try:
        link = bytes.fromhex(hex_text)
    except ValueError as error:
        raise WireError("a chain value is not hexadecimal") from error
    if len(link) != chain.HASH_BYTES:
        raise WireError(f"a chain value has {chain.HASH_BYTES} bytes, this has {len(link)}")
    return link
