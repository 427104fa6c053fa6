"""A serial scanner on the running handheld: every code once, also around a pulled plug."""

from __future__ import annotations

import os
import pty
import tty
from pathlib import Path

from tests.pty.floor import LONG, Floor, serials

HALF = 1000 if LONG else 150


class Plug:
    """A serial cable that can be pulled: a link that points to a pseudo-terminal while it is in."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self.insert()

    def insert(self) -> None:
        """A new device, found under the same name."""
        self._gun, slave = pty.openpty()
        tty.setraw(slave)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(slave))
        self._slave = slave

    def send(self, data: bytes) -> None:
        """What the gun sends."""
        while data:
            data = data[os.write(self._gun, data) :]

    def pull(self) -> None:
        """The device is gone."""
        self._link.unlink()
        os.close(self._gun)
        os.close(self._slave)


def test_a_plug_pulled_in_the_middle_of_a_code(tmp_path: Path) -> None:
    link = tmp_path / "gun"
    plug = Plug(link)
    floor = Floor(tmp_path, serial_port=str(link))
    floor.open_order()
    before, after = serials(1, HALF), serials(HALF + 1, HALF)
    plug.send("".join(serial + "\r" for serial in before).encode())
    floor.wait_received(HALF)
    plug.send(b"SN-99")  # half a label
    floor.terminal.wait(lambda: True, "the half to be on its way")
    plug.pull()
    floor.terminal.wait_output("lost")
    plug.insert()
    plug.send("".join(serial + "\r" for serial in after).encode())
    floor.wait_received(2 * HALF)
    assert floor.received() == before + after
    assert not [
        event for event in floor.journal() if "SN-99" in event.raw and event.serial not in before + after
    ]
    floor.terminal.process.kill()
