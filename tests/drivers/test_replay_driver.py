"""The replay driver: everything is played once, in order, even into a sink that is full at times."""

from __future__ import annotations

import pytest

from drivers.driver import DriverState, start
from drivers.replay import ReplayDriver
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan
from tests.drivers.pseudo_terminal import PATIENCE_S, Collector


def test_texts_scans_and_bursts_are_played_in_order_with_their_times() -> None:
    sink = Collector()
    burst = Burst(scans=(Scan(raw=b"A", source="label"), Scan(raw=b"B")))
    driver = ReplayDriver(["SN-1", Scan(raw=b"\xe9", symbology_id="]C1"), burst, "x" * 20_000], name="demo")
    driver.open()
    driver.run(sink)
    ready, first, second, third, last = sink.items
    assert ready == DriverState("demo", "ready")
    assert isinstance(first, Scan)
    assert (first.raw, first.source) == (b"SN-1", "demo")
    assert isinstance(second, Scan)
    assert (second.raw, second.symbology_id) == (b"\xe9", "]C1")
    assert isinstance(third, Burst)
    assert [scan.raw for scan in third.scans] == [b"A", b"B"]
    assert isinstance(last, Scan)
    assert len(last.raw) == SCAN_BYTES_MAX
    assert 0 < first.mono_ns <= second.mono_ns <= third.scans[0].mono_ns
    assert third.scans[0].source == "label"
    assert first.wall_ms > 0
    assert driver.played == 4


def test_a_full_sink_delays_and_loses_nothing() -> None:
    sink = Collector(room=2)
    driver = ReplayDriver([f"SN-{number}" for number in range(100)])
    thread = start(driver, sink)
    sink.wait_for(lambda: sink.refusals > 3)
    sink.make_room()
    thread.join(PATIENCE_S)
    assert sink.raws == [f"SN-{number}".encode() for number in range(100)]
    assert (driver.played, driver.waited) == (100, 1)


def test_closing_ends_a_slow_and_a_refused_replay() -> None:
    for sink, rate_per_s in ((Collector(), 0.001), (Collector(room=0), 0.0)):
        driver = ReplayDriver(["SN-1", "SN-2"], rate_per_s=rate_per_s)
        thread = start(driver, sink)
        driver.close()
        driver.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert driver.played < 2


def test_the_pace_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    now_s = 100.0

    def wait(timeout: float) -> bool:
        nonlocal now_s
        waits.append(timeout)
        now_s += timeout + 0.01  # every wait is a little late
        return False

    driver = ReplayDriver(["A", "B", "C"], rate_per_s=20)
    monkeypatch.setattr("drivers.replay.time.monotonic", lambda: now_s)
    monkeypatch.setattr(driver._closing, "wait", wait)
    driver.run(Collector())
    assert waits == pytest.approx([0.0, 0.04, 0.04])


@pytest.mark.parametrize("rate_per_s", [-1.0, 1e9])
def test_a_pace_has_bounds(rate_per_s: float) -> None:
    with pytest.raises(ValueError, match="rate_per_s"):
        ReplayDriver([], rate_per_s=rate_per_s)
