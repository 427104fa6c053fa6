"""Scanners on a serial port, USB ones included: read, lost, found again, and made to beep.

Nothing that a scanner sends is thrown away to make a clean start: what waits in the port when it is opened is read.
An AIM identifier that the scanner sends in front of its data stays there; telling it apart is the reader's work.
"""

from __future__ import annotations

import errno
import math
import termios
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from drivers.bursts import Gap, Joiner, no_gap
from drivers.driver import Backoff, Delivery, DriverError, Sink, State, wall_ms_at
from drivers.framing import Fragment, Frame, Framer
from drivers.scan import SCAN_BYTES_MAX
from drivers.serial_profiles import PROFILES
from drivers.serial_settings import BY_ID_DIR, URL_SCHEMES, SerialSettings, by_id_name, permission_fix

if TYPE_CHECKING:
    from serial import Serial

READ_BYTES_MAX = 4096
"""Most bytes taken in one read."""

IDLE_S = 1.0
"""Longest uninterrupted wait for a device file, seconds; closing and beeping interrupt it."""

IDLE_URL_S = 0.2
"""The same for a URL, whose wait cannot be interrupted."""

WRITE_S_MAX = 0.2
"""Longest wait for a scanner to take a beep, seconds. One that takes none has a full buffer and needs no beep."""

BEEPS_MAX = 8
"""Most beeps and other commands that wait to be sent."""

_GONE = (
    OSError,
    termios.error,
)  # pyserial raises all of these, depending on the call that meets the unplugging


