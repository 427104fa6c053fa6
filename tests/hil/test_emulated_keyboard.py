"""A USB keyboard that is typed on from outside of the machine: nothing of it reaches the console while it is ours."""

from __future__ import annotations

import os
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from drivers.driver import start
from drivers.usb.driver import UsbScanners
from drivers.usb.settings import Rule, UsbSettings
from drivers.usb.sysfs import attached
from tests.drivers.usb.bench import Heard
from tests.hil.host import Host
from tests.hil.usages import typed
from tests.hil.waiting import WAIT_S, until

IDS = "0627:0001"
"""QEMU's own number for its keyboard."""

PER_S = 50.0
CODES = [f"sn-{number:06d}" for number in range(60)]
ROUNDS_MAX = 5


@pytest.fixture
def keyboard(host: Host) -> Iterator[Path]:
    """It is plugged in; the file that gives its bare reports, taken by nobody."""
    host.plug("kbd0", "usb-kbd")
    until(lambda: _node() is not None and bool(_hidraw()), lambda: str(attached()))
    yield _hidraw()[0]
    host.unplug("kbd0")
    until(lambda: _node() is None, lambda: str(attached()))


def _node() -> Path | None:
    return next((one.node for one in attached() if one.kind == "keyboard" and one.ids == IDS), None)


def _hidraw() -> list[Path]:
    vendor, product = (part.upper().rjust(8, "0") for part in IDS.split(":"))
    found = Path("/sys/class/hidraw").glob("hidraw*")
    wanted = f"HID_ID=0003:{vendor}:{product}"
    return [Path("/dev") / one.name for one in found if wanted in (one / "device" / "uevent").read_text()]


@pytest.fixture
def console() -> Iterator[Callable[[], bytes]]:
    """What the console has read since it was last asked."""
    fd = os.open("/dev/tty1", os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
    tty.setraw(fd)

    def read() -> bytes:
        try:
            return os.read(fd, 65536)
        except BlockingIOError:
            return b""

    read()
    yield read
    os.close(fd)


class Witness:
    """Reads the keyboard's bare reports: what the bus brought, whoever took the keys."""

    def __init__(self, node: Path) -> None:
        self._fd = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
        self._closing = Event()
        self.reports: list[bytes] = []
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """What they say."""
        return typed(self.reports)

    def close(self) -> None:
        """Look away."""
        self._closing.set()
        self._thread.join(WAIT_S)
        os.close(self._fd)

    def _run(self) -> None:
        while not self._closing.wait(0.002):
            try:
                while report := os.read(self._fd, 64):
                    self.reports.append(report)
            except BlockingIOError:
                continue


def test_a_keyboard_that_is_nobodys_types_into_the_console(
    host: Host, keyboard: Path, console: Callable[[], bytes]
) -> None:
    said = bytearray()
    host.type("abc123", 10)

    def all_there() -> bool:
        said.extend(console())
        return bytes(said) == b"abc123"

    until(all_there, lambda: f"the console said {bytes(said)!r}")


def test_fifty_characters_a_second_arrive_and_none_reaches_the_console(
    host: Host, keyboard: Path, console: Callable[[], bytes], heard: Heard, figure: Callable[[str], None]
) -> None:
    driver = UsbScanners(UsbSettings(rules=(Rule(match=IDS, name="typed"),)))
    thread = start(driver, heard)
    witness = Witness(keyboard)
    rounds = 0
    sent = "".join(code + "\r" for code in CODES)
    try:
        until(lambda: ("usb:typed", "ready") in heard.states, lambda: str(heard.items))
        for _ in range(ROUNDS_MAX):
            rounds += 1
            witness.reports.clear()
            before = len(heard.codes)
            took_s = host.type(sent, PER_S)
            until(lambda: witness.text.endswith("\r"), lambda: f"the bus brought {witness.text[-40:]!r}")
            brought = witness.text.split("\r")[:-1]
            until(
                lambda: len(heard.codes) - before >= len(brought),  # noqa: B023 - waited for before it changes
                lambda: f"{len(heard.codes) - before} of {len(brought)}",  # noqa: B023 - the same
            )
            assert [raw.decode() for _, raw in heard.codes[before:]] == brought
            if brought == CODES:
                break
            # QEMU's keyboard holds sixteen keys and drops more without a word when this computer is busy.
        else:
            pytest.fail(f"the emulator dropped keys in all of {ROUNDS_MAX} rounds")
        assert console() == b""
        assert heard.discarded == []
    finally:
        driver.close()
        thread.join(WAIT_S)
        witness.close()
    figure(
        f"{len(sent)} characters typed from outside at {len(sent) / took_s:.0f} a second, round {rounds}: "
        f"{len(CODES)} codes whole, nothing on the console"
    )
