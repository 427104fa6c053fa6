"""The protocol's messages for whoever audits a server (docs/protocol.md), pure: every chain, link by link.

A server cannot vouch for itself. So it hands out what it holds, byte by byte, and the asking side works out the hashes.
"""

from __future__ import annotations

import msgspec

from sync.wire import Count

CHAINS_AT_ONCE = 1000
LINKS_AT_ONCE = 2000
LINKS_BYTES_AT_ONCE = 4 * 1024 * 1024
"""A page of links ends after so many events or bytes of them, but has one at least."""


class Hole(msgspec.Struct, frozen=True, kw_only=True):
    """Events that the server once had and no backup brought back."""

    first: Count
    last: Count
    chain: str
    """The device's chain after the last of them, hex, as its receipt says."""


class ChainHead(msgspec.Struct, frozen=True, kw_only=True):
    """One epoch of one device, as the server holds it."""

    device: str
    epoch: Count
    first_chain: str
    """Before event 1, hex."""
    hwm: Count
    chain: str
    """After event ``hwm``, hex."""
    public_key: str = ""
    """What the device signs with (Ed25519, hex); empty for one without a key."""
    holes: tuple[Hole, ...] = ()


class Chains(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/chains``: chains in the order of device and epoch."""

    generation: str
    events: Count
    """In the whole ledger, on the first page; 0 on the others."""
    chains: tuple[ChainHead, ...]
    more: bool = False
    """Ask again with ``after``: device and epoch of the last one, with a slash between."""


class Link(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One event of a chain."""

    seq: Count
    body: bytes
    """The event as it came in; base64 in JSON, since what was tampered with may be no JSON any more."""
    chain: bytes
    """The chain after it, as the ledger says."""
    signature: bytes = b""
    """The device's own over this head, where a batch ended here."""


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/chains/{device}/{epoch}``: events behind ``since``, in their order."""

    links: tuple[Link, ...]
