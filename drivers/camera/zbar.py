"""The second opinion on EAN and UPC: pyzbar, in a guarded process. Where it is missing or dies, there is none."""

from __future__ import annotations

import atexit
import json
import logging
import select
import struct
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from drivers.camera.symbol import Symbol

if TYPE_CHECKING:
    from drivers.camera.views import View

ANSWER_S_MAX = 5.0
"""Longest wait for one opinion, seconds."""

ANSWER_BYTES_MAX = 1 << 20
DEATHS_MAX = 3
"""So often the process may die or hang before it is no longer asked."""

_LOG = logging.getLogger(__name__)
_NAMES = {"EAN13": ("EAN-13", "]E0"), "EAN8": ("EAN-8", "]E4")}


class SecondOpinion:
    """One process with pyzbar, started when it is first asked."""

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        worker = Path(__file__).with_name("zbar_worker.py")
        self._command = command or (sys.executable, str(worker))
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self.deaths = 0

    def look(self, view: View) -> list[Symbol]:
        """Its symbols; none where it cannot be asked. From any thread."""
        with self._lock:
            if self.deaths >= DEATHS_MAX:
                return []
            try:
                found = self._ask(view)
            except (OSError, ValueError, EOFError) as error:
                self.deaths += 1
                _LOG.warning("the second opinion ended: %s", error)
                self._end()
                return []
        return [_symbol(one, view) for one in found if one[0] in _NAMES]

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, view: View) -> list[Any]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        stdin = self._process.stdin
        assert stdin is not None
        height, width = view.image.shape
        stdin.write(struct.pack(">II", width, height) + view.image.tobytes())
        stdin.flush()
        due_s = time.monotonic() + ANSWER_S_MAX
        (size,) = struct.unpack(">I", self._read(4, due_s))
        if size > ANSWER_BYTES_MAX:
            raise ValueError("an answer without end")
        answer: list[Any] = json.loads(self._read(size, due_s))
        return answer

    def _read(self, size: int, due_s: float) -> bytes:
        assert self._process is not None
        stdout = self._process.stdout
        assert stdout is not None
        got = b""
        while len(got) < size:
            ready, _, _ = select.select([stdout], [], [], max(0.0, due_s - time.monotonic()))
            if not ready:
                raise EOFError("no answer in time")
            more = stdout.raw.read(size - len(got)) if hasattr(stdout, "raw") else b""
            if not more:
                raise EOFError("the process is gone")
            got += more
        return got

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was still to be written has no reader
                    continue


def _symbol(found: Any, view: View) -> Symbol:
    name, text, corners = found
    symbology, symbology_id = _NAMES[name]
    return Symbol(
        raw=text.encode("ascii"),
        text=text,
        symbology=symbology,
        symbology_id=symbology_id,
        position=view.in_picture(tuple(point) for point in corners),
    )


_SHARED = SecondOpinion()
atexit.register(_SHARED.close)


def look(view: View) -> list[Symbol]:
    """The shared process's opinion on a view."""
    return _SHARED.look(view) if find_spec("pyzbar") else []
