"""Other ways in than an upload: the outbox as a signed file, and what a revoked handheld hands in.

One line says what it is, whose, and a signature over all the rest; then the batches, packed. The signature's key is the
hash of the device's token, which the device and its server both know.
"""

from __future__ import annotations

import hashlib
import hmac
import io

import msgspec

from sync.wire import Batch, Count, TooLargeError, WireError, decode_batch

FORMAT = "scanner-outbox/1"
HEAD_BYTES_MAX = 200
PACKED_BYTES_MAX = 64 * 1024 * 1024
UNPACKED_BYTES_MAX = 512 * 1024 * 1024
ZSTD_LEVEL = 9


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/devices/{id}/rescue``: kept aside, durably, until somebody of the office says that it counts."""

    epoch: Count
    through: Count
    """The last event of the batch."""


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/outbox``: what became of the events of a file."""

    device: str
    events: Count
    stored: Count = 0
    known: Count = 0
    """The server had them already."""
    held: Count = 0
    """Of a revoked device: they wait for the office."""
    refused: str = ""
    """``gap``, ``fork`` or ``fenced``: from there on nothing was taken."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What a revoked device handed in."""

    device: str
    name: str
    site: str
    batches: int
    events: int
    since_ms: int


class Waitings(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/rescues``."""

    waiting: tuple[Waiting, ...]


class RescueDecision(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/rescues/{device}/decision``: the office's word, with its reason."""

    accept: bool
    reason: str


class RescueDecided(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    device: str
    accepted: int
    """Events that were taken in."""
    refused: str = ""
    """Why some were not: ``gap`` or ``fork``. They are kept."""


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the server has not confirmed."""

    device: str
    made_ms: int
    batches: list[msgspec.Raw]
    """In order; each is one that :func:`sync.wire.decode_batch` reads."""


def is_outbox(data: bytes) -> bool:
    """True for what begins like one."""
    return data.startswith(FORMAT.encode() + b" ")


def secret_of(token: str) -> str:
    """What a device signs with: the hash under which its server keeps the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(device: str, batches: list[Batch], made_ms: int, secret: str) -> bytes:
    """The file of these batches, signed."""
    import zstandard

    raw = [msgspec.Raw(msgspec.json.encode(batch)) for batch in batches]
    outbox = Outbox(device=device, made_ms=made_ms, batches=raw)
    packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(msgspec.json.encode(outbox))
    return f"{FORMAT} {device} {_signature(device, packed, secret)}\n".encode() + packed


def device_of(data: bytes) -> str:
    """Whose file it says to be. Raises :class:`sync.wire.WireError`."""
    return _head(data)[0]


def opened(data: bytes, secrets: list[str]) -> list[Batch]:
    """The batches of a file whose signature one of these secrets made. Raises :class:`sync.wire.WireError`."""
    device, signature = _head(data)
    packed = data[data.index(b"\n") + 1 :]
    if not any(hmac.compare_digest(_signature(device, packed, secret), signature) for secret in secrets):
        raise WireError("the file was not signed by this device, or was changed since")
    try:
        outbox = msgspec.json.decode(_unpacked(packed), type=Outbox)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not the outbox of a handheld: {error}") from error
    if outbox.device != device:
        raise WireError("the file was not signed by this device, or was changed since")
    return [decode_batch(bytes(raw)) for raw in outbox.batches]


def _head(data: bytes) -> tuple[str, str]:
    line, _, _ = data[:HEAD_BYTES_MAX].partition(b"\n")
    fields = line.decode("ascii", "replace").split(" ")
    if len(fields) != 3 or fields[0] != FORMAT:
        raise WireError("not the outbox of a handheld")
    return fields[1], fields[2]


def _signature(device: str, packed: bytes, secret: str) -> str:
    head = f"{FORMAT}\n{device}\n".encode()
    return hmac.new(secret.encode(), head + packed, hashlib.sha256).hexdigest()


def _unpacked(packed: bytes) -> bytes:
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)) as stream:
            plain: bytes = stream.read(UNPACKED_BYTES_MAX + 1)
    except zstandard.ZstdError as error:
        raise WireError(f"not the outbox of a handheld: {error}") from error
    if len(plain) > UNPACKED_BYTES_MAX:
        raise TooLargeError(f"more than {UNPACKED_BYTES_MAX} bytes when unpacked")
    return plain
