"""The hand outside of the machine: plugs QEMU's own devices in and out, types on them and feeds them."""

from __future__ import annotations

import json
import os
import select
import tty

LINE = "/dev/ttyS1"
ANSWER_S_MAX = 300.0
"""Longest wait for what was asked to be done, seconds."""


class Host:
    """Asks, and waits until it is done. ``.ci/hil_cables.py`` answers."""

    def __init__(self) -> None:
        self._fd = os.open(LINE, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._fd)

    def plug(self, ident: str, driver: str, **settings: str) -> None:
        """Plug in one of QEMU's USB devices."""
        self._ask("plug", id=ident, driver=driver, **settings)

    def unplug(self, ident: str) -> None:
        """Pull its cable."""
        self._ask("unplug", id=ident)

    def type(self, text: str, per_s: float) -> float:
        """Type on QEMU's keyboard; the seconds that it took. ``\\r`` is the Enter key."""
        answer = self._ask("type", text=text, per_s=per_s)
        return float(str(answer["seconds"]))

    def feed(self, data: bytes) -> None:
        """Send bytes through QEMU's serial adapter."""
        self._ask("feed", hex=data.hex())

    def keep(self, name: str, text: str) -> None:
        """Write a file among the recordings, on the real computer."""
        self._ask("keep", name=name, text=text)

    def _ask(self, do: str, **what: object) -> dict[str, object]:
        os.write(self._fd, json.dumps({"do": do, **what}).encode() + b"\n")
        heard = b""
        while not heard.endswith(b"\n"):
            ready, _, _ = select.select([self._fd], [], [], ANSWER_S_MAX)
            assert ready, f"no answer to {do}"
            heard += os.read(self._fd, 4096)
        answer: dict[str, object] = json.loads(heard)
        assert "error" not in answer, f"{do}: {answer['error']}"
        return answer
