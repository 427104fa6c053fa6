"""Whose next token the server takes: the device's own key says so, for this token and this number, and once."""

from __future__ import annotations

import pytest

from server import devices
from server.storage import Storage
from server.token_renewal import RenewalError, renew
from sync.credentials import new_key, sign
from sync.wire import RenewToken, renewal_text
from tests.server.fleet import Handheld, Office
from tests.server.test_identity import with_key

HASH = "a1" * 32


def asking(device: str, key: str, number: int = 1, token_hash: str = HASH) -> RenewToken:
    signature = sign(key, renewal_text(device, number, token_hash))
    return RenewToken(token_hash=token_hash, number=number, signature=signature)


def kept(storage: Storage, device: str) -> tuple[str, int]:
    with storage.read() as reader:
        row = reader.row("SELECT next_token_hash, renewal FROM device WHERE id = ?", device)
    assert row is not None
    return row[0], row[1]


@pytest.fixture
def storage(office: Office) -> Storage:
    return office.running.central.storage


@pytest.fixture
def keyed(office: Office) -> tuple[Handheld, str]:
    return with_key(office)


def test_the_devices_own_word_counts_once_and_numbers_only_rise(
    storage: Storage, keyed: tuple[Handheld, str]
) -> None:
    device, key = keyed[0].device, keyed[1]
    given = renew(storage, device, asking(device, key, 3))
    assert (given.device, given.number, kept(storage, device)) == (device, 3, (HASH, 3))
    for number in (3, 2):
        with pytest.raises(RenewalError):
            renew(storage, device, asking(device, key, number, "b2" * 32))
    assert kept(storage, device) == (HASH, 3)


@pytest.mark.parametrize("token_hash", ["", "a" * 63, "a" * 65, "-" * 64, "' OR 1=1 --" + "a" * 53])
def test_what_is_no_hash_is_not_taken_even_when_it_is_signed(
    storage: Storage, keyed: tuple[Handheld, str], token_hash: str
) -> None:
    device, key = keyed[0].device, keyed[1]
    with pytest.raises(RenewalError):
        renew(storage, device, asking(device, key, token_hash=token_hash))
    assert kept(storage, device) == ("", 0)


def test_a_revoked_device_gets_no_other_token(storage: Storage, keyed: tuple[Handheld, str]) -> None:
    device, key = keyed[0].device, keyed[1]
    with storage.write() as tx:
        assert devices.revoke(tx, device, 1)
    with pytest.raises(RenewalError):
        renew(storage, device, asking(device, key))
    assert kept(storage, device) == ("", 0)


def test_nobody_elses_word_counts(
    storage: Storage, keyed: tuple[Handheld, str], handheld: Handheld, office: Office
) -> None:
    device, key = keyed[0].device, keyed[1]
    other, others_key = with_key(office, "Other")
    wrong = [
        asking(device, new_key()),
        asking(device, others_key),
        asking(other.device, key),
        RenewToken(token_hash="b2" * 32, number=1, signature=asking(device, key).signature),
        RenewToken(token_hash=HASH, number=2, signature=asking(device, key).signature),
        RenewToken(token_hash=HASH, number=1, signature=""),
    ]
    for asked in wrong:
        with pytest.raises(RenewalError):
            renew(storage, device, asked)
    assert kept(storage, device) == ("", 0)
    for name in ("D-NOBODY", handheld.device):  # nobody, and one that was enrolled without a key
        with pytest.raises(RenewalError):
            renew(storage, name, asking(name, key))
