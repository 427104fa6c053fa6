"""The way to a printer: TCP port 9100, a USB device file, or a folder that something else prints from."""

from __future__ import annotations

import os
import select
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from config import own_files
from drivers.driver import DriverError

CONNECT_S_MAX = 3.0
"""Longest wait for a printer on the network to answer, seconds."""

STALL_S_MAX = 20.0
"""Longest time in which a printer may take nothing of a job, seconds: out of paper, or its cover open."""

END_S_MAX = 3.0
"""Longest wait for a printer on the network to close the line after a job, seconds."""

CHUNK_BYTES = 4096
DEFAULT_PORT = 9100


class NotSent(DriverError):
    """The printer cannot be reached: not a byte of the job has gone."""


class Interrupted(DriverError):
    """The printer went away, or stopped, in the middle of a job: its label may be on paper or not."""


def send(target: str, job: bytes) -> None:
    """Send a whole job. Raises :class:`NotSent` or :class:`Interrupted`."""
    if target.startswith("tcp://"):
        _send_tcp(target, job)
    elif Path(target).is_dir():
        _spool(Path(target), job)
    else:
        _send_device(target, job)


def reach(target: str) -> None:
    """See whether a printer is there, without printing. Raises :class:`NotSent`."""
    if target.startswith("tcp://"):
        connected(target).close()
    elif Path(target).is_dir():
        if not os.access(target, os.W_OK):
            raise NotSent(_what(target), "the folder cannot be written", "check its owner")
    else:
        os.close(_opened(target))


def _what(target: str) -> str:
    return f"The label printer {target} does not print"


def connected(target: str) -> socket.socket:
    """A line to a printer on the network. Raises :class:`NotSent`."""
    try:
        parts = urlsplit(target)
        address = parts.hostname or "", parts.port or DEFAULT_PORT
    except ValueError as error:
        raise NotSent(_what(target), "this is no address", "write tcp://HOST:9100") from error
    try:
        return socket.create_connection(address, CONNECT_S_MAX)
    except OSError as error:
        raise NotSent(_what(target), "it does not answer", "switch it on, check cable and address") from error


def _send_tcp(target: str, job: bytes) -> None:
    with connected(target) as line:
        line.settimeout(STALL_S_MAX)
        try:
            for start in range(0, len(job), CHUNK_BYTES):
                line.sendall(job[start : start + CHUNK_BYTES])
            # Its end of the line closes after ours only when it has taken everything: what was sent is not yet printed.
            line.shutdown(socket.SHUT_WR)
            _await_end(line)
        except TimeoutError as error:
            raise Interrupted(
                _what(target), "it takes no more data", "look at its paper and its cover"
            ) from error
        except OSError as error:
            raise Interrupted(_what(target), "it went away within a job", "switch it on again") from error


def _await_end(line: socket.socket) -> None:
    """Wait until the printer closes its side; what it says meanwhile is nothing to us. Raises OSError.

    Some printers never do; after a while of silence such a one has everything.
    """
    line.settimeout(END_S_MAX)
    due_s = time.monotonic() + STALL_S_MAX
    try:
        while line.recv(CHUNK_BYTES) and time.monotonic() < due_s:
            continue
    except TimeoutError:
        return


def _opened(target: str) -> int:
    try:
        return os.open(target, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError as error:
        fix = "install config/70-scanner.rules and join the group 'scanner' (see 'scanner doctor')"
        raise NotSent(_what(target), "it may not be opened by you", fix) from error
    except OSError as error:
        raise NotSent(
            _what(target), error.strerror or "it is not there", "switch it on, plug it in"
        ) from error


def _send_device(target: str, job: bytes) -> None:
    fd = _opened(target)
    sent = 0
    try:
        while sent < len(job):
            _, ready, _ = select.select([], [fd], [], STALL_S_MAX)
            if not ready:
                raise TimeoutError
            sent += os.write(fd, job[sent : sent + CHUNK_BYTES])
    except OSError as error:
        kind = Interrupted if sent else NotSent
        why = "it takes no more data" if isinstance(error, TimeoutError) else "it went away within a job"
        raise kind(_what(target), why, "look at its paper, its cover and its cable") from error
    finally:
        os.close(fd)


def _spool(folder: Path, job: bytes) -> None:
    """A file that appears whole or not at all."""
    draft = folder / f".label-{os.getpid()}-{time.time_ns()}"
    try:
        draft.write_bytes(job)
        own_files.share(draft)  # with whatever prints from that folder
        draft.replace(folder / f"label-{time.time_ns():020d}.prn")
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise NotSent(
            _what(str(folder)), error.strerror or "it cannot be written", "check the folder"
        ) from error
