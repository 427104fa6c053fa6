"""All USB scanners in one thread: found when plugged in, each with its own settings, owned up to when lost."""

from __future__ import annotations

import errno
import os
import selectors
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event

import msgspec

from drivers.bursts import Joiner, soonest
from drivers.driver import Delivery, DriverError, Sink
from drivers.scan import Scan
from drivers.usb.opened import Delivered, Gone, Opened, open_scanner
from drivers.usb.settings import Choice, UsbSettings
from drivers.usb.sysfs import DEV, SYS, Attached, attached, descriptor_of

LOOK_S = 1.0
"""Between two looks whether something was plugged in, seconds. One look is two calls of the system."""

RETRY_S = 5.0
"""Between two attempts to open a device that is there and cannot be opened, seconds."""

SCANNERS_MAX = 16

TORN = "a code was not finished, scan its label again"


class _Port(msgspec.Struct):
    """A scanner that is open."""

    device: Attached
    opened: Opened
    delivery: Delivery
    inhibits: bool
    """Whether it can be kept from reading. One with power of its own may be dark since its cable was pulled."""
    joiner: Joiner


class UsbScanners:
    """A :class:`drivers.driver.Driver` for every scanner on USB, keyboards and HID-POS alike."""

    def __init__(
        self,
        settings: UsbSettings,
        *,
        sys: Path = SYS,
        dev: Path = DEV,
        learned_gap_ms: Callable[[str], int] = lambda source: 0,
    ) -> None:
        """``learned_gap_ms``: by source, what the calibration card has told of a scanner's bursts."""
        self._settings = settings
        self._learned_gap_ms = learned_gap_ms
        self._sys, self._dev = sys, dev
        self._ports: dict[Path, _Port] = {}
        self._said: dict[str, str] = {}
        self._retry_s: dict[Path, float] = {}
        self._seen: tuple[int, ...] = ()
        self._look_s = 0.0
        self._closing = Event()
        self._inhibited = self._told_inhibited = False
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @property
    def name(self) -> str:
        """Its own; each scanner's scans have the source ``usb:<name>``."""
        return "usb"

    def open(self) -> None:
        """Nothing to do: scanners are opened when they are there."""

    def run(self, sink: Sink, /) -> None:
        """Deliver the scans of every scanner until :meth:`close`."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            try:
                now_s = time.monotonic()
                while not self._closing.is_set():
                    if now_s >= self._look_s:
                        self._look_around(selector, sink)
                    now_s = self._wait(selector, now_s)
            finally:
                for port in tuple(self._ports.values()):
                    port.opened.inhibit(inhibited=False)
                    self._let_go(port, selector, "")
                if not self._closing.is_set():
                    stopped = "reading stopped by a fault of this program; start it again"
                    Delivery(self.name, sink).state("lost", stopped)

    def close(self) -> None:
        """Make :meth:`run` return soon."""
        self._closing.set()
        self._wake()

    def inhibit(self, *, inhibited: bool = True) -> bool:
        """Keep those that know how from reading, or let them read again. False where none does. Never blocks."""
        self._inhibited = inhibited
        self._wake()
        return any(port.inhibits for port in tuple(self._ports.values()))

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b".")
        except OSError:  # full or closed: it is awake already
            return

    # -- plugging in and out ---------------------------------------------------------------------------------------

    def _look_around(self, selector: selectors.BaseSelector, sink: Sink) -> None:
        """Open what was plugged in. The folders of device files change whenever something is."""
        now_s = time.monotonic()
        self._look_s = now_s + LOOK_S
        seen = (_changed(self._dev), _changed(self._dev / "input"))
        due = any(now_s >= at_s for at_s in self._retry_s.values())
        if seen == self._seen and not due:
            return
        self._seen = seen
        devices = attached(self._sys, self._dev)
        there = {device.node for device in devices}
        self._retry_s = {node: at_s for node, at_s in self._retry_s.items() if node in there}
        for device in devices:
            if device.node in self._ports or now_s < self._retry_s.get(device.node, 0.0):
                continue
            choice = self._settings.choice(device)
            if choice.taken and len(self._ports) < SCANNERS_MAX:
                self._take(device, choice, selector, sink)

    def _take(self, device: Attached, choice: Choice, selector: selectors.BaseSelector, sink: Sink) -> None:
        delivery = Delivery(f"usb:{choice.name}", sink)
        try:
            opened = open_scanner(device, choice, descriptor_of(device, self._sys))
        except DriverError as error:
            cause = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
            denied = cause in (errno.EACCES, errno.EPERM)
            if self._said.get(choice.name) != str(error):
                delivery.state("denied" if denied else "lost", str(error))
                self._said[choice.name] = str(error)
            self._retry_s[device.node] = time.monotonic() + RETRY_S
            return
        self._said.pop(choice.name, None)
        self._retry_s.pop(device.node, None)
        source, set_ms = f"usb:{choice.name}", choice.typing.burst_gap_ms
        joiner = Joiner(lambda: set_ms or self._learned_gap_ms(source))
        port = _Port(device, opened, delivery, opened.inhibit(inhibited=self._inhibited), joiner)
        self._ports[device.node] = port
        selector.register(opened.fd, selectors.EVENT_READ, port)
        delivery.state("ready")

    def _let_go(self, port: _Port, selector: selectors.BaseSelector, why: str) -> None:
        selector.unregister(port.opened.fd)
        while port.opened.behind:
            _deliver(port, port.opened.read())
        half = port.opened.close()
        # Codes that came whole are codes, though the rest of their label is lost.
        for whole in port.joiner.rest():
            port.delivery.scan(whole)
        del self._ports[port.device.node]
        if half:
            why = f"{why or 'closed'}; {TORN}"
        if why:
            port.delivery.state("lost", why, discarded=half.raw if half else b"")

    # -- reading ---------------------------------------------------------------------------------------------------

    def _wait(self, selector: selectors.BaseSelector, now_s: float) -> float:
        """Read what comes, until something else is due; what time it is then."""
        due = [at_s for port in self._ports.values() if (at_s := _deadline(port)) is not None]
        wait_s = max(0.0, min([self._look_s, *due]) - now_s) + 0.001
        behind = any(port.opened.behind for port in self._ports.values())
        for key, _ in selector.select(0 if behind else wait_s):
            if isinstance(key.data, _Port):
                self._drain(key.data, selector)
            else:
                os.read(self._wake_read, 4096)
        if self._inhibited != self._told_inhibited:
            self._told_inhibited = self._inhibited
            for port in self._ports.values():
                port.opened.inhibit(inhibited=self._told_inhibited)
        now_s = time.monotonic()
        for port in tuple(self._ports.values()):
            if port.opened.behind:
                _deliver(port, port.opened.read())
                continue
            _deliver(port, port.opened.flush(now_s))
            for whole in port.joiner.flush(now_s, reading=port.opened.deadline() is not None):
                port.delivery.scan(whole)
            port.delivery.remind()
        return now_s

    def _drain(self, port: _Port, selector: selectors.BaseSelector) -> None:
        try:
            port.opened.drain()
        except Gone:
            self._let_go(port, selector, f"{port.device.product or port.device.ids} is unplugged")
            self._seen, self._look_s = (), 0.0  # a device that comes back at once may have the same file


def _deliver(port: _Port, items: Iterable[Delivered]) -> None:
    for item in items:
        if isinstance(item, Scan):
            for whole in port.joiner.take(item):
                port.delivery.scan(whole)
        else:
            port.delivery.state("ready", TORN, discarded=item.raw)


def _deadline(port: _Port) -> float | None:
    """When the silence of a scanner is to be judged."""
    due_s = port.opened.deadline()
    return soonest(due_s, port.joiner.deadline(reading=due_s is not None))


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
