"""An event that bears a time to come counts from when it was received; its bytes and its name stay what they are."""

from __future__ import annotations

import msgspec
import pytest

from tracking import clock
from tracking.crossings import order_uncertain, uncertainty_ms
from tracking.events import Event, decode_body, encode_body
from tracking.received import as_received

RECEIVED_MS = 1_795_000_000_000
RECEIVED = "2026-11-18T12:06:40.000+01:00"
YEAR_2100_MS = 4_102_444_800_000


def event(ahead_ms: int, at: str = "2026-11-18T12:06:00.000+01:00", **more: object) -> Event:
    named = {"step": "storing", "device": "D-1", "epoch": 1, "seq": 7, **more}
    return Event(hlc=clock.pack(RECEIVED_MS + ahead_ms, 3), at=at, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize("ahead_ms", [-(10**12), 0, 60_000, clock.APART_MS_MAX, clock.AHEAD_MS_MAX])
def test_a_clock_that_may_be_right_is_believed(ahead_ms: int) -> None:
    one = event(ahead_ms)
    assert as_received(one, RECEIVED_MS) is one


@pytest.mark.parametrize("ahead_ms", [clock.AHEAD_MS_MAX + 1, 10**9, (2**63 >> 16) - RECEIVED_MS - 1])
def test_one_that_cannot_be_right_counts_from_when_it_was_received(ahead_ms: int) -> None:
    said = event(ahead_ms)
    counts = as_received(said, RECEIVED_MS)
    assert (counts.hlc, counts.said_hlc) == (clock.pack(RECEIVED_MS), said.hlc)
    assert (counts.ref, counts.event_id) == (said.ref, said.event_id)
    assert as_received(said, RECEIVED_MS) == counts, "the same bytes at the same time read the same"


def test_a_handheld_that_keeps_to_the_rule_never_comes_near_the_bound() -> None:
    told = clock.believable(RECEIVED_MS + 10**10, RECEIVED_MS)
    assert told.unix_ms <= RECEIVED_MS + clock.APART_MS_MAX < RECEIVED_MS + clock.AHEAD_MS_MAX


@pytest.mark.parametrize(
    ("at", "counts_at", "said_at"),
    [
        ("2100-01-01T09:00:00.000+01:00", RECEIVED, "2100-01-01T09:00:00.000+01:00"),
        ("2026-11-18T12:06:00.000+01:00", "2026-11-18T12:06:00.000+01:00", ""),
        ("2100-01-01T09:00:00", "2026-11-18T11:06:40.000+00:00", "2100-01-01T09:00:00"),
        ("the day after tomorrow", "2026-11-18T11:06:40.000+00:00", "the day after tomorrow"),
        ("9999-12-31", "2026-11-18T11:06:40.000+00:00", "9999-12-31"),
        ("", "", ""),
    ],
)
def test_the_time_that_people_read_is_judged_by_itself(at: str, counts_at: str, said_at: str) -> None:
    counts = as_received(event(YEAR_2100_MS, at), RECEIVED_MS)
    assert (counts.at, counts.said_at) == (counts_at, said_at)


def test_how_far_it_may_be_off_is_what_its_own_time_leaves_open() -> None:
    hour = as_received(event(YEAR_2100_MS, "2026-11-18T11:06:40.000+01:00"), RECEIVED_MS)
    assert uncertainty_ms(hour) == clock.APART_MS_MAX + 3_600_000
    nobody_knows = as_received(event(YEAR_2100_MS, "2100-01-01T09:00:00.000+01:00"), RECEIVED_MS)
    assert uncertainty_ms(nobody_knows) == clock.APART_MS_MAX + clock.AWAY_MS_MAX


def test_a_count_near_a_movement_of_unknown_time_is_put_in_no_order() -> None:
    counted = event(-30 * 60_000, device="D-2", step="stock_taking", location="A", clock="synced")
    moved = as_received(event(YEAR_2100_MS, "2100-01-01T09:00:00+01:00", step="shipping"), RECEIVED_MS)
    assert order_uncertain(counted, moved)
    moved = as_received(event(YEAR_2100_MS, "2026-11-18T12:06:39+01:00", step="shipping"), RECEIVED_MS)
    assert not order_uncertain(counted, moved)


def test_nobody_speaks_for_the_server_in_a_body() -> None:
    body = encode_body(Event(step="storing", hlc=5))[:-1] + b',"said_hlc":9,"said_at":"2100-01-01"}'
    read = decode_body(body, device="D-1", epoch=1, seq=1)
    assert (read.hlc, read.said_hlc, read.said_at) == (5, 0, "")
    doubted = msgspec.structs.replace(Event(step="storing"), said_hlc=9)
    with pytest.raises(ValueError, match="not part of the canonical bytes"):
        encode_body(doubted)
