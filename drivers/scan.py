"""What a driver delivers: one scan, untouched, with its source and its times (DESIGN section 2, *Scan*)."""

from __future__ import annotations

import msgspec

SCAN_BYTES_MAX = 16_384
"""A longer scan is cut here by the driver that framed it; no symbology carries more than about 7,000 characters."""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """One code as it came from the device. Untrusted: nothing in it has been judged yet."""

    raw: bytes
    """The bytes as delivered, without the terminator."""

    symbology_id: str = ""
    """AIM symbology identifier (ISO/IEC 15424) where the device reports it apart from the data, like ``]C1``."""

    source: str = "replay"
    """The driver that read it: ``wedge``, ``paste``, ``typed``, ``serial:<name>``, ``replay`` ..."""

    terminator: str = ""
    """What the device sent behind the data, ``\\r`` and the like, as far as its driver saw it; empty for nothing."""

    typed: bool = False
    """True when a person keyed it in; its evidence is then ``typed`` instead of ``scanned``."""

    began_ns: int = 0
    """Monotonic time of the first byte, nanoseconds, as far as its driver saw it; 0 where it did not."""

    mono_ns: int = 0
    """Monotonic time of the last byte, nanoseconds."""

    wall_ms: int = 0
    """Wall time of the last byte, milliseconds since the Unix epoch, as this device believes it."""

    @property
    def text(self) -> str:
        """The scan as text. Bytes that are not UTF-8 show as U+FFFD; :attr:`raw` keeps them."""
        return self.raw.decode("utf-8", errors="replace")


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """Several codes of one label, read in one gesture: they are sorted and answered once."""

    scans: tuple[Scan, ...]
