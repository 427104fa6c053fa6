"""The keyed permutation is one: every number once, turned back with the key, and telling nothing without."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.numbering.errors import NumberingError
from tracking.numbering.permutation import SIZE_MAX, Permutation

KEY = bytes(range(16))
ORDER = [87322, 14357, 43021, 76720, 12341]
"""The first five of 100,000 under this key, as first shipped."""


@pytest.mark.parametrize("size", [2, 3, 4, 5, 7, 10, 16, 17, 31, 97, 100, 101, 500])
@pytest.mark.parametrize("key", [KEY, b"another key of ours"])
def test_small_sequences_in_full(size: int, key: bytes) -> None:
    permutation = Permutation(size, key)
    images = [permutation.hide(counter) for counter in range(size)]
    assert sorted(images) == list(range(size))
    assert [permutation.reveal(image) for image in images] == list(range(size))


@settings(max_examples=50)
@given(st.integers(2, SIZE_MAX), st.binary(min_size=16, max_size=64), st.text(max_size=20), st.data())
def test_any_size_comes_back(size: int, key: bytes, tweak: str, data: st.DataObject) -> None:
    permutation = Permutation(size, key, tweak)
    counters = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=5, unique=True))
    images = [permutation.hide(counter) for counter in counters]
    assert all(0 <= image < size for image in images)
    assert len(set(images)) == len(counters)
    assert [permutation.reveal(image) for image in images] == counters


def test_the_order_is_a_fixed_promise() -> None:
    """Printed serial numbers are turned back years later: the construction must never change under a key."""
    permutation = Permutation(100_000, KEY, "PUMP-100")
    assert [permutation.hide(counter) for counter in range(5)] == ORDER


def test_key_tweak_and_size_each_choose_another_order() -> None:
    def order(size: int = 1000, key: bytes = KEY, tweak: str = "") -> list[int]:
        return [Permutation(size, key, tweak).hide(counter) for counter in range(20)]

    orders = [order(), order(size=1001), order(key=KEY[::-1]), order(tweak="PUMP-100")]
    assert len({tuple(each) for each in orders}) == 4


def test_neighbours_do_not_stay_neighbours() -> None:
    permutation = Permutation(1_000_000, KEY)
    images = [permutation.hide(counter) for counter in range(300)]
    near = sum(abs(a - b) < 10_000 for a, b in pairwise(images))
    assert near < 20  # about 6 by chance
    assert min(images) < 50_000
    assert max(images) > 950_000


def test_the_key_is_not_shown() -> None:
    assert "key" not in repr(Permutation(1000, b"a very secret key"))


@pytest.mark.parametrize(
    ("size", "key", "tweak"),
    [
        (1, KEY, ""),
        (0, KEY, ""),
        (SIZE_MAX + 1, KEY, ""),
        (9, KEY[1:], ""),
        (9, KEY * 5, ""),
        (9, KEY, "x" * 201),
    ],
)
def test_bounds(size: int, key: bytes, tweak: str) -> None:
    with pytest.raises(NumberingError):
        Permutation(size, key, tweak)


@pytest.mark.parametrize("number", [-1, 10])
def test_numbers_outside_are_refused(number: int) -> None:
    with pytest.raises(NumberingError):
        Permutation(10, KEY).hide(number)
    with pytest.raises(NumberingError):
        Permutation(10, KEY).reveal(number)
