"""A carton's six codes from a serial imager, read by one pull: through driver, queue and session to one receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.loader import shipped
from drivers import bursts, serial_port
from drivers.bursts import Joiner
from drivers.driver import Backoff
from drivers.scan import Burst, Scan
from drivers.serial_port import SerialPort
from drivers.serial_settings import SerialSettings
from scanner_app.answer import Answer
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SystemClock
from scanner_app.inputs import Command
from scanner_app.running import RunningHandheld
from scanner_app.scanners.card import LINE, SQUARE, text_of
from scanner_app.session import SessionSettings
from tests.drivers.pseudo_terminal import PATIENCE_S, Gun
from tests.scanner_app.floor import site_named
from tests.scanner_app.test_cartons import ITEMS, ORDER, gs1
from tracking.events import Event

LONG_MS = 1500
"""A pause that joins even where this machine is busy; no test waits for less than it, or asserts how long it took."""


class Counting(Joiner):
    """Counts the codes that the driver has read, so that a test can pull the cable at a known moment."""

    read = 0

    def take(self, scan: Scan, *, sure: bool = True) -> list[Scan | Burst]:
        Counting.read += 1
        return super().take(scan, sure=sure)


@pytest.fixture(autouse=True)
def long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bursts, "GAP_MS_MAX", LONG_MS)
    monkeypatch.setattr(serial_port, "Joiner", Counting)
    monkeypatch.setattr(Counting, "read", 0)


class Dock:
    """A handheld with a serial imager on a pseudo-terminal."""

    def __init__(self, folder: Path, *, gap_ms: int) -> None:
        self.folder, self.port = folder, folder / "imager"
        self.running = RunningHandheld(
            folder / "data", SystemClock(), SessionSettings(app="test", repeat_ms=0), shipped()
        )
        site = site_named(items=ITEMS, documents=[ORDER], units=[], locations=[], operators=[], today="")
        if not self.running.handheld.cache.meta("site"):
            load_site(self.running.handheld.cache, site)
            self.running.renew()
        self.answers: list[Answer] = []
        self.running.handheld.session.observers.append(self.answers.append)
        self.gun = Gun(self.port)
        settings = SerialSettings(port=str(self.port), name="dock", burst_gap_ms=gap_ms)
        learned = self.running.handheld.scanners
        self.driver = SerialPort(
            settings,
            backoff=Backoff(0.005, 0.02),
            learned_gap_ms=lambda: learned.burst_gap_ms("serial:dock"),
        )
        self.running.start([self.driver])

    def send(self, *codes: str, end: str = "\r") -> None:
        """What the imager sends for one pull."""
        self.gun.send("".join(code + end for code in codes).encode())

    def until(self, met: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not met():
            assert time.monotonic() < end_s, [answer.message for answer in self.answers]
            time.sleep(0.005)

    def codes(self) -> list[str]:
        """The verdicts so far."""
        return [answer.verdict.code for answer in self.answers if answer.verdict.code]

    def receipts(self) -> list[Event]:
        """What is in the journal."""
        return [event for answer in self.answers for event in answer.events if event.step == "receiving"]


@contextmanager
def dock(folder: Path, *, gap_ms: int = LONG_MS) -> Iterator[Dock]:
    made = Dock(folder, gap_ms=gap_ms)
    made.running.submit(Command(name="workflow", argument="receiving"))
    made.send("PO-1")
    made.until(lambda: "document_opened" in made.codes())
    made.answers.clear()
    try:
        yield made
    finally:
        made.running.close()


def receipt(number: int) -> tuple[str, str, str, str]:
    return ("PUMP-100", f"SN-{number:06}", f"LOT{number}", "2027-11-30")


def said(event: Event) -> tuple[str, str, str, str]:
    return (event.item, event.serial, event.lot, event.expiry)


def test_six_codes_of_one_pull_are_one_answer_and_one_receipt(tmp_path: Path) -> None:
    with dock(tmp_path) as at:
        at.send(*gs1(7), end="\r\n")
        at.until(lambda: len(at.receipts()) == 1)
        at.send(*reversed(gs1(8)))
        at.until(lambda: len(at.receipts()) == 2)
    assert at.codes() == ["received", "received"]
    assert [said(event) for event in at.receipts()] == [receipt(7), receipt(8)]


def test_without_the_setting_the_same_codes_come_one_by_one_to_the_same_receipt(tmp_path: Path) -> None:
    with dock(tmp_path, gap_ms=0) as at:
        at.send(*gs1(7)[:5])
        at.until(lambda: len(at.receipts()) == 1)
    assert len(at.codes()) == 5
    assert said(at.receipts()[0]) == receipt(7)


def test_unplugged_within_the_burst_nothing_that_came_whole_is_lost(tmp_path: Path) -> None:
    codes = gs1(7)
    with dock(tmp_path) as at:
        at.gun.send("".join(code + "\r" for code in codes[:4]).encode() + codes[4][:6].encode())
        at.until(lambda: Counting.read == 1 + 4)
        at.gun.unplug()
        at.until(lambda: "waiting_for_partner" in at.codes())
        assert at.receipts() == []
        at.gun = Gun(at.port)
        at.send(codes[4])  # only what was torn is still missing
        at.until(lambda: len(at.receipts()) == 1)
    assert said(at.receipts()[0]) == receipt(7)


def test_closed_within_the_burst_its_codes_are_answered_before_the_end(tmp_path: Path) -> None:
    with dock(tmp_path) as at:
        at.send(*gs1(7))
        at.until(lambda: Counting.read == 1 + 6)
        assert at.receipts() == []
    assert [said(event) for event in at.receipts()] == [receipt(7)]


def test_a_battery_that_is_pulled_between_two_bursts_of_a_label_loses_neither(tmp_path: Path) -> None:
    codes = gs1(7)
    at = Dock(tmp_path, gap_ms=LONG_MS)
    at.running.submit(Command(name="workflow", argument="receiving"))
    at.send("PO-1")
    at.until(lambda: "document_opened" in at.codes())
    at.send(*codes[:3])
    at.until(lambda: "waiting_for_partner" in at.codes())
    at.running.crash()
    at.gun.unplug()
    again = Dock(tmp_path, gap_ms=LONG_MS)
    again.send(*codes[3:5])
    again.until(lambda: len(again.receipts()) == 1)
    again.running.close()
    assert said(again.receipts()[0]) == receipt(7)


def test_the_card_teaches_that_one_pull_gives_several_codes(tmp_path: Path) -> None:
    """Both codes of the card are in sight: such an imager reads both, and shows by that what it does."""
    with dock(tmp_path, gap_ms=0) as at:
        at.send(text_of(SQUARE), text_of(LINE))
        at.until(lambda: at.codes().count("command") == 2)
        assert at.running.handheld.scanners.burst_gap_ms("serial:dock") == bursts.GAP_MS
        assert "several codes" in at.answers[-1].message
        at.send(text_of(LINE), text_of(SQUARE))  # now as one burst, which teaches the same
        at.until(lambda: at.codes().count("command") == 3)
        assert at.running.handheld.scanners.burst_gap_ms("serial:dock") == bursts.GAP_MS
        at.send(text_of(SQUARE))  # set back to one code a pull
        at.until(lambda: at.codes().count("command") == 4)
        assert at.running.handheld.scanners.burst_gap_ms("serial:dock") == 0
