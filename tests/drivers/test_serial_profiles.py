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
        assert driver.pull_trigger() is bool(profile.trigger)
        assert driver.pull_trigger(pulled=False) is bool(profile.release)
        assert driver.inhibit() is bool(profile.inhibit)
        assert driver.inhibit(inhibited=False) is bool(profile.allow)
        driver.beep()
        expected = profile.trigger + profile.release + profile.inhibit + profile.allow + profile.beep
        assert gun.received(len(expected)) == expected
        gun.send(b"SN-1\r")
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
    gun.unplug()
