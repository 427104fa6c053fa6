"""Other ways in than an upload: the outbox as a signed file, and what a revoked handheld hands in.

One line says what it is, whose, and a signature over all the rest; then the batches, packed. A handheld that has a key
signs with it, so that nobody who holds a token, or a copy of the server's database, can make such a file. One that was
enrolled without a key signs with the hash of its token, which its server keeps too.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from sync.wire import ZSTD_WINDOW_BYTES_MAX, Batch, Count, TooLargeError, WireError, decode_batch

FORMAT = "scanner-outbox/1"
"""Signed with the hash of the token."""
KEYED = "scanner-outbox/2"
"""Signed with the device's key (Ed25519)."""
BEGINS = b"scanner-outbox/"
HEAD_BYTES_MAX = 200
PACKED_BYTES_MAX = 64 * 1024 * 1024
UNPACKED_BYTES_MAX = 512 * 1024 * 1024
ZSTD_LEVEL = 9
LINK_BYTES = 8
"""As many as a handheld keeps of a link."""
LINKS_MAX = 500_000
"""Of the newest events that were let go of, in an epoch: four megabytes, a year of scans."""


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
    """``gap`` or ``fork``: of that epoch nothing was taken from there on."""
    epoch: Count = 0
    """That of which something is missing before the file; 0 where nothing is."""
    missing_from: Count = 0
    missing_through: Count = 0
    """These events must come before: the server was put back from a backup, or an earlier file was not handed in."""


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


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """Events that a handheld let go of, by the beginning of each link of their chain."""

    first: Count
    """The first of them that it still knows; the others follow without a gap."""
    links: bytes
    """:data:`LINK_BYTES` of each."""

    def at(self, seq: int) -> bytes:
        """How the chain after an event begins; empty where the file does not tell."""
        begin = (seq - self.first) * LINK_BYTES
        return self.links[begin : begin + LINK_BYTES] if begin >= 0 else b""


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the server has not confirmed."""

    device: str
    made_ms: int
    batches: list[msgspec.Raw]
    """In order; each is one that :func:`sync.wire.decode_batch` reads."""
    gone: dict[int, Gone] = {}
    """By epoch, what it let go of before a batch that tells of a loss. A server that holds some of these numbers sees
    whether they are this handheld's events, or those of a copy of it."""


class Opened(NamedTuple):
    """A file that its device signed."""

    batches: list[Batch]
    gone: dict[int, Gone]


def is_outbox(data: bytes) -> bool:
    """True for what begins like one."""
    return data.startswith(BEGINS)


def secret_of(token: str) -> str:
    """What a device signs with: the hash under which its server keeps the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(
    device: str, batches: list[Batch], made_ms: int, secret: str, gone: dict[int, Gone] | None = None
) -> bytes:
    """The file of these batches, signed with the hash of the device's token."""
    packed = _packed(device, batches, made_ms, gone or {})
    return _sealed(FORMAT, device, _signature(device, packed, secret), packed)


def seal_with_key(
    device: str,
    batches: list[Batch],
    made_ms: int,
    sign: Callable[[bytes], str],
    gone: dict[int, Gone] | None = None,
) -> bytes:
    """The file of these batches; ``sign`` makes the key's signature of a text, hexadecimal."""
    packed = _packed(device, batches, made_ms, gone or {})
    return _sealed(KEYED, device, sign(text_of(device, packed)), packed)


def text_of(device: str, packed: bytes) -> bytes:
    """What a device's key signs of a file: whose it is, and the sum of all that follows the first line."""
    return f"{KEYED}\n{device}\n{hashlib.sha256(packed).hexdigest()}".encode()


def _packed(device: str, batches: list[Batch], made_ms: int, gone: dict[int, Gone]) -> bytes:
    import zstandard

    raw = [msgspec.Raw(msgspec.json.encode(batch)) for batch in batches]
    outbox = Outbox(device=device, made_ms=made_ms, batches=raw, gone=gone)
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(msgspec.json.encode(outbox))


def _sealed(form: str, device: str, signature: str, packed: bytes) -> bytes:
    return f"{form} {device} {signature}\n".encode() + packed


def device_of(data: bytes) -> str:
    """Whose file it says to be. Raises :class:`sync.wire.WireError`."""
    return _head(data)[1]


def opened(data: bytes, secrets: list[str], by_key: Callable[[str, bytes], bool] | None = None) -> Opened:
    """What is in a file that its device signed. Raises :class:`sync.wire.WireError` for any other.

    ``by_key(signature, text)`` says whether the device's key made a signature; None for a device without a key, whose
    file one of the ``secrets`` must have signed.
    """
    form, device, signature = _head(data)
    packed = data[data.index(b"\n") + 1 :]
    if by_key is not None and form == FORMAT:
        raise WireError("this handheld has a key, and the file is not signed with it: write it again there")
    if by_key is None:
        good = form == FORMAT and any(
            hmac.compare_digest(_signature(device, packed, secret).encode(), signature.encode())
            for secret in secrets
        )
    else:
        good = by_key(signature, text_of(device, packed))
    if not good:
        raise WireError("the file was not signed by this device as it is enrolled now, or was changed since")
    try:
        outbox = msgspec.json.decode(_unpacked(packed), type=Outbox)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not the outbox of a handheld: {error}") from error
    if outbox.device != device:
        raise WireError("the file was not signed by this device as it is enrolled now, or was changed since")
    return Opened([decode_batch(bytes(raw)) for raw in outbox.batches], outbox.gone)


def _head(data: bytes) -> tuple[str, str, str]:
    line, _, _ = data[:HEAD_BYTES_MAX].partition(b"\n")
    fields = line.decode("ascii", "replace").split(" ")
    if len(fields) != 3 or fields[0] not in {FORMAT, KEYED}:
        raise WireError("not the outbox of a handheld")
    return fields[0], fields[1], fields[2]


def _signature(device: str, packed: bytes, secret: str) -> str:
    head = f"{FORMAT}\n{device}\n".encode()
    return hmac.new(secret.encode(), head + packed, hashlib.sha256).hexdigest()


def _unpacked(packed: bytes) -> bytes:
    import zstandard

    try:
        unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES_MAX)
        with unpacker.stream_reader(io.BytesIO(packed)) as stream:
            plain: bytes = stream.read(UNPACKED_BYTES_MAX + 1)
    except zstandard.ZstdError as error:
        raise WireError(f"not the outbox of a handheld: {error}") from error
    if len(plain) > UNPACKED_BYTES_MAX:
        raise TooLargeError(f"more than {UNPACKED_BYTES_MAX} bytes when unpacked")
    return plain
