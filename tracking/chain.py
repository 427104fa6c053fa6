"""The hash chain of a device's events: what makes a lost or altered event visible years later.

``chain_0 = SHA-256(device, epoch, nonce)`` and ``chain_n = SHA-256(chain_(n-1) + canonical bytes of event n)``.
A batch carries the chain before its first and after its last event only: one hash an event would triple the upload.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracking.later import Later

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = Later("hashlib")

HASH_BYTES = 32


def first_link(device: str, epoch: int, nonce: str) -> bytes:
    """The chain before event 1 of a device's epoch. ``nonce`` is made once, when the epoch begins."""
    return hashlib.sha256(f"scanner/1\n{device}\n{epoch}\n{nonce}".encode()).digest()


def next_link(link: bytes, body: bytes) -> bytes:
    """The chain after an event with these canonical bytes."""
    return hashlib.sha256(link + body).digest()


def follow(link: bytes, bodies: Iterable[bytes]) -> bytes:
    """The chain after all of these, in order."""
    for body in bodies:
        link = hashlib.sha256(link + body).digest()
    return link
