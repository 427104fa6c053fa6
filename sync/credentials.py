"""What a handheld proves itself with: a token that it renews by itself, and a key that never leaves it.

The key signs the head of every batch, so that a token alone, stolen from wherever, can hand in nothing. A new token
is made here and written down before the server hears of it; the server takes both until the new one is first used. So
a reply that is lost, or a battery that is pulled, never locks a handheld out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from sync.wire import Batch, Renewed, RenewToken, batch_text, renewal_text
from tracking.later import Later

if TYPE_CHECKING:
    import hashlib
    import secrets

    from sync.ground import Asking
else:
    hashlib, secrets = Later("hashlib"), Later("secrets")

TOKEN_BYTES = 32
AGAIN_MS = 3600 * 1000
"""After a renewal that was not to be had, the token that there is does for a while."""
TOKEN_MS = 30 * 24 * 3600 * 1000
"""A token older than this is renewed."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of it on the handheld."""

    token: str
    key: str = ""
    """Ed25519 private key, hexadecimal; empty for a handheld that was enrolled without one."""
    next_token: str = ""
    """Made, and perhaps known to the server already."""
    renewal: int = 0
    """How many renewals were asked for."""
    token_ms: int = 0
    """When the token was first used."""


def new_key() -> str:
    """A private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def public_key(key: str) -> str:
    """What the server is told of a private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)).public_key().public_bytes_raw().hex()


def sign(key: str, text: bytes) -> str:
    """The signature, hexadecimal. Deterministic: the same text has the same one (RFC 8032)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)).sign(text).hex()


def holds(public: str, signature: str, text: bytes) -> bool:
    """True where the key's owner signed this text. Total: nonsense holds nothing."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text)
    except (ValueError, InvalidSignature):
        return False
    return True


class Credentials:
    """A handheld's proof at work; used by the uploader's thread."""

    def __init__(
        self, proof: Proof, keep: Callable[[Proof], None], wall_ms: Callable[[], int], *, renews: bool = True
    ) -> None:
        """``keep`` writes a new proof down, durably, before it returns."""
        self._proof, self._keep, self._wall_ms, self._renews = proof, keep, wall_ms, renews
        self._asked_ms = 0
        self.told: Callable[[str], None] = lambda _token: None
        """Called with every new token."""

    @property
    def due(self) -> bool:
        """True where it is time for another token."""
        proof, now_ms = self._proof, self._wall_ms()
        # A clock that stood wrong once must not put it off for ever.
        old = not proof.token_ms <= now_ms < proof.token_ms + TOKEN_MS
        return (
            bool(proof.key)
            and self._renews
            and old
            and not self._asked_ms <= now_ms < self._asked_ms + AGAIN_MS
        )

    def signed(self, device: str, batch: Batch) -> Batch:
        """The batch with this handheld's word on its head."""
        if not self._proof.key:
            return batch
        text = batch_text(device, batch.epoch, batch.last, batch.last_chain)
        return msgspec.structs.replace(batch, signature=sign(self._proof.key, text))

    @property
    def signs(self) -> bool:
        """True where there is a key."""
        return bool(self._proof.key)

    def signature(self, text: bytes) -> str:
        """The key's signature of a text, hexadecimal; only where :attr:`signs`."""
        return sign(self._proof.key, text)

    def renew(self, line: Asking, device: str) -> bool:
        """Ask for another token. True where there is one; the key alone is enough for that.

        Raises :class:`sync.line.Unreachable` where the server is not there, or does not know this handheld.
        """
        from sync.line import understood

        if not self._proof.key or not self._renews:
            return False
        self._asked_ms = self._wall_ms()
        token = self._proof.next_token or secrets.token_urlsafe(TOKEN_BYTES)
        number = self._proof.renewal + 1
        self._write(msgspec.structs.replace(self._proof, next_token=token, renewal=number))
        hashed = hashlib.sha256(token.encode()).hexdigest()
        signature = sign(self._proof.key, renewal_text(device, number, hashed))
        asked = RenewToken(token_hash=hashed, number=number, signature=signature)
        status, data = line.ask("POST", f"/v1/devices/{device}/token", body=msgspec.json.encode(asked))
        if status != 200:  # an older server
            return False
        given = understood(data, Renewed)
        if given.number != number:
            return False
        self._write(
            msgspec.structs.replace(self._proof, token=token, next_token="", token_ms=self._wall_ms())
        )
        self.told(token)
        return True

    def _write(self, proof: Proof) -> None:
        self._keep(proof)
        self._proof = proof
