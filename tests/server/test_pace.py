"""How often a handheld may ask: much at once, then as fast as it refills, each for itself, and never shut out."""

from __future__ import annotations

import pytest

from server import pace
from server.pace import Pace, TooFastError

NOW_MS = 1_795_000_000_000


def let_in(bucket: Pace, name: str, times_ms: range) -> int:
    """How many of the requests at these times are answered."""
    count = 0
    for at_ms in times_ms:
        try:
            bucket.check(name, at_ms)
        except TooFastError:
            continue
        count += 1
    return count


def at(now_ms: int, count: int) -> range:
    """So many requests in one moment, for :func:`let_in`."""
    return range(now_ms, now_ms + count)


def test_so_many_at_once_and_then_one_as_often_as_it_refills() -> None:
    bucket = Pace(a_second=2.0, at_once=5.0)
    for _ in range(5):
        bucket.check("D-1", NOW_MS)
    with pytest.raises(TooFastError) as refused:
        bucket.check("D-1", NOW_MS)
    assert refused.value.retry_s == 1
    with pytest.raises(TooFastError):
        bucket.check("D-1", NOW_MS + 499)
    bucket.check("D-1", NOW_MS + 500)
    with pytest.raises(TooFastError):
        bucket.check("D-1", NOW_MS + 500)


def test_who_is_told_to_wait_is_told_long_enough() -> None:
    bucket = Pace(a_second=0.25, at_once=1.0)
    bucket.check("D-1", NOW_MS)
    with pytest.raises(TooFastError) as refused:
        bucket.check("D-1", NOW_MS)
    bucket.check("D-1", NOW_MS + refused.value.retry_s * 1000)


def test_what_was_not_asked_is_not_saved_up_for_ever() -> None:
    bucket = Pace(a_second=1.0, at_once=3.0)
    bucket.check("D-1", NOW_MS)
    day_ms = NOW_MS + 24 * 3600 * 1000
    assert sum(let_in(bucket, "D-1", range(day_ms, day_ms + 1)) for _ in range(10)) == 3


def test_who_asks_without_a_pause_gets_as_much_as_it_refills() -> None:
    bucket = Pace(a_second=50.0, at_once=10.0)
    assert let_in(bucket, "D-1", range(NOW_MS, NOW_MS + 10_000, 5)) == 10 + 499


def test_each_handheld_has_its_own() -> None:
    bucket = Pace(a_second=1.0, at_once=1.0)
    bucket.check("D-1", NOW_MS)
    bucket.check("D-2", NOW_MS)
    with pytest.raises(TooFastError):
        bucket.check("D-1", NOW_MS)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    bucket = Pace(a_second=1.0, at_once=2.0)
    bucket.check("D-1", NOW_MS)
    bucket.check("D-1", NOW_MS - 3_600_000)
    with pytest.raises(TooFastError):
        bucket.check("D-1", NOW_MS - 3_600_000)
    bucket.check("D-1", NOW_MS - 3_600_000 + 1000)


def test_the_one_that_was_quiet_for_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "KEYS_MAX", 2)
    bucket = Pace(a_second=0.001, at_once=2.0)
    for name in ("D-1", "D-2", "D-1", "D-3"):
        bucket.check(name, NOW_MS)
    for name, count in (("D-1", 0), ("D-3", 1), ("D-2", 2)):
        assert let_in(bucket, name, at(NOW_MS, 5)) == count, name


def test_a_handheld_that_empties_a_backlog_is_not_slowed_down() -> None:
    bucket = Pace()
    assert let_in(bucket, "D-1", range(NOW_MS, NOW_MS + 60_000, 20)) == 3000
    assert let_in(bucket, "D-2", at(NOW_MS, 2000)) == 2000
