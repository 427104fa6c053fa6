"""Unpacking within a bound: memory is never spent on a bomb, and half a body is none."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard

from server.decompress import UnknownEncodingError, decompress
from sync.wire import TooLargeError, WireError

BOUND = 100_000
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
}


@pytest.mark.parametrize("encoding", PACK)
def test_up_to_the_bound_it_passes_and_beyond_it_does_not(encoding: str) -> None:
    assert decompress(PACK[encoding](b"x" * BOUND), encoding, BOUND) == b"x" * BOUND
    with pytest.raises(TooLargeError):
        decompress(PACK[encoding](b"x" * (BOUND + 1)), encoding, BOUND)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_is_not_unpacked(encoding: str) -> None:
    bomb = PACK[encoding](b"x" * (BOUND * 500))
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            decompress(bomb, encoding, BOUND)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * BOUND + 2 * 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"data", mtime=0)[:-1],
        gzip.compress(b"data", mtime=0) + b"more",
        zlib.compress(b"data"),
        b"",
        b"data",
    ],
)
def test_half_a_gzip_body_or_more_than_one_is_none(body: bytes) -> None:
    with pytest.raises(WireError):
        decompress(body, "gzip", BOUND)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, zstd", "gzipx"])
def test_another_encoding_is_named(encoding: str) -> None:
    with pytest.raises(UnknownEncodingError, match=encoding):
        decompress(b"data", encoding, BOUND)
