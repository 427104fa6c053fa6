"""Compression of what goes up: zstd where there is such a module and the server reads it, otherwise gzip."""

from __future__ import annotations

import gzip

PACK_FROM_BYTES = 600
ZSTD_LEVEL, ZSTD_LEVEL_LARGE = 15, 3
"""A batch is packed tightly, since a slow network costs more than a moment of the processor; a site file quickly."""
LARGE_BYTES = 1024 * 1024
GZIP_LEVEL = 6


class Packing:
    """How one connection packs."""

    def __init__(self) -> None:
        self._zstd = True

    def pack(self, body: bytes) -> tuple[bytes, str]:
        """The body as it is sent, and its Content-Encoding; empty for as it is."""
        if len(body) <= PACK_FROM_BYTES:
            return body, ""
        if self._zstd:
            try:
                import zstandard
            except ImportError:
                self._zstd = False
            else:
                level = ZSTD_LEVEL if len(body) <= LARGE_BYTES else ZSTD_LEVEL_LARGE
                return zstandard.ZstdCompressor(level=level).compress(body), "zstd"
        return gzip.compress(body, GZIP_LEVEL), "gzip"

    def refused(self, encoding: str) -> bool:
        """The server does not read it (415). True where another one is left to try."""
        if encoding != "zstd":
            return False
        self._zstd = False
        return True