class SerialPort:
    """A :class:`drivers.driver.Driver` for one serial scanner."""

    def __init__(
        self,
        settings: SerialSettings,
        *,
        backoff: Backoff | None = None,
        by_id_dir: Path = BY_ID_DIR,
        learned_gap_ms: Gap = no_gap,
    ) -> None:
        """``learned_gap_ms``: what the calibration card has told of this scanner's bursts, where no setting does."""
        self._settings = settings
        self._learned_gap_ms = learned_gap_ms
        self._joiner = Joiner(self._burst_gap_ms)
        self._read_s = -math.inf  # the last read, monotonic seconds
        self._framing = settings.framing
        self._backoff = backoff or Backoff()
        self._by_id_dir = by_id_dir
        self._device = settings.port  # once found, its name that stays when it is plugged in again
        self._port: Serial | None = None
        self._port_lock = (
            Lock()
        )  # closing a port while another thread interrupts its wait would hit a foreign file
        self._closing = Event()
        self._running = False
        self._profile = PROFILES[settings.profile]
        self._commands: deque[bytes] = deque(maxlen=BEEPS_MAX)
        self._inhibited = self._tell_inhibited = False
        self._said: tuple[State, str] | None = None

    @property
    def name(self) -> str:
        """The source that its scans carry."""
        return f"serial:{self._settings.name}"

    def open(self) -> None:
        """Open the device now. Raises :class:`DriverError`."""
        if self._port is None:
            port = self._new_port()
            with self._port_lock:
                self._port = port
            if not self._settings.is_url:
                self._device = by_id_name(self._device, self._by_id_dir) or self._device

    def run(self, sink: Sink, /) -> None:
        """Deliver scans until :meth:`close`; find the device again whenever it is lost."""
        self._running = True
        delivery = Delivery(self.name, sink)
        try:
            while not self._closing.is_set():
                self._connect(delivery)
        finally:
            self._shut()
            if not self._closing.is_set():
                self._say(delivery, "lost", "reading stopped by a fault of this program; start it again")

    def close(self) -> None:
        """Make :meth:`run` return soon, for good."""
        self._closing.set()
        if self._running:
            self._interrupt()  # the thread that reads is the one to close the port
        else:
            self._shut()

    def beep(self, times: int = 1) -> None:
        """Make the scanner itself beep: the sign that the hand gets. Never blocks."""
        self._tell(*[self._profile.beep] * min(times, BEEPS_MAX))

    def pull_trigger(self, *, pulled: bool = True) -> bool:
        """Pull or release the trigger. False where the scanner's family has no command for it. Never blocks."""
        return self._tell(self._profile.trigger if pulled else self._profile.release)

    def inhibit(self, *, inhibited: bool = True) -> bool:
        """Keep the scanner from reading, or let it read again. False where it cannot or may not. Never blocks.

        A scanner that is plugged in again is told anew, and none is left dark when the program ends.
        """
        if not self._can_inhibit:
            return False
        self._inhibited, self._tell_inhibited = inhibited, True
        self._interrupt()
        return True

    @property
    def _can_inhibit(self) -> bool:
        return self._settings.inhibit and bool(self._profile.inhibit)

    def _tell(self, *commands: bytes) -> bool:
        self._commands.extend(command for command in commands if command)
        self._interrupt()
        return all(commands)

    def _burst_gap_ms(self) -> int:
        return self._settings.burst_gap_ms or self._learned_gap_ms()

    def _connect(self, delivery: Delivery) -> None:
        """Find the device and deliver until it is lost; or wait a while."""
        try:
            self.open()
        except DriverError as error:
            denied = isinstance(error.__cause__, OSError) and error.__cause__.errno in (
                errno.EACCES,
                errno.EPERM,
            )
            self._say(delivery, "denied" if denied else "lost", str(error))
            self._closing.wait(self._backoff.next_s())
            delivery.remind()
        else:
            self._deliver_until_lost(delivery)

    # -- one connection ----------------------------------------------------------------------------------------

    def _deliver_until_lost(self, delivery: Delivery) -> None:
        port = self._port
        assert port is not None
        self._commands.clear()
        self._tell_inhibited = (
            self._can_inhibit
        )  # one with power of its own may be dark since the cable was pulled
        self._backoff.reset()
        self._say(delivery, "ready", "")
        framer = Framer(self._framing)
        self._read_s = -math.inf
        lost = ""
        try:
            while not self._closing.is_set():
                self._send_commands(port)
                self._read(port, framer, delivery)
            self._inhibited, self._tell_inhibited = False, self._inhibited
            self._send_commands(port)
        except _GONE:
            lost = f"{self._device} is gone"
        # Codes that came whole are codes, though the rest of their label is lost.
        for whole in self._joiner.rest():
            delivery.scan(whole)
        fragment = framer.lost()
        self._shut()
        if fragment:
            lost = f"{lost or 'closed'}; a code was not finished, scan its label again"
        if lost:
            self._say(delivery, "lost", lost, fragment)

    def _read(self, port: Serial, framer: Framer, delivery: Delivery) -> None:
        # Bytes that lay waiting say nothing about silence: this thread may have been late, not the scanner.
        waiting = port.in_waiting
        if not waiting and not self._settings.is_url:
            timeout_s = self._patience_s(framer)
            if port.timeout != timeout_s:
                port.timeout = timeout_s
        data = port.read(min(waiting, READ_BYTES_MAX) or 1)
        now_s = time.monotonic()
        # What lay waiting for longer than the pause within a burst may be of two pulls of the trigger.
        sure = not waiting or now_s - self._read_s <= self._burst_gap_ms() / 1000
        self._read_s = now_s
        for item in framer.feed(data, now_s, late=waiting > 0):
            self._hand_over(item, delivery, sure=sure)
        for whole in self._joiner.flush(now_s, reading=framer.reading):
            delivery.scan(whole)
        if not data:
            delivery.remind()

    def _patience_s(self, framer: Framer) -> float:
        """How long to wait for the next byte: not beyond what a silence may decide."""
        now_s = time.monotonic()
        due_s = framer.deadline()
        soon = due_s is not None and due_s - now_s < IDLE_S
        wait_s = min(IDLE_S, self._framing.gap_ms_max / 1000 or IDLE_S) if soon else IDLE_S
        burst_s = self._joiner.deadline(reading=framer.reading)
        return wait_s if burst_s is None else min(wait_s, max(burst_s - now_s, 0.0) + 0.001)

    def _hand_over(self, item: Frame | Fragment, delivery: Delivery, *, sure: bool) -> None:
        if isinstance(item, Fragment):
            self._say(delivery, "ready", "the end of a code never came, scan its label again", item)
            return
        if item.bytes_cut:
            self._say(delivery, "ready", f"a code was longer than {SCAN_BYTES_MAX} bytes and was cut")
        for whole in self._joiner.take(item.scan(self.name, wall_ms_at(item.time_s)), sure=sure):
            delivery.scan(whole)

    def _say(self, delivery: Delivery, state: State, detail: str, fragment: Fragment | None = None) -> None:
        """Report news; that a device is still not there is none."""
        if fragment or state == "ready" or (state, detail) != self._said:
            delivery.state(state, detail, discarded=fragment.raw if fragment else b"")
        self._said = (state, detail)

    def _send_commands(self, port: Serial) -> None:
        import serial

        while self._commands:
            try:
                port.write(self._commands.popleft())
            except serial.SerialTimeoutException:
                self._commands.clear()
        if self._tell_inhibited:
            # Apart from the other commands: of those the oldest gives way, and a gun must not stay dark for that.
            self._tell_inhibited = (
                False  # before it is looked up: whoever changes it meanwhile asks to be heard again
            )
            try:
                port.write(self._profile.inhibit if self._inhibited else self._profile.allow)
            except serial.SerialTimeoutException:
                self._tell_inhibited = True

    def _interrupt(self) -> None:
        with self._port_lock:
            cancel_read = getattr(self._port, "cancel_read", None)  # a URL has none; its wait is short
            if cancel_read:
                cancel_read()

    def _shut(self) -> None:
        with self._port_lock:
            port, self._port = self._port, None
            if port is not None:
                with suppress(*_GONE):  # gone already, which is what closing wanted
                    port.close()

    # -- opening -----------------------------------------------------------------------------------------------

    def _new_port(self) -> Serial:
        what = f"The serial scanner {self._settings.name} cannot be used"
        scheme, is_url, _ = self._settings.port.partition("://")
        if is_url and scheme not in URL_SCHEMES:
            raise DriverError(
                what, f"{scheme}:// is not known", f"use a device or {', '.join(sorted(URL_SCHEMES))}"
            )
        try:
            import serial

            port = serial.serial_for_url(
                self._device,
                do_not_open=True,
                baudrate=self._settings.baud,
                bytesize=self._settings.bits,
                parity=self._settings.parity,
                stopbits=self._settings.stop_bits,
                timeout=IDLE_URL_S if is_url else IDLE_S,
                write_timeout=None if scheme == "rfc2217" else WRITE_S_MAX,  # pyserial has none there
                exclusive=None if is_url else True,
            )
            # pyserial empties the port on opening; a scan made between plugging in and opening lies there.
            vars(port).update(_reset_input_buffer=_keep, reset_input_buffer=_keep)
            port.open()
        except ImportError as error:
            raise DriverError(what, "pyserial is not installed", "run: pip install pyserial") from error
        except (OSError, termios.error, ValueError) as error:
            raise self._explained(what, error) from error
        return port

    def _explained(self, what: str, error: Exception) -> DriverError:
        number = error.errno if isinstance(error, OSError) else None
        if self._settings.is_url:
            return DriverError(what, f"{self._device} does not answer", "check the network, host and port")
        if number in (errno.EACCES, errno.EPERM):
            return DriverError(what, f"{self._device} may not be opened by you", permission_fix(self._device))
        if number in (errno.EAGAIN, errno.EBUSY):
            return DriverError(what, f"another program has {self._device} open", "close that program")
        if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO):
            return DriverError(
                what, f"{self._device} is not there", "plug it in, or correct its port in the settings"
            )
        return DriverError(
            what, f"{self._device} is not a serial port with these settings", "correct the settings"
        )


def _keep() -> None:
    """Leave the input as it is."""
