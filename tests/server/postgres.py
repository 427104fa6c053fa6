"""A PostgreSQL of the tests' own: real, durable, unprivileged, in a temporary folder, gone when they end."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

START_S_MAX = 60
USER = "keeper"
SETTINGS = (
    "listen_addresses=",
    "shared_buffers=32MB",
    "max_connections=60",
    "wal_level=replica",
    "max_wal_size=256MB",
    "log_min_messages=fatal",
)


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, or None where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    found = shutil.which("initdb")
    if found:
        folders.append(Path(found).resolve().parent)
    return next((one for one in reversed(folders) if (one / "initdb").exists()), None)


def _account() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as its own account, or as nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Cluster:
    """One running PostgreSQL server that listens on a socket in its folder only."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._user = _account()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self._numbers = itertools.count(1)
        self._call(
            "initdb",
            "-D",
            str(self.folder / "data"),
            "-U",
            USER,
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
            "-A",
            "trust",
        )
        self._process = self._start()

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            check=True,
            capture_output=True,
            user=self._user,
            cwd=self.folder,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        )

    def _start(self) -> subprocess.Popen[bytes]:
        options = [word for setting in SETTINGS for word in ("-c", setting)]
        process = subprocess.Popen(
            [self._bin / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        )
        deadline = time.monotonic() + START_S_MAX
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return process

    def url(self, database: str, user: str = USER) -> str:
        """The address of one of its databases."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"central_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self.url(name)

    def run(self, sql: str, database: str = "postgres") -> None:
        """One statement, as the superuser, on its own."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(sql.encode())

    def kill(self) -> None:
        """As a power cut would: nothing is finished. ``postgres`` ends all its processes by itself."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def again(self) -> None:
        """Start after :meth:`kill`."""
        self._process = self._start()

    def close(self) -> None:
        """Stop at once and leave nothing."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
