"""Scanners that are readied for what the screen asks for: a real session, a gun on a pseudo-terminal, a camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from config import loader
from drivers.camera.driver import CameraScanner, CameraSettings
from drivers.driver import Backoff, Driver
from drivers.scan import Scan
from drivers.serial_port import SerialPort
from drivers.serial_profiles import PROFILES
from drivers.serial_settings import SerialSettings
from scanner_app.clockwork import SystemClock
from scanner_app.inputs import Command
from scanner_app.readiness import ARTICLES_ONLY, NO_ARTICLE
from scanner_app.running import RunningHandheld
from scanner_app.session import SessionSettings
from scanner_app.view import ScreenView
from tests.drivers.pseudo_terminal import PATIENCE_S, Gun
from tests.scanner_app.floor import site_named
from tracking.catalogue import en

GUN = PROFILES["zebra-ssi"]


@pytest.fixture
def at_work(
    tmp_path: Path,
) -> Iterator[Callable[[Sequence[Driver]], tuple[RunningHandheld, list[ScreenView]]]]:
    """Starts a handheld with these drivers."""
    started = []

    def start(drivers: Sequence[Driver]) -> tuple[RunningHandheld, list[ScreenView]]:
        from scanner_app.cache_feed import load_site

        views: list[ScreenView] = []
        running = RunningHandheld(
            tmp_path / "data", SystemClock(), SessionSettings(app="test"), loader.shipped()
        )
        load_site(running.handheld.cache, site_named())
        running.renew()
        running.subscribe(views.append)
        running.start(drivers)
        started.append(running)
        return running, views

    yield start
    for running in started:
        running.close()


def until(met: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def gun_driver(path: Path) -> SerialPort:
    return SerialPort(
        SerialSettings(port=str(path), profile="zebra-ssi"),
        backoff=Backoff(first_s=0.01, cap_s=0.02),
    )


def test_a_gun_is_dark_from_a_stop_to_its_acknowledgement(
    at_work: Callable[..., tuple[RunningHandheld, list[ScreenView]]], tmp_path: Path
) -> None:
    gun = Gun(tmp_path / "gun")
    running, views = at_work([gun_driver(tmp_path / "gun")])
    assert gun.received(len(GUN.allow)) == GUN.allow
    gun.send(b"NO-SUCH-THING\r")
    until(lambda: bool(views) and views[-1].stopped)
    assert gun.received(len(GUN.inhibit)) == GUN.inhibit
    running.submit(Command(name="ack"))
    until(lambda: not views[-1].stopped)
    assert gun.received(len(GUN.allow)) == GUN.allow


def test_a_gun_that_reads_all_the_same_is_counted(
    at_work: Callable[..., tuple[RunningHandheld, list[ScreenView]]], tmp_path: Path
) -> None:
    gun = Gun(tmp_path / "gun")
    _, views = at_work([gun_driver(tmp_path / "gun")])
    gun.send(b"NO-SUCH-THING\r")
    until(lambda: bool(views) and views[-1].stopped)
    gun.send(b"SN-200001\rSN-200002\r")
    until(lambda: views[-1].waiting == 2)


def test_no_gun_is_left_dark_when_the_program_ends(
    at_work: Callable[..., tuple[RunningHandheld, list[ScreenView]]], tmp_path: Path
) -> None:
    gun = Gun(tmp_path / "gun")
    running, views = at_work([gun_driver(tmp_path / "gun")])
    gun.send(b"NO-SUCH-THING\r")
    until(lambda: bool(views) and views[-1].stopped)
    assert gun.received(len(GUN.allow + GUN.inhibit)) == GUN.allow + GUN.inhibit
    running.close()
    assert gun.received(len(GUN.allow)) == GUN.allow


def test_at_a_prompt_for_a_serial_number_the_camera_looks_for_no_article(
    at_work: Callable[..., tuple[RunningHandheld, list[ScreenView]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[frozenset[str]] = []
    monkeypatch.setattr(CameraScanner, "look_for", lambda _, without: told.append(without))
    running, views = at_work([CameraScanner(CameraSettings(source="/dev/no-camera"))])
    until(lambda: bool(views))
    assert told == []
    running.submit(Command(name="workflow", argument="shipping"))
    until(lambda: views[-1].asks == "order_out")
    until(lambda: told == [ARTICLES_ONLY])
    running.submit(Scan(raw=b"SO-1", source="test"))
    until(lambda: views[-1].document == "SO-1")
    assert views[-1].asks == "serial"
    running.submit(Command(name="workflow", argument="look_up"))
    until(lambda: views[-1].asks == "lookup")
    until(lambda: told == [ARTICLES_ONLY, frozenset()])


def test_every_prompt_that_is_named_is_one_of_the_catalogue() -> None:
    assert set(en.PROMPTS) >= NO_ARTICLE
