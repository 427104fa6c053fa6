"""What all drivers share: waits that grow, errors in a sentence, and a sink that may refuse."""

from __future__ import annotations

import time

import pytest

from drivers.driver import UNREPORTED_MAX, Backoff, Delivery, DriverError, DriverState, wall_ms_at
from drivers.scan import Scan
from tests.drivers.pseudo_terminal import Collector

SCAN = Scan(raw=b"SN-1")


def test_waits_double_up_to_a_cap_and_begin_again() -> None:
    backoff = Backoff(0.5, 3.0)
    assert [backoff.next_s() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert backoff.next_s() == 0.5


@pytest.mark.parametrize(("first_s", "cap_s"), [(0.0, 1.0), (2.0, 1.0), (-1.0, 1.0)])
def test_waits_that_could_spin_are_refused(first_s: float, cap_s: float) -> None:
    with pytest.raises(ValueError, match="first_s"):
        Backoff(first_s, cap_s)


def test_an_error_is_one_sentence() -> None:
    error = DriverError("The scanner cannot be used", "it is not there", "plug it in")
    assert str(error) == "The scanner cannot be used: it is not there; plug it in."
    assert (error.what, error.why, error.try_this) == (
        "The scanner cannot be used",
        "it is not there",
        "plug it in",
    )


def test_what_a_sink_takes_needs_no_report() -> None:
    sink = Collector()
    delivery = Delivery("gun", sink)
    assert delivery.scan(SCAN)
    assert sink.items == [SCAN]
    assert delivery.refused == 0


def test_refused_scans_are_counted_and_reported_once_there_is_room() -> None:
    sink = Collector(room=1)
    delivery = Delivery("gun", sink)
    delivery.state("ready")
    assert [delivery.scan(SCAN) for _ in range(3)] == [False] * 3
    sink.make_room()
    assert delivery.scan(SCAN)
    assert sink.states == [
        DriverState("gun", "ready"),
        DriverState("gun", "ready", "Too many scans are waiting. Refused, to be scanned again: 3", refused=3),
    ]


def test_a_discarded_code_and_a_change_are_reported_even_if_the_sink_was_full() -> None:
    sink = Collector(room=0)
    delivery = Delivery("gun", sink)
    delivery.state("ready")
    delivery.state("lost", "gone", discarded=b"SN-")
    delivery.state("lost", "not there")
    delivery.state("ready")
    sink.make_room()
    delivery.remind()
    assert [(state.state, state.discarded) for state in sink.states] == [
        ("ready", b""),
        ("lost", b"SN-"),
        ("lost", b""),
        ("ready", b""),
    ]


def test_reports_that_wait_have_a_bound() -> None:
    sink = Collector(room=0)
    delivery = Delivery("gun", sink)
    for number in range(1000):
        delivery.state("ready", discarded=str(number).encode())
    sink.make_room()
    delivery.remind()
    assert [state.discarded for state in sink.states] == [
        str(n).encode() for n in range(1000 - UNREPORTED_MAX, 1000)
    ]


def test_wall_time_of_a_monotonic_time() -> None:
    ten_s_ago = wall_ms_at(time.monotonic() - 10)
    assert abs(time.time() * 1000 - 10_000 - ten_s_ago) < 5000
