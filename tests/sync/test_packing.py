"""How a body is packed on its way up: not where it does not pay, and always so that the server reads it."""

from __future__ import annotations

import gzip
import sys

import pytest
import zstandard

from sync import packing
from sync.packing import Packing

SMALL, BODY = b"x" * 600, b"x" * 601


def test_what_is_small_goes_as_it_is() -> None:
    assert Packing().pack(b"") == (b"", "")
    assert Packing().pack(SMALL) == (SMALL, "")


def test_the_rest_is_packed_with_zstd() -> None:
    packed, encoding = Packing().pack(BODY)
    assert (zstandard.decompress(packed), encoding) == (BODY, "zstd")
    assert len(packed) < len(BODY) / 10


def test_a_server_that_does_not_read_it_gets_gzip_from_then_on() -> None:
    one, other = Packing(), Packing()
    assert one.refused("zstd")
    for _ in range(2):
        packed, encoding = one.pack(BODY)
        assert (gzip.decompress(packed), encoding) == (BODY, "gzip")
    assert other.pack(BODY)[1] == "zstd", "each connection by itself"


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_where_it_does_not_read_that_either_nothing_is_left_to_try(encoding: str) -> None:
    one = Packing()
    assert not one.refused(encoding)
    assert one.pack(BODY)[1] == "zstd"


def test_without_the_module_it_is_gzip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    packed, encoding = Packing().pack(BODY)
    assert (gzip.decompress(packed), encoding) == (BODY, "gzip")


def test_a_batch_is_packed_tightly_and_a_site_file_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    levels: list[int] = []
    real = zstandard.ZstdCompressor

    def noted(*, level: int) -> zstandard.ZstdCompressor:
        levels.append(level)
        return real(level=level)

    monkeypatch.setattr(zstandard, "ZstdCompressor", noted)
    for size in (packing.LARGE_BYTES, packing.LARGE_BYTES + 1):
        packed, _ = Packing().pack(b"x" * size)
        assert zstandard.decompress(packed) == b"x" * size
    tight, quick = levels
    assert tight > 9 > quick > 0
