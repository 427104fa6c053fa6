"""Undoes a request's compression without ever making more than a bound: a bomb is refused, not unpacked."""

from __future__ import annotations

import io
import zlib

import zstandard

from sync.wire import ZSTD_WINDOW_BYTES_MAX, TooLargeError, WireError

GZIP_WINDOW = 31
"""zlib's word for the gzip format."""


class UnknownEncodingError(WireError):
    """A Content-Encoding that this server does not read."""


def decompress(data: bytes, encoding: str, bytes_max: int) -> bytes:
    """The plain bytes of a body. Raises :class:`TooLargeError`, :class:`UnknownEncodingError` or :class:`WireError`."""
    match encoding.strip().lower():
        case "" | "identity":
            plain = data
        case "gzip":
            plain = _gunzip(data, bytes_max)
        case "zstd":
            plain = _unzstd(data, bytes_max)
        case other:
            raise UnknownEncodingError(
                f"Content-Encoding {other[:40]!r} is not read here: use gzip, zstd or identity"
            )
    if len(plain) > bytes_max:
        raise TooLargeError(f"more than {bytes_max} bytes when unpacked")
    return plain


def _gunzip(data: bytes, bytes_max: int) -> bytes:
    unpacker = zlib.decompressobj(GZIP_WINDOW)
    try:
        plain = unpacker.decompress(data, bytes_max + 1)
    except zlib.error as error:
        raise WireError(f"not gzip: {error}") from error
    if len(plain) <= bytes_max and (not unpacker.eof or unpacker.unused_data):
        raise WireError("the gzip body is cut off, or something follows it")
    return plain


def _unzstd(data: bytes, bytes_max: int) -> bytes:
    unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES_MAX)
    try:
        with unpacker.stream_reader(io.BytesIO(data)) as stream:
            plain = stream.read(bytes_max + 1)
    except zstandard.ZstdError as error:
        raise WireError(f"not zstd: {error}") from error
    return plain
