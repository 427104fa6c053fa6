"""A device's next token: taken in now, in force when it is first used, and the old one until then."""

from __future__ import annotations

from server import devices, signatures
from server.enrollment import EnrollmentError
from server.storage import Storage
from sync.wire import Renewed, RenewToken, renewal_text

HASH_HEX_CHARS = 64


class RenewalError(EnrollmentError):
    """It is not this device that asks; one plain sentence."""


def renew(storage: Storage, device_id: str, asked: RenewToken) -> Renewed:
    """Take the hash of a device's next token. Raises :class:`RenewalError`.

    Only the device's key counts. The token that it has may be lost to a thief, or to a restore of this database, and
    in both cases it must not be what decides. Numbers only rise, so nothing that was overheard works a second time.
    """
    refused = RenewalError("this is not signed by the device: ask the office for a new code")
    if len(asked.token_hash) != HASH_HEX_CHARS or not asked.token_hash.isalnum():
        raise refused
    with storage.write() as tx:
        device = devices.by_id(tx, device_id)
        if device is None or device.revoked or not device.public_key:
            raise refused
        text = renewal_text(device_id, asked.number, asked.token_hash)
        if not signatures.holds(device.public_key, asked.signature, text):
            raise refused
        if not devices.take_next_token(tx, device_id, asked.token_hash, asked.number):
            raise refused
    return Renewed(device=device_id, number=asked.number)
