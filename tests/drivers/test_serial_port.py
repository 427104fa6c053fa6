"""Serial scanners on real pseudo-terminals and sockets."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

import drivers
from drivers import serial_port, serial_settings
from drivers.driver import Backoff, Delivery, DriverError, DriverState, start
from drivers.framing import Framer
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan
from drivers.serial_port import SerialPort
from drivers.serial_settings import SerialSettings, by_id_name, permission_fix
from tests.drivers.pseudo_terminal import PATIENCE_S, Collector, Gun
from tests.drivers.serial_server import SerialServer

NOBODY = 65534


def quick() -> Backoff:
    return Backoff(0.005, 0.02)


def port_of(path: Path | str, **settings: object) -> SerialPort:
    return SerialPort(SerialSettings(port=str(path), name="dock", **settings), backoff=quick())  # type: ignore[arg-type]


@contextmanager
def running(driver: SerialPort, sink: Collector) -> Iterator[None]:
    thread = start(driver, sink)
    try:
        yield
    finally:
        driver.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scanner"


@pytest.fixture
def endless_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader waits for good, so that what should wake it must really do so."""
    monkeypatch.setattr(serial_port, "IDLE_S", 3600.0)


def numbered(first: int, last: int) -> list[bytes]:
    return [f"]C121SN-{number:06}".encode() for number in range(first, last)]


def test_two_thousand_codes_at_full_rate_arrive_once_each_in_order(path: Path) -> None:
    gun, sink, codes = Gun(path), Collector(), numbered(0, 2000)
    with running(port_of(path), sink):
        sender = gun.send_aside(b"".join(code + b"\r\n" for code in codes))
        sink.wait_for(lambda: len(sink.raws) >= 2000)
        sender.join()
    assert sink.raws == codes
    assert {item.source for item in sink.items if isinstance(item, Scan)} == {"serial:dock"}
    gun.unplug()


def test_unplugged_within_a_code_and_plugged_in_again(path: Path) -> None:
    gun, sink, codes = Gun(path), Collector(), numbered(0, 1000)
    with running(port_of(path), sink):
        gun.send(b"".join(code + b"\r" for code in codes[:500]) + b"]C121SN-0005")
        sink.wait_for(lambda: len(sink.raws) >= 500)
        while gun.unread():
            time.sleep(0.001)
        gun.unplug()
        sink.wait_for_states("ready", "lost", "lost")  # gone, then not there
        gun = Gun(path)
        gun.send(b"".join(code + b"\r" for code in codes[500:]))
        sink.wait_for(lambda: len(sink.raws) >= 1000)
    assert sink.raws == codes
    assert [state.state for state in sink.states] == ["ready", "lost", "lost", "ready"]
    assert [state.discarded for state in sink.states] == [b"", b"]C121SN-0005", b"", b""]
    assert "scan its label again" in sink.states[1].detail
    gun.unplug()


def test_unplugged_between_two_codes_discards_nothing_many_times(path: Path) -> None:
    sink, codes = Collector(), numbered(0, 200)
    with running(port_of(path), sink):
        for turn in range(10):
            gun = Gun(path)
            gun.send(b"".join(code + b"\r" for code in codes[turn * 20 : turn * 20 + 20]))
            sink.wait_for(lambda turn=turn: len(sink.raws) >= turn * 20 + 20)  # type: ignore[misc]
            gun.unplug()
            sink.wait_for(lambda turn=turn: sum("gone" in s.detail for s in sink.states) > turn)  # type: ignore[misc]
    assert sink.raws == codes
    assert not any(state.discarded for state in sink.states)


