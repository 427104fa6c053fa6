"""PINs at rest."""

from __future__ import annotations

import pytest

from tracking import pins
from tracking.pins import N, P, R, is_cheap, pin_hash, pin_matches

SALT = bytes(range(16))


@pytest.fixture(autouse=True)
def dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs outside of the tests."""
    monkeypatch.setattr(pins, "N", N)
    monkeypatch.setattr(pins, "P", P)


def test_a_pin_opens_its_own_hash_only() -> None:
    hashed = pin_hash("0417", SALT)
    assert pin_matches("0417", hashed)
    for wrong in ("417", "0418", "", " 0417", "0417 "):
        assert not pin_matches(wrong, hashed)


def test_the_hash_says_how_it_was_made_and_differs_by_salt() -> None:
    hashed = pin_hash("0417", SALT)
    assert hashed.split("$")[:5] == ["scrypt", str(N), str(R), str(P), SALT.hex()]
    assert pin_hash("0417", bytes(16)) != hashed
    assert pin_hash("0417", SALT) == hashed


def test_no_pin_has_no_hash_and_no_hash_is_opened_by_nothing() -> None:
    assert pin_hash("", SALT) == ""
    assert not pin_matches("", "")


@pytest.mark.parametrize(
    "hashed",
    [
        "scrypt",
        "plain$1$2$3$4$0417",
        "scrypt$16384$8$1$zz$00",
        "scrypt$x$8$1$00$00",
        "scrypt$1000$8$1$00$00",
        "scrypt$1073741824$8$1$00$00",
        "scrypt$-1$8$1$00$00",
        "scrypt$16384$8$99999999$00$00",
        "scrypt$16384$8$1$00$",
        "$" * 100,
    ],
)
def test_a_hash_that_is_none_or_asks_for_too_much_opens_for_nobody(hashed: str) -> None:
    assert not pin_matches("0417", hashed)


def test_an_endless_pin_is_not_even_tried() -> None:
    assert not pin_matches("9" * 1_000_000, pin_hash("0417", SALT))


def test_a_hash_of_an_earlier_version_opens_as_before_and_is_known_to_be_cheap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(pins, "N", 2**14)
        earlier.setattr(pins, "P", 1)
        before = pin_hash("0417", SALT)
    assert pin_matches("0417", before)
    assert is_cheap(before)
    assert not is_cheap(pin_hash("0417", SALT))
    assert is_cheap("")
    assert is_cheap("scrypt$x$8$1$00$00")


def test_a_guess_takes_the_memory_and_work_that_the_field_is_told() -> None:
    assert (N * R * 128, N * R * P) == (32 * 2**20, 6 * 2**17)
