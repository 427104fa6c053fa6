from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers import bursts
from drivers.driver import DriverState, start
from drivers.framing import Fragment, Framing
from drivers.scan import Scan
from drivers.usb import driver as usb_driver
from drivers.usb import opened as usb_opened
from drivers.usb.driver import UsbScanners
from drivers.usb.hid_descriptor import parse
from drivers.usb.key_events import KEY_ENTER
from drivers.usb.opened import PosPort, open_scanner
from drivers.usb.pos_commands import PREVENT_READ, command
from drivers.usb.settings import Rule, Typing, UsbSettings
from drivers.usb.sysfs import attached
from tests.drivers.usb.bench import Bench, Heard
from tests.drivers.usb.recorded import dropped, keys, recording
from tests.drivers.usb.test_hid_pos import counted, raw_descriptor

IMAGER = "usb:0c2e-0907-SN42"
POS = "usb:05e0-1300-POS7"
WAIT_S = 20.0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.clear()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def running(
    bench: Bench, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[UsbSettings], None]]:
    monkeypatch.setattr(usb_driver, "LOOK_S", 0.02)
    started = []

    def run(settings: UsbSettings) -> None:
        driver = UsbScanners(settings, sys=bench.sys, dev=bench.dev)
        started.append((driver, start(driver, heard)))

    yield run
    for driver, thread in started:
        driver.close()
        thread.join(WAIT_S)
        assert not thread.is_alive()


