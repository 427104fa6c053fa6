"""Looks whether a device's own key made a signature."""

from __future__ import annotations

from server.devices import Device
from sync.wire import Batch, batch_text

KEY_HEX_CHARS = 64


class SignatureError(Exception):
    """What was sent under a device's name was not signed by it; one plain sentence."""


def is_key(text: str) -> bool:
    """True for a public key as devices send it; empty is none."""
    if len(text) != KEY_HEX_CHARS or not text.isascii():
        return False
    try:
        return len(bytes.fromhex(text)) * 2 == KEY_HEX_CHARS
    except ValueError:
        return False


def holds(public_key: str, signature: str, text: bytes) -> bool:
    """True where this key signed this text. Total: nonsense holds nothing."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), text)
    except (ValueError, InvalidSignature):
        return False
    return True


def check(device: Device, batch: Batch) -> None:
    """Raise :class:`SignatureError` where a device that has a key did not sign the head of its batch."""
    if not device.public_key:
        return
    text = batch_text(device.id, batch.epoch, batch.last, batch.last_chain)
    if not holds(device.public_key, batch.signature, text):
        raise SignatureError(
            "this batch is not signed by the device that it speaks for: it stays where it is"
        )
