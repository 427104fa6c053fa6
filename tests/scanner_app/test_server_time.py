"""A handheld's clock that lies, years off in either direction, before and after it is switched off and on."""

from __future__ import annotations

import pytest

from scanner_app.clockwork import zone
from scanner_app.server_time import HEARD, KEEP_MS
from scanner_app.stamp import Stamper
from scanner_app.storage_errors import StoreFull
from tracking import clock
from tracking.crossings import uncertainty_ms
from tracking.events import Event

NOW_MS = 1_795_000_000_000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 24 * 3_600_000
YEAR_MS = 365 * DAY_MS


class Device:
    """A clock that can be set, and the journal's notes, which outlive a boot."""

    def __init__(self, off_ms: int = 0) -> None:
        self.boot = "first"
        self.off_ms = off_ms
        self.true_ms = NOW_MS
        self.notes: dict[str, str] = {}
        self.writes = 0
        self.full = False
        self._hlc = 0
        self.switch_on("first", after_ms=0)

    def switch_on(self, boot: str, after_ms: int) -> None:
        """Off for so long, then on again; the same boot: only the program was started anew."""
        self.true_ms += after_ms
        if boot != self.boot or not self.notes:
            self.boot, self._booted_ms = boot, self.true_ms
        self.stamper = Stamper(self, self, site="HAM", zone=zone("Europe/Berlin"), app="test")

    def wall_ms(self) -> int:
        return self.true_ms + self.off_ms

    def mono_ns(self) -> int:
        return (self.true_ms - self._booted_ms) * 1_000_000

    def meta(self, key: str) -> str:
        return self.notes.get(key, "")

    def put_meta(self, key: str, value: str) -> None:
        if self.full:
            raise StoreFull
        self.writes += 1
        self.notes[key] = value

    def hear(self) -> None:
        """A reply of the server, whose clock is right."""
        self.stamper.heard_server(self.true_ms)

    def scan(self, later_ms: int = 0) -> Event:
        """A scan so much later; never sorted before an earlier one."""
        self.true_ms += later_ms
        (event,) = self.stamper.stamp(
            [Event(step="receiving")], (), last_hlc=self._hlc, operator="", task="receiving"
        )
        assert event.hlc > self._hlc
        self._hlc = event.hlc
        return event

    def off_by_ms(self, event: Event) -> int:
        """How far the event's order is from when it was."""
        return abs(clock.unix_ms(event.hlc) - self.true_ms)


@pytest.mark.parametrize("off_ms", [-6 * YEAR_MS, -HOUR_MS, HOUR_MS, 6 * YEAR_MS])
def test_a_clock_that_lies_is_set_right_by_the_server_and_time_goes_on(off_ms: int) -> None:
    device = Device(off_ms)
    device.hear()
    for _ in range(3):
        event = device.scan(HOUR_MS)
        assert device.off_by_ms(event) < 1000
        assert (event.clock, event.offset_ms) == ("suspect", -off_ms), "what the clock said is kept"
        assert event.at.startswith("2026-"), "people read the time that it was"
        assert uncertainty_ms(event) == clock.APART_MS_MAX


def test_a_clock_that_is_nearly_right_is_followed_and_its_offset_kept() -> None:
    device = Device(-30_000)
    device.hear()
    event = device.scan(HOUR_MS)
    assert (event.clock, event.offset_ms) == ("synced", 30_000)
    assert clock.unix_ms(event.hlc) == device.wall_ms()
    assert uncertainty_ms(event) == 31_000
    device.off_ms += 20_000  # somebody sets it
    assert device.scan(MINUTE_MS).offset_ms == 10_000


def test_the_program_started_anew_in_the_same_boot_knows_the_time_at_once() -> None:
    device = Device(6 * YEAR_MS)
    device.hear()
    device.switch_on("first", after_ms=HOUR_MS)
    event = device.scan(MINUTE_MS)
    assert (event.clock, device.off_by_ms(event)) == ("suspect", 0)


@pytest.mark.parametrize(("off_ms", "word"), [(6 * YEAR_MS, "lost"), (-6 * YEAR_MS, "lost"), (5000, "")])
def test_switched_on_without_a_network_a_lost_clock_is_not_followed(off_ms: int, word: str) -> None:
    device = Device()
    device.hear()
    device.off_ms = off_ms
    device.switch_on("second", after_ms=8 * HOUR_MS)
    event = device.scan(MINUTE_MS)
    assert event.clock == word
    assert device.off_by_ms(event) <= (8 * HOUR_MS + MINUTE_MS if word else 5000)
    assert device.off_by_ms(event) <= uncertainty_ms(event)
    assert event.at.startswith("2026-")
    device.hear()
    assert device.off_by_ms(device.scan(MINUTE_MS)) <= 5000, "as soon as it hears the server, it is right"


def test_a_handheld_may_lie_in_a_drawer_for_weeks() -> None:
    device = Device()
    device.hear()
    device.switch_on("second", after_ms=21 * DAY_MS)
    event = device.scan()
    assert (event.clock, device.off_by_ms(event)) == ("", 0)


def test_the_last_word_is_written_seldom_and_a_full_disk_keeps_nobody_from_scanning() -> None:
    device = Device()
    for _ in range(30):
        device.true_ms += MINUTE_MS
        device.hear()
    assert device.writes == 30 * MINUTE_MS // KEEP_MS
    device.full = True
    device.off_ms = HOUR_MS
    device.hear()
    assert device.scan().clock == "suspect"
    device.notes[HEARD] = "{no note"
    device.switch_on("second", after_ms=0)
    assert device.scan().clock == ""