def until(met: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not met():
        assert time.monotonic() < end_s, "it did not come in time"
        time.sleep(0.005)


def test_a_scanner_that_types_is_found_and_read(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    node = bench.plug_keyboard(3)
    running(UsbSettings())
    until(lambda: heard.states == [(IMAGER, "ready")])
    bench.type(node, keys(2, 3, KEY_ENTER, 4, 5, KEY_ENTER))
    until(lambda: len(heard.codes) == 2)
    assert heard.codes == [(IMAGER, b"12"), (IMAGER, b"34")]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause that joins even where this machine is busy."""
    monkeypatch.setattr(bursts, "GAP_MS_MAX", 1500)


@pytest.mark.usefixtures("patient")
def test_an_imager_that_types_all_codes_of_a_label_at_once_gives_a_burst(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    node = bench.plug_keyboard(3)
    running(UsbSettings(typing=Typing(burst_gap_ms=1500)))
    until(lambda: heard.states == [(IMAGER, "ready")])
    bench.type(node, keys(2, 3, KEY_ENTER, 4, 5, KEY_ENTER, 6, 7, KEY_ENTER))
    until(lambda: len(heard.bursts) == 1)
    assert heard.bursts == [[b"12", b"34", b"56"]]
    assert heard.codes == []


@pytest.mark.usefixtures("patient")
def test_reports_of_one_pull_are_a_burst_and_unplugging_loses_none(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    node = bench.plug_pos(0, raw_descriptor("counted"))
    running(UsbSettings(rules=(Rule(match="05e0:*", typing=Typing(burst_gap_ms=1500)),)))
    until(lambda: heard.states == [(POS, "ready")])
    for code in (b"SN-1", b"LOT7"):
        bench.write(node, counted(code))
        until(lambda: bench.unread(node) == 0)  # a pipe would join what is not read yet, a device never does
    assert heard.codes == []
    bench.unplug(node)
    until(lambda: heard.states == [(POS, "ready"), (POS, "lost")])
    assert heard.bursts == [[b"SN-1", b"LOT7"]]


def test_the_keyboard_of_a_person_is_left_alone(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    bench.plug_keyboard(1, vendor=0x046D, name="Keyboard K120", serial="")
    bench.plug_keyboard(2, vendor=0x0C2E, keys="10000000000000 0")
    bench.plug_keyboard(3)
    running(UsbSettings())
    until(lambda: heard.states == [(IMAGER, "ready")])


def test_a_keyboard_that_the_settings_name_is_a_scanner_with_its_layout(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    node = bench.plug_keyboard(1, vendor=0x1234, name="Wedge", serial="")
    framing = Framing(prefix=b"SN-")
    running(
        UsbSettings(rules=(Rule(match="1234:*", name="dock", typing=Typing(layout="de", framing=framing)),))
    )
    until(lambda: heard.states == [("usb:dock", "ready")])
    recorded = recording("de")
    bench.type(node, recorded.events)
    until(lambda: len(heard.codes) == len(recorded.codes))
    assert heard.codes[0][1].startswith(b"004712/a.B_9+")
    assert [raw.decode() for _, raw in heard.codes[1:]] == recorded.codes[1:]


def test_a_scanner_that_the_settings_ignore_is_not_touched(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    bench.plug_keyboard(1)
    bench.plug_keyboard(2, serial="SN43")
    running(UsbSettings(rules=(Rule(match="SN42", ignore=True),)))
    until(lambda: heard.states == [("usb:0c2e-0907-SN43", "ready")])


def test_unplugged_in_the_middle_of_a_code_and_plugged_in_again(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    running(UsbSettings())
    for cycle in range(3):
        node = bench.plug_keyboard(3 + cycle)
        until(lambda cycle=cycle: heard.states.count((IMAGER, "ready")) == cycle + 1)  # type: ignore[misc]
        bench.type(node, keys(2, 3, KEY_ENTER, 4))
        until(lambda cycle=cycle: len(heard.codes) == cycle + 1)  # type: ignore[misc]
        bench.unplug(node)
        until(lambda cycle=cycle: heard.states.count((IMAGER, "lost")) == cycle + 1)  # type: ignore[misc]
    assert heard.codes == [(IMAGER, b"12")] * 3
    assert heard.discarded == [b"3"] * 3


def test_lost_events_are_owned_up_to(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    node = bench.plug_keyboard(3)
    running(UsbSettings())
    until(lambda: bool(heard.states))
    bench.type(
        node, [*keys(2, 3), *dropped(0.005), *keys(4, KEY_ENTER, at_s=0.006), *keys(5, KEY_ENTER, at_s=0.02)]
    )
    until(lambda: len(heard.codes) == 1)
    assert heard.codes == [(IMAGER, b"4")]
    assert heard.discarded == [b"123"]


def test_several_scanners_of_both_kinds_do_not_mix(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    first, second = bench.plug_keyboard(1), bench.plug_keyboard(2, serial="SN43")
    pos = bench.plug_pos(0, raw_descriptor("counted"))
    running(UsbSettings())
    until(lambda: len(heard.states) == 3)
    bench.type(first, keys(2, 3))
    bench.type(second, keys(9, KEY_ENTER))
    bench.write(pos, counted(b"SN-1"))
    bench.type(first, keys(4, KEY_ENTER))
    until(lambda: len(heard.codes) == 3)
    assert sorted(heard.codes) == [(POS, b"SN-1"), (IMAGER, b"123"), ("usb:0c2e-0907-SN43", b"8")]


def test_one_that_is_there_and_may_not_be_opened_is_denied_with_the_fix(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "no")

    node = bench.plug_keyboard(3)
    monkeypatch.setattr("drivers.usb.opened.os.open", refuse)
    monkeypatch.setattr(usb_driver, "RETRY_S", 0.05)
    running(UsbSettings())
    until(lambda: heard.states == [(IMAGER, "denied")])
    (said,) = heard.items
    assert isinstance(said, DriverState)
    assert "70-scanner.rules" in said.detail
    monkeypatch.undo()
    until(lambda: heard.states[-1] == (IMAGER, "ready"))
    bench.type(node, keys(2, KEY_ENTER))
    until(lambda: len(heard.codes) == 1)


def test_its_name_is_the_same_in_another_port_and_differs_without_a_serial_number(bench: Bench) -> None:
    bench.plug_keyboard(1)
    bench.plug_keyboard(7)
    bench.plug_keyboard(8, serial="")
    names = [device.stable_name for device in attached(bench.sys, bench.dev)]
    assert names[0] == names[1] == "0c2e-0907-SN42"
    assert names[2] == "0c2e-0907-usb-0000-00-14.0-8"


def test_what_came_before_the_cable_was_pulled_is_delivered_whole(
    bench: Bench, heard: Heard, running: Callable[[UsbSettings], None]
) -> None:
    node = bench.plug_keyboard(3)
    running(UsbSettings())
    until(lambda: heard.states == [(IMAGER, "ready")])
    code = [2, 3, 4, 5, KEY_ENTER]
    bench.type(node, keys(*code * 100, 6, 7))  # more than is understood in one go
    bench.unplug(node)
    until(lambda: (IMAGER, "lost") in heard.states)
    assert heard.codes == [(IMAGER, b"1234")] * 100
    assert heard.discarded == [b"56"]


def test_a_burst_is_taken_off_the_kernel_before_it_is_understood(bench: Bench, heard: Heard) -> None:
    node = bench.plug_keyboard(3)
    opened = open_scanner(
        attached(bench.sys, bench.dev)[0], UsbSettings().choice(attached(bench.sys, bench.dev)[0]), None
    )
    bench.type(node, keys(*[2, 3, 4, 5, KEY_ENTER] * 20))
    opened.drain()
    with pytest.raises(BlockingIOError):
        os.read(opened.fd, 1)
    found: list[object] = []
    portions = 0
    while opened.behind:
        found += opened.read()
        portions += 1
    assert len(found) == 20
    assert portions >= len(found)
    opened.close()


def test_reports_that_had_no_room_are_owned_up_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_opened, "REPORTS_WAITING_MAX", 2)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    port = PosPort(ours.detach(), "usb:pos", parse(raw_descriptor("counted")))
    for number in range(4):
        theirs.send(counted(f"SN-{number}".encode()))
    port.drain()
    found = port.read()
    assert [item.raw for item in found] == [b"SN-0", b"SN-1", b"?"]
    assert [type(item) for item in found] == [Scan, Scan, Fragment]
    port.close()
    theirs.close()


def test_a_scanner_that_knows_how_is_told_to_read_nothing() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.setblocking(False)
    for name, told, dark, light in (
        ("trigger-and-lock", True, b"\x05\x02", b"\x05\x00"),
        ("trigger-and-lock", False, b"", b""),
        ("counted", True, b"", b""),
    ):
        knows = told and bool(dark)
        assert bool(command(parse(raw_descriptor(name)), PREVENT_READ)) is (name != "counted")
        port = PosPort(os.dup(ours.fileno()), "usb:pos", parse(raw_descriptor(name)), told=knows)
        assert port.inhibit(inhibited=True) is knows
        assert port.inhibit(inhibited=False) is knows
        heard = [theirs.recv(64) for _ in range(2 * knows)]
        assert heard == [dark, light][: 2 * knows]
        port.close()
    ours.close()
    theirs.close()
