"""A port for a server that is to be told its number: nothing that runs beside a test is given the same one."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

LOWEST = 10_240
TRIES_MAX = 200
_ANY = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""Ports that the kernel gives to whoever asks for any, for listening as for calling out."""


def free_port() -> int:
    """A port of this machine that nothing listens on, and that nobody gets by chance before it is used."""
    highest = int(_ANY.read_text().split()[0]) - 1
    chance = random.SystemRandom()
    for _ in range(TRIES_MAX):
        port = chance.randint(LOWEST, max(highest, LOWEST + 1000))
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