def test_a_scan_made_before_the_port_was_opened_is_read(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    gun.send(b"SN-1\r")
    driver = port_of(path)
    driver.open()
    with running(driver, sink):
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
    gun.unplug()


def test_every_byte_but_the_terminators_survives(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    code = bytes(byte for byte in range(256) if byte not in b"\r\n\t")
    with running(port_of(path), sink):
        sink.wait_for_states("ready")
        gun.send(code + b"\t" + code + b"\n")
        sink.wait_for(lambda: len(sink.raws) >= 2)
    assert sink.raws == [code, code]
    gun.unplug()


@pytest.mark.usefixtures("endless_wait")
def test_a_scanner_without_terminator_is_framed_by_silence(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    with running(port_of(path, terminator="none", gap_ms_max=50), sink):
        gun.send(b"A\rB")
        sink.wait_for(lambda: sink.raws == [b"A\rB"])
        gun.send(b"C")
        sink.wait_for(lambda: sink.raws == [b"A\rB", b"C"])
    gun.unplug()


def test_a_reader_that_was_late_does_not_take_that_for_silence(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    driver = port_of(path, terminator="none", gap_ms_max=50)
    driver.open()
    assert driver._port is not None
    framer, delivery = Framer(driver._framing), Delivery("dock", sink)
    gun.send(b"SN")
    while gun.unread():
        driver._read(driver._port, framer, delivery)
    time.sleep(0.06)
    gun.send(b"-1")
    while not gun.unread():  # the kernel hands bytes over a moment after they were sent
        time.sleep(0)
    while not sink.raws:
        driver._read(driver._port, framer, delivery)
    assert sink.raws == [b"SN-1"]
    driver.close()
    gun.unplug()


def test_a_code_beyond_the_bound_is_cut_and_said(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    with running(port_of(path), sink):
        sender = gun.send_aside(b"x" * 50_000 + b"\rSN-1\r")
        sink.wait_for(lambda: len(sink.raws) >= 2)
        sender.join()
    assert sink.raws == [b"x" * SCAN_BYTES_MAX, b"SN-1"]
    assert "was cut" in sink.states[1].detail
    gun.unplug()


def test_a_full_sink_is_reported_with_the_number_of_scans_it_refused(path: Path) -> None:
    gun, sink = Gun(path), Collector(room=3)
    with running(port_of(path), sink):
        gun.send(b"SN-1\rSN-2\rSN-3\rSN-4\r")
        sink.wait_for(lambda: sink.refusals == 4)  # two scans, and a report about each
        sink.make_room()
        gun.send(b"SN-5\r")
        sink.wait_for(lambda: sink.states[-1].refused > 0)
    assert sink.raws == [b"SN-1", b"SN-2", b"SN-5"]
    assert sink.states[-1].refused == 2
    assert "Refused, to be scanned again: 2" in sink.states[-1].detail
    gun.unplug()


@pytest.mark.usefixtures("endless_wait")
def test_the_gun_beeps_and_a_lost_one_blocks_nobody(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    driver = port_of(path)
    driver.beep(3)  # nobody there yet: such beeps are stale when the gun comes
    with running(driver, sink):
        sink.wait_for_states("ready")
        driver.beep(2)
        assert gun.received(2) == b"\x07\x07"
        driver.beep(1)
        assert gun.received(1) == b"\x07"
        gun.send(b"SN-1\r")
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
        assert gun.unheard() == 0
        gun.unplug()
        driver.beep(1_000_000)
    driver.beep()


def test_a_gun_that_takes_no_beep_still_scans(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    driver = port_of(path)
    with running(driver, sink):
        sink.wait_for_states("ready")
        gun.stop_listening()
        driver.beep()
        gun.send(b"SN-1\r")
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
    assert [state.state for state in sink.states] == ["ready"]
    gun.unplug()


def test_a_device_that_stays_away_is_reported_once_and_its_return_makes_the_waits_short_again(
    path: Path,
) -> None:
    tried_often, waits_s = Event(), []

    class Counted(Backoff):
        def next_s(self) -> float:
            waits_s.append(super().next_s())
            if len(waits_s) == 6:
                tried_often.set()
            return waits_s[-1]

    sink, backoff = Collector(), Counted(0.001, 0.008)
    with running(SerialPort(SerialSettings(port=str(path)), backoff=backoff), sink):
        assert tried_often.wait(PATIENCE_S)
        assert [state.state for state in sink.states] == ["lost"]
        gun = Gun(path)
        sink.wait_for_states("lost", "ready")
    assert waits_s[:6] == [0.001, 0.002, 0.004, 0.008, 0.008, 0.008]
    assert backoff.next_s() == 0.001
    gun.unplug()


def test_a_half_code_at_closing_is_reported(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    with running(port_of(path), sink):
        gun.send(b"SN-1\rSN-")
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
        while gun.unread():
            time.sleep(0.001)
    assert sink.states[-1].discarded == b"SN-"
    gun.unplug()


def test_a_device_is_found_again_by_its_own_name_when_its_number_changes(tmp_path: Path) -> None:
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    gun, sink = Gun(by_id / "usb-Gun_42-if00"), Collector()
    driver = SerialPort(SerialSettings(port=gun.device), backoff=quick(), by_id_dir=by_id)
    with running(driver, sink):
        gun.send(b"SN-1\r")
        sink.wait_for(lambda: sink.raws == [b"SN-1"])
        gun.unplug()
        sink.wait_for_states("ready", "lost", "lost")
        other = Gun(tmp_path / "other")  # takes the number that the gun had
        gun = Gun(by_id / "usb-Gun_42-if00")
        gun.send(b"SN-2\r")
        sink.wait_for(lambda: len(sink.raws) >= 2)
    assert sink.raws == [b"SN-1", b"SN-2"]
    assert gun.device != other.device
    gun.unplug()
    other.unplug()


def test_a_fault_of_our_own_is_not_silent(path: Path) -> None:
    gun, sink = Gun(path), Collector()

    def broken(item: Scan | Burst | DriverState, /) -> bool:
        if isinstance(item, Scan):
            raise ZeroDivisionError
        return sink(item)

    gun.send(b"SN-1\r")
    with pytest.raises(ZeroDivisionError):
        port_of(path).run(broken)
    assert [state.state for state in sink.states] == ["ready", "lost"]
    assert "start it again" in sink.states[1].detail
    gun.unplug()


def test_stable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gun = Gun(tmp_path / "scanner")
    assert by_id_name(str(gun.path), tmp_path / "none") == str(gun.path)
    assert by_id_name(gun.device, tmp_path) == str(gun.path)
    assert by_id_name(gun.device, tmp_path / "none") is None
    monkeypatch.setattr(serial_settings, "BY_ID_LINKS_MAX", 0)
    assert by_id_name(gun.device, tmp_path) is None
    gun.unplug()


def test_no_permission_names_the_command_that_gives_it(path: Path) -> None:
    gun, sink = Gun(path), Collector()
    Path(gun.device).chmod(0o000)
    driver = port_of(gun.device)
    importlib.import_module("serial")  # while this user may still read it
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        with running(driver, sink):
            sink.wait_for_states("denied")
    finally:
        os.seteuid(was)
    assert "may not be opened by you" in sink.states[0].detail
    assert "sudo usermod -aG dialout " in sink.states[0].detail
    gun.unplug()


def test_the_group_to_join_is_the_devices_own() -> None:
    assert "usermod -aG dialout" in permission_fix("/no/such/device")


def test_a_port_that_another_program_reads_is_refused(path: Path) -> None:
    gun = Gun(path)
    first, second = port_of(path), port_of(path)
    first.open()
    with pytest.raises(DriverError, match=r"another program has .* open; close that program"):
        second.open()
    first.close()
    second.open()
    second.close()
    gun.unplug()


@pytest.mark.parametrize(
    ("port", "settings", "sentence"),
    [
        ("/dev/no-such-gun", {}, "/dev/no-such-gun is not there; plug it in"),
        ("/dev/null", {}, "/dev/null is not a serial port with these settings"),
        ("spy:///dev/null", {}, "spy:// is not known; use a device or loop, rfc2217, socket"),
        ("socket://127.0.0.1:1", {}, "does not answer; check the network"),
        ("socket://nonsense", {}, "does not answer; check the network"),
    ],
)
def test_what_cannot_be_opened_is_explained_in_a_sentence(
    port: str, settings: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DriverError) as caught:
        port_of(port, **settings).open()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_scanner_behind_a_socket_comes_back_after_the_connection_broke() -> None:
    sink = Collector()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        with running(port_of(f"socket://127.0.0.1:{server.getsockname()[1]}"), sink):
            for turn in range(2):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(f"SN-{turn}\r\nSN-".encode())
                    sink.wait_for(lambda turn=turn: len(sink.raws) > turn)  # type: ignore[misc]
                sink.wait_for(lambda turn=turn: sum(bool(s.discarded) for s in sink.states) > turn)  # type: ignore[misc]
    assert sink.raws == [b"SN-0", b"SN-1"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pyserial's own, in its thread for RFC 2217
def test_a_scanner_behind_a_serial_server() -> None:
    sink = Collector()
    with SerialServer() as server, running(port_of(server.url), sink):
        sink.wait_for_states("ready")
        server.send(b"SN-1\x1d\xff\r")
        sink.wait_for(lambda: sink.raws == [b"SN-1\x1d\xff"])
        server.hang_up()
        sink.wait_for(lambda: sink.states[-1].state == "lost")


def test_a_loop_gives_back_the_beep() -> None:
    sink = Collector()
    driver = port_of("loop://", terminator="none", gap_ms_max=10)
    with running(driver, sink):
        sink.wait_for_states("ready")
        driver.beep()
        sink.wait_for(lambda: sink.raws == [b"\x07"])


def test_importing_the_drivers_loads_no_hardware_package() -> None:
    modules = sorted(file.stem for file in Path(drivers.__path__[0]).glob("*.py"))
    code = "import sys\n" + "".join(f"import drivers.{name}\n" for name in modules)
    code += (
        "print([name for name in ('serial', 'textual', 'evdev', 'cv2', 'requests') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
