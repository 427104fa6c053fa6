from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from drivers.serial_port import SerialPort
from drivers.serial_profiles import PROFILES, ProfileName, ssi
from drivers.serial_settings import SerialSettings
from tests.drivers.pseudo_terminal import Collector, Gun
from tests.drivers.test_serial_port import quick, running


def test_there_is_a_profile_for_every_name() -> None:
    assert set(PROFILES) == set(get_args(ProfileName))


def test_the_packets_of_simple_serial_interface_add_up_to_nothing() -> None:
    assert ssi(0xE4) == bytes.fromhex("04 E4 04 00 FF 14")
    for code in range(256):
        packet = ssi(code)
        assert (sum(packet[:-2]) + int.from_bytes(packet[-2:], "big")) & 0xFFFF == 0


@pytest.mark.parametrize("name", PROFILES)
def test_the_gun_gets_the_commands_of_its_family_and_scans_on(name: ProfileName, tmp_path: Path) -> None:
    path = tmp_path / "gun"
    profile, gun, sink = PROFILES[name], Gun(path), Collector()
    driver = SerialPort(SerialSettings(port=str(path), profile=name), backoff=quick())
    with running(driver, sink):
        sink.wait_for_states("ready")
        assert gun.received(len(profile.allow)) == profile.allow
        assert driver.pull_trigger() is bool(profile.trigger)
        assert driver.pull_trigger(pulled=False) is bool(profile.release)
        expected = profile.trigger + profile.release
        assert gun.received(len(expected)) == expected
        assert driver.inhibit() is bool(profile.inhibit)
        assert gun.received(len(profile.inhibit)) == profile.inhibit
        assert driver.inhibit(inhibited=False) is bool(profile.allow)
        assert gun.received(len(profile.allow)) == profile.allow
        driver.beep()
        assert gun.received(len(profile.beep)) == profile.beep
        gun.send(b"SN-1\r")
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
    gun.unplug()


def test_a_gun_that_is_plugged_in_again_is_told_whether_to_read(tmp_path: Path) -> None:
    path, profile, sink = tmp_path / "gun", PROFILES["datalogic"], Collector()
    driver, gun = SerialPort(SerialSettings(port=str(path), profile="datalogic"), backoff=quick()), Gun(path)
    with running(driver, sink):
        assert gun.received(1) == profile.allow
        driver.inhibit()
        assert gun.received(1) == profile.inhibit
        gun.unplug()
        sink.wait_for(lambda: sink.states[-1].state == "lost")
        gun = Gun(path)
        assert gun.received(1) == profile.inhibit
        gun.unplug()
        sink.wait_for(lambda: sink.states[-1].state == "lost")
        driver.inhibit(inhibited=False)  # acknowledged while the cable is out
        gun = Gun(path)
        assert gun.received(1) == profile.allow
    gun.unplug()


def test_many_beeps_do_not_push_out_that_a_gun_may_read_again(tmp_path: Path) -> None:
    path, profile, sink = tmp_path / "gun", PROFILES["datalogic"], Collector()
    driver, gun = SerialPort(SerialSettings(port=str(path), profile="datalogic"), backoff=quick()), Gun(path)
    with running(driver, sink):
        assert gun.received(1) == profile.allow
        driver.inhibit()
        assert gun.received(1) == profile.inhibit
        driver.inhibit(inhibited=False)
        for _ in range(50):
            driver.beep()
        heard = b""
        while profile.allow not in heard:
            heard += gun.received(1)
    gun.unplug()


def test_a_gun_that_may_not_be_kept_from_reading_is_left_alone(tmp_path: Path) -> None:
    path, sink = tmp_path / "gun", Collector()
    settings = SerialSettings(port=str(path), profile="datalogic", inhibit=False)
    driver, gun = SerialPort(settings, backoff=quick()), Gun(path)
    with running(driver, sink):
        sink.wait_for_states("ready")
        assert not driver.inhibit()
        driver.beep()
        assert gun.received(1) == PROFILES["datalogic"].beep
    gun.unplug()
