"""How long is waited between two tries: spread out, longer each time, bounded, and never before the server says."""

from __future__ import annotations

from itertools import pairwise

from sync.backoff import BACKOFF_S_MIN, Backoff

MOST_S = 300.0


def waits(count: int, seed: int, most_s: float = MOST_S) -> list[float]:
    backoff = Backoff(most_s, seed)
    return [backoff.next_s() for _ in range(count)]


def test_the_bound_doubles_from_a_second_up_to_the_setting() -> None:
    assert BACKOFF_S_MIN == 1.0
    columns = list(zip(*(waits(12, seed) for seed in range(400)), strict=True))
    highest = [max(column) for column in columns]
    for number, most in enumerate(highest):
        bound = min(MOST_S, BACKOFF_S_MIN * 2**number)
        assert 0.9 * bound < most <= bound, number


def test_a_fleet_that_lost_its_server_at_once_does_not_come_back_at_once() -> None:
    """Full jitter: the tries of many are spread over the whole time, not only over its end."""
    for column in list(zip(*(waits(8, seed) for seed in range(400)), strict=True))[3:]:
        low, high = min(column), max(column)
        assert low < 0.1 * high
        middle = sorted(column)[200]
        assert 0.4 * high < middle < 0.6 * high


def test_no_try_follows_at_once() -> None:
    assert min(min(waits(12, seed)) for seed in range(200)) >= 0.2


def test_the_servers_word_counts_where_it_is_longer() -> None:
    backoff = Backoff(MOST_S, 1)
    assert backoff.next_s(60.0) == 60.0
    assert backoff.next_s(0.0) < 60.0
    assert Backoff(2.0, 1).next_s(3600.0) == 3600.0


def test_after_a_success_it_begins_anew() -> None:
    backoff = Backoff(MOST_S, 7)
    for _ in range(10):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= BACKOFF_S_MIN


def test_no_wait_is_longer_than_the_setting() -> None:
    assert max(waits(40, 3, most_s=5.0)) <= 5.0


def test_two_handhelds_do_not_wait_alike() -> None:
    first, second = waits(6, 1), waits(6, 2)
    assert all(one != other for one, other in zip(first, second, strict=True))
    assert any(one != after for one, after in pairwise(first))
