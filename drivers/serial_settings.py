"""How one serial scanner is connected, and where its device is to be found."""

from __future__ import annotations

import grp
import os
import pwd
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from drivers.framing import Framing
from drivers.serial_profiles import ProfileName

BY_ID_DIR = Path("/dev/serial/by-id")
"""Where udev names serial devices by maker, product and serial number instead of by the order of plugging in."""

BY_ID_LINKS_MAX = 256
"""Most names looked at there."""

URL_SCHEMES = frozenset({"socket", "rfc2217", "loop"})
"""Connections other than a device file: a raw TCP socket, a serial server, and a loop for tests."""

TERMINATORS: dict[str, tuple[bytes, ...]] = {
    "any": (b"\r", b"\n", b"\t"),
    "cr": (b"\r",),
    "lf": (b"\n",),
    "crlf": (b"\r\n",),
    "tab": (b"\t",),
    "none": (),
}
"""What ends a code, by its name in the settings. ``cr`` takes a line feed after it as part of the end."""


class SerialSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One serial scanner. Guns come from the factory with 9600 baud, 8 bits, no parity and a carriage return."""

    port: str
    """A device file, best by its ``/dev/serial/by-id`` name, or ``socket://HOST:PORT``, ``rfc2217://HOST:PORT``."""

    name: str = "scanner"
    """What people call it; its scans have the source ``serial:<name>``."""

    baud: int = 9600
    bits: Literal[5, 6, 7, 8] = 8
    parity: Literal["N", "E", "O", "M", "S"] = "N"
    stop_bits: Literal[1, 2] = 1

    terminator: Literal["any", "cr", "lf", "crlf", "tab", "none"] = "any"
    """What ends a code; with ``none``, silence does."""

    gap_ms_max: int = 150
    """See :attr:`drivers.framing.Framing.gap_ms_max`."""

    prefix: bytes = b""
    suffix: bytes = b""

    burst_gap_ms: int = 0
    """For an imager that sends several codes for one pull: see :mod:`drivers.bursts`. 0: it does not."""

    profile: ProfileName = "generic"
    """What it understands from the host."""

    inhibit: bool = True
    """Whether it may be kept from reading, where its profile knows how."""

    @property
    def is_url(self) -> bool:
        """True for a connection over the network or a loop, False for a device file."""
        return "://" in self.port

    @property
    def framing(self) -> Framing:
        """How its codes are told apart. Raises ``ValueError`` for settings that could not frame."""
        return Framing(
            terminators=TERMINATORS[self.terminator],
            gap_ms_max=self.gap_ms_max,
            prefix=self.prefix,
            suffix=self.suffix,
        )


def by_id_name(device: str, by_id_dir: Path = BY_ID_DIR) -> str | None:
    """The name of ``device`` that stays when it is plugged in again; None where there is none.

    A path that is a link already was chosen to be stable, by udev or by whoever wrote the settings.
    """
    path = Path(device)
    if path.is_symlink():
        return device
    try:
        links = islice(by_id_dir.iterdir(), BY_ID_LINKS_MAX)
        return next((str(link) for link in links if link.resolve() == path.resolve()), None)
    except OSError:
        return None


def permission_fix(device: str) -> str:
    """The command that lets this user open ``device``: membership in the group that the device belongs to."""
    group = "dialout"
    try:
        status = Path(device).stat()
        if status.st_gid and status.st_mode & 0o060 == 0o060:
            group = grp.getgrgid(status.st_gid).gr_name
    except (OSError, KeyError):
        pass  # then the group that Debian gives to serial devices
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    return f"run: sudo usermod -aG {group} {user} (then log out and in again)"
