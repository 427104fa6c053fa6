"""What the common families of serial scanners understand from the host, as data.

From the makers' programming guides, with their shipped settings; a scanner that was set up otherwise keeps its own. An
empty command is one that the family does not have without being set up for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

ProfileName = Literal["generic", "honeywell", "zebra-ssi", "datalogic", "newland"]


def ssi(opcode: int) -> bytes:
    """A packet of Zebra's Simple Serial Interface without data: length, code, host, status, checksum."""
    head = bytes([4, opcode, 4, 0])
    return head + (-sum(head) & 0xFFFF).to_bytes(2, "big")


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One family."""

    baud: int = 9600
    """As shipped on RS-232; of no meaning on USB."""
    beep: bytes = b"\x07"
    """Make the scanner beep once: BEL, which all of these take once they are told to."""
    trigger: bytes = b""
    """Pull the trigger."""
    release: bytes = b""
    """Let it go."""
    inhibit: bytes = b""
    """Read nothing from now on: while a stop waits, a gun that stays dark says so best."""
    allow: bytes = b""
    """Read again."""


PROFILES: Final[Mapping[ProfileName, Profile]] = MappingProxyType(
    {
        "generic": Profile(),
        "honeywell": Profile(baud=115_200, trigger=b"\x16T\r", release=b"\x16U\r"),
        "zebra-ssi": Profile(trigger=ssi(0xE4), release=ssi(0xE5), inhibit=ssi(0xEA), allow=ssi(0xE9)),
        "datalogic": Profile(inhibit=b"D", allow=b"E"),
        "newland": Profile(trigger=b"\x01T\x04", release=b"\x01P\x04"),
    }
)
