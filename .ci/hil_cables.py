"""The hand at the cables: plugs devices into the virtual machine and uses them, when a test in the machine asks.

The tests ask over the machine's second serial line, a JSON object a line, and are answered by one when it is done:
``plug`` and ``unplug`` a USB device of QEMU's, ``type`` on its keyboard, ``feed`` bytes into its serial adapter, and
``keep`` a text as a file here. QEMU is told by its own protocol (QMP).
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

CONNECT_S_MAX = 30.0
"""QEMU opens its sockets within this time, seconds."""

UNPLUG_S_MAX = 60.0
"""QEMU takes a device out, and lets go of what it was connected to, within this time, seconds."""

_QCODES = {"-": "minus", "\r": "ret", " ": "spc", ".": "dot"}


class QmpError(Exception):
    """QEMU says no; its own words."""


class Cables:
    """One machine's devices. ``arguments`` for QEMU first, then :meth:`hold` while it runs."""

    def __init__(self, folder: Path, kept: Path) -> None:
        """``folder`` for sockets; ``kept`` is where texts go that a test wants to keep."""
        self._folder, self._kept = folder, kept
        self._qmp: Qmp | None = None
        self._serial: socket.socket | None = None

    @property
    def arguments(self) -> list[str]:
        """QEMU's: the line for the tests, its own protocol, a USB port and what the serial adapter is connected to."""
        sockets = {name: self._folder / name for name in ("tests", "qmp", "serial")}
        return [
            *(
                "-chardev",
                f"socket,id=tests,path={sockets['tests']},server=on,wait=off",
                "-serial",
                "chardev:tests",
            ),
            *("-chardev", f"socket,id=serial,path={sockets['serial']},server=on,wait=off"),
            *("-qmp", f"unix:{sockets['qmp']},server=on,wait=off", "-device", "qemu-xhci,id=usb"),
        ]

    def hold(self) -> None:
        """Answer the tests from now on, in a thread that ends with the machine."""
        Thread(target=self._answer, name="cables", daemon=True).start()

    def _answer(self) -> None:
        self._qmp = Qmp(_connected(self._folder / "qmp"))
        self._serial = _connected(self._folder / "serial")
        line = _connected(self._folder / "tests")
        for asked in line.makefile("rb"):
            try:
                answer = self._do(json.loads(asked))
            except (QmpError, OSError, ValueError, KeyError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            line.sendall(json.dumps(answer).encode() + b"\n")

    def _do(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        assert self._qmp is not None
        assert self._serial is not None
        match asked["do"]:
            case "plug":
                self._plug({name: value for name, value in asked.items() if name != "do"})
            case "unplug":
                self._qmp.call("device_del", id=asked["id"])
                self._qmp.await_event("DEVICE_DELETED", UNPLUG_S_MAX)
            case "type":
                return {"seconds": self._type(asked["text"], asked["per_s"])}
            case "feed":
                self._serial.sendall(bytes.fromhex(asked["hex"]))
            case "keep":
                (self._kept / Path(asked["name"]).name).write_text(asked["text"], "utf-8")
            case other:
                raise ValueError(f"{other} is not known")
        return {}

    def _plug(self, device: Mapping[str, Any]) -> None:
        """Plug it in; a device that was just pulled lets go of its connection a moment later."""
        assert self._qmp is not None
        end_s = time.monotonic() + UNPLUG_S_MAX
        while True:
            try:
                self._qmp.call("device_add", bus="usb.0", **device)
            except QmpError as error:
                if "in use" not in str(error) or time.monotonic() > end_s:
                    raise
                time.sleep(0.02)
            else:
                return

    def _type(self, text: str, per_s: float) -> float:
        """Press and release key after key; the seconds that it took."""
        assert self._qmp is not None
        start_s = time.monotonic()
        for number, character in enumerate(text):
            qcode = _QCODES.get(character, character)
            for half, down in ((0.0, True), (0.5, False)):
                time.sleep(max(0.0, start_s + (number + half) / per_s - time.monotonic()))
                key = {"down": down, "key": {"type": "qcode", "data": qcode}}
                self._qmp.call("input-send-event", events=[{"type": "key", "data": key}])
        return time.monotonic() - start_s


class Qmp:
    """QEMU's protocol: a call and its answer, with events in between."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._events: list[str] = []
        self._lines.readline()  # the greeting
        self.call("qmp_capabilities")

    def call(self, command: str, **arguments: object) -> object:
        """What QEMU gives back. Raises :class:`QmpError`."""
        self._connection.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            said = self._next()
            if "return" in said:
                return said["return"]
            if "error" in said:
                raise QmpError(said["error"].get("desc", ""))

    def await_event(self, name: str, seconds: float) -> None:
        """Wait for an event, which may have come before. Raises TimeoutError."""
        self._connection.settimeout(seconds)
        try:
            while name not in self._events:
                self._next()
            self._events.clear()
        finally:
            self._connection.settimeout(None)

    def _next(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise QmpError("QEMU is gone")
        said: dict[str, Any] = json.loads(line)
        if "event" in said:
            self._events.append(said["event"])
        return said


def _connected(path: Path) -> socket.socket:
    """A connection to a socket that QEMU is about to open. Raises OSError where it does not."""
    end_s = time.monotonic() + CONNECT_S_MAX
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(path))
        except OSError:
            connection.close()
            if time.monotonic() > end_s:
                raise
            time.sleep(0.05)
        else:
            return connection
