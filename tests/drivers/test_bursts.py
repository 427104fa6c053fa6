"""Which codes one pull of the trigger gave: by the pause between them, and by nothing that could merge two labels."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drivers.bursts import CODES_MAX, GAP_MS_MAX, OPEN_MS_MAX, Joiner, joined
from drivers.keys import TypedEnter
from drivers.scan import Burst, Scan


def code(text: str, began_ms: float, ended_ms: float) -> Scan:
    return Scan(raw=text.encode(), began_ns=round(began_ms * 1e6), mono_ns=round(ended_ms * 1e6))


def texts(items: list[Any]) -> list[list[str]]:
    return [[scan.text for scan in (item.scans if isinstance(item, Burst) else (item,))] for item in items]


def test_codes_that_follow_at_once_are_one_burst() -> None:
    joiner = Joiner(lambda: 50)
    assert joiner.take(code("A", 1000, 1020)) == []
    assert joiner.take(code("B", 1070, 1090)) == []  # 50 ms after the end of A, however long B itself took
    assert joiner.flush(1.139) == []
    assert texts(joiner.flush(1.141)) == [["A", "B"]]
    assert joiner.deadline() is None


def test_a_longer_pause_begins_another_label() -> None:
    joiner = Joiner(lambda: 50)
    assert joiner.take(code("A", 1000, 1020)) == []
    assert texts(joiner.take(code("B", 1071, 1090))) == [["A"]]
    [alone] = joiner.rest()
    assert isinstance(alone, Scan)


def test_nothing_waits_for_a_scanner_that_sends_one_code_a_pull() -> None:
    joiner = Joiner()
    assert texts(joiner.take(code("A", 1000, 1001))) == [["A"]]
    assert texts(joiner.take(code("B", 1002, 1003))) == [["B"]]
    assert joiner.deadline() is None


def test_a_code_that_has_begun_keeps_the_burst_open_but_not_for_ever() -> None:
    joiner = Joiner(lambda: 50)
    joiner.take(code("A", 1000, 1020))
    assert joiner.flush(1.2, reading=True) == []
    assert texts(joiner.flush(1.021 + OPEN_MS_MAX / 1000, reading=True)) == [["A"]]


def test_a_code_that_lay_waiting_is_never_joined() -> None:
    joiner = Joiner(lambda: 50)
    joiner.take(code("A", 1000, 1001))
    assert texts(joiner.take(code("B", 1001, 1001), sure=False)) == [["A"], ["B"]]


def test_a_gap_beyond_the_bound_counts_as_the_bound() -> None:
    joiner = Joiner(lambda: 5000)
    joiner.take(code("A", 1000, 1000))
    assert texts(joiner.take(code("B", 1001 + GAP_MS_MAX, 1200))) == [["A"]]


def test_a_learned_gap_holds_from_the_next_code_on() -> None:
    gap = [0]
    joiner = Joiner(lambda: gap[0])
    assert texts(joiner.take(code("A", 1000, 1000))) == [["A"]]
    gap[0] = 50
    assert joiner.take(code("B", 1010, 1010)) == []
    gap[0] = 0
    assert texts(joiner.take(code("C", 1020, 1020))) == [["B"], ["C"]]


def test_a_key_between_two_codes_ends_the_burst_in_its_place() -> None:
    joiner = Joiner(lambda: 50)
    enter = TypedEnter(1.005, 1.0)
    found = joined(joiner, [code("A", 1000, 1000), enter, code("B", 1010, 1010)])
    assert isinstance(found[0], Scan)
    assert found[1:] == [enter]
    assert texts(joiner.rest()) == [["B"]]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30), st.booleans()), max_size=60),
    st.integers(0, GAP_MS_MAX),
)
def test_every_code_comes_once_in_order_and_none_joins_over_a_longer_pause(
    codes: list[tuple[int, int, bool]], gap_ms: int
) -> None:
    joiner, given_codes, found, now_ms = Joiner(lambda: gap_ms), [], [], 1
    for number, (pause_ms, length_ms, sure) in enumerate(codes):
        found += joiner.flush((now_ms + pause_ms) / 1000)
        scan = code(f"{number}", now_ms + pause_ms, now_ms + pause_ms + length_ms)
        now_ms += pause_ms + length_ms
        given_codes.append(scan)
        found += joiner.take(scan, sure=sure)
    found += joiner.rest()
    assert [text for label in texts(found) for text in label] == [scan.text for scan in given_codes]
    for item in found:
        if isinstance(item, Burst):
            assert 1 < len(item.scans) <= CODES_MAX
            pauses = zip(item.scans, item.scans[1:], strict=False)
            assert all(after.began_ns - before.mono_ns <= gap_ms * 1e6 for before, after in pauses)
