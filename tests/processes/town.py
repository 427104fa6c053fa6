"""A server process, handheld processes and the bad network between them, from the test's side."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import httpx

from scanner_app import server_calls
from tests.durability.goods import site_file
from tests.free_port import free_port
from tests.processes.roles import STOP
from tests.sync.fault_proxy import FaultProxy
from tests.sync.fleet import until

TOKEN = "an-office-token-for-the-tests-of-processes"
PUMPS = 1_000_000
LINE_S_MAX = 30.0


class Shown(NamedTuple):
    """An event that a person was shown."""

    device: str
    epoch: int
    seq: int
    link: str


class Town:
    """Everything; closed by :meth:`close`."""

    def __init__(self, folder: Path, handhelds: int) -> None:
        self.folder, self.database = folder, folder / "server.db"
        self.shown: set[Shown] = set()
        self.settled: set[str] = set()
        self._pids: dict[str, int] = {}
        self._started: queue.Queue[tuple[str, int]] = queue.Queue()
        self._roles = subprocess.Popen(
            [sys.executable, "-m", "tests.processes.roles"], cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._listening = Thread(target=self._listen, daemon=True)
        self._listening.start()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.proxy = FaultProxy(self.port)
        self.start_server()
        server_calls.import_site(self.url, TOKEN, "HAM", json.dumps(site_file(PUMPS)).encode())
        self._identities: dict[str, tuple[str, str]] = {}
        for number in range(handhelds):
            code = server_calls.new_code(self.url, TOKEN, "HAM")
            given = server_calls.enroll(self.url, code, f"dock {number}", "HAM")
            self._identities[f"h{number}"] = (given.device, given.token)

    @property
    def handhelds(self) -> list[str]:
        """Their names."""
        return list(self._identities)

    def _listen(self) -> None:
        assert self._roles.stdout is not None
        for line in self._roles.stdout:
            said: dict[str, Any] = json.loads(line)
            if "started" in said:
                self._started.put((said["name"] or "server", said["pid"]))
            elif "settled" in said:
                self.settled.add(said["name"])
            else:
                device = self._identities[said["name"]][0]
                self.shown.add(Shown(device, said["epoch"], said["seq"], said["hash"]))

    def _start(self, **job: Any) -> None:
        assert self._roles.stdin is not None
        self._roles.stdin.write(json.dumps(job).encode() + b"\n")
        self._roles.stdin.flush()
        name, pid = self._started.get(timeout=LINE_S_MAX)
        self._pids[name] = pid

    def start_server(self) -> None:
        """Returns when it answers.

        Of one that was just killed the worker may still hold port and database for a moment: then the new one says so
        and ends, and is started again, as whatever watches over a server does.
        """

        def up() -> bool:
            if not self._lives("server"):
                self._start(role="server", database=str(self.database), port=self.port, token=TOKEN)
            return self._answers()

        until(up, "the server does not answer")

    def _lives(self, name: str) -> bool:
        with contextlib.suppress(ProcessLookupError, KeyError):
            os.kill(self._pids[name], 0)
            return True
        return False

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(self.url + "/v1/health", trust_env=False, timeout=5).status_code == 200
        return False

    def start(self, name: str, ahead_ms: int = 0) -> None:
        """A handheld, with its clock so far ahead."""
        device, token = self._identities[name]
        self._start(
            role="handheld", name=name, number=self.handhelds.index(name), folder=str(self.folder / name),
            url=self.proxy.url, device=device, token=token, ahead_ms=ahead_ms,
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """kill -9, of a handheld or of ``server``."""
        pid = self._pids.pop(name)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{pid}").exists(), f"{name} lives on")

    def end_shift(self) -> None:
        """Nobody scans any more; returns when everything is sent."""
        for name in self.handhelds:
            (self.folder / name / STOP).touch()
        deadline_s = time.monotonic() + 60
        while not self.settled >= set(self.handhelds):
            assert time.monotonic() < deadline_s, f"not sent: {set(self.handhelds) - self.settled}"
            time.sleep(0.05)

    def close(self) -> None:
        """All processes and the network go."""
        for name in list(self._pids):
            with contextlib.suppress(ProcessLookupError):
                self.kill(name)
        assert self._roles.stdin is not None
        self._roles.stdin.close()
        self._roles.wait(LINE_S_MAX)
        self._listening.join(LINE_S_MAX)
        assert self._roles.stdout is not None
        self._roles.stdout.close()
        self.proxy.close()
