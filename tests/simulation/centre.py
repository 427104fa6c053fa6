"""The central server in the simulation: its real application over a real database, without sockets or threads."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from unittest.mock import patch
from urllib.parse import quote, urlencode

from server import access, backup_note, enrollment
from server.api import exchange
from server.app import make_app
from server.backup_check import check
from server.central import Central
from server.folder import Folder
from server.news import News
from server.restore import renew_generation
from server.snapshots import Snapshots
from server.storage import Storage, StorageError
from server.storage_sqlite import SqliteStorage
from server.upkeep import Upkeep
from sync.wire import Enroll, NewCode

OFFICE_TOKEN = "office-token-of-the-simulation"
PAGES_MAX = 1_000_000_000
Result = TypeVar("Result")

_loop: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """One for the process: only requests run in it, one after the other."""
    global _loop  # noqa: PLW0603 - made once, for as long as the process lives
    if _loop is None:
        _loop = asyncio.new_event_loop()
    return _loop


async def _inline(work: Callable[[], Result]) -> Result:
    return work()


@contextlib.contextmanager
def without_threads() -> Iterator[None]:
    """The server does its blocking work where it stands."""
    with patch.object(exchange, "run_in_threadpool", _inline):
        yield


class Reply(NamedTuple):
    """What comes back."""

    status: int
    body: bytes
    retry_after: str


class Bell(News):
    """The server's news, heard by the simulation."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__()
        self._heard = heard

    def announce(self) -> None:
        """There is something new."""
        super().announce()
        self._heard()


class Centre:
    """A server that can be crashed, filled up, backed up and put back."""

    def __init__(self, folder: Path, now_ms: Callable[[], int], heard: Callable[[], None]) -> None:
        self.database = folder / "server.db"
        self._copy, self._older = folder / "backup.db", folder / "older.db"
        self._now_ms, self._heard = now_ms, heard
        self.up = False
        self.full = False
        self.start()

    def _opened(self) -> Storage:
        return SqliteStorage(self.database)

    def start(self) -> None:
        """The process begins; what is on the disk is what there is."""
        self.storage = self._opened()
        news = Bell(self._heard)
        snapshots = Snapshots(self.storage, self.database.with_name("snapshots"), self._now_ms)
        self.central = Central(
            storage=self.storage,
            folder=Folder(self.storage, news),
            news=news,
            office_token_hash=access.token_hash(OFFICE_TOKEN),
            snapshots=snapshots,
            upkeep=Upkeep(self.storage, snapshots, self._now_ms),
            now_ms=self._now_ms,
        )
        self._app = make_app(self.central)
        self.up, self.full = True, False

    def stop(self) -> None:
        """The process is gone. Every answer that it gave was durable before."""
        if self.up:
            self.up = self.full = False
            self.storage.close()

    def ask(
        self,
        method: str,
        path: str,
        token: str,
        body: bytes,
        query: dict[str, Any],
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Reply:
        """One request through the whole application."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": urlencode(query).encode(),
            "root_path": "",
            "headers": [
                (b"authorization", f"Bearer {token}".encode()),
                *((name.lower().encode(), value.encode()) for name, value in headers.items()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
        }
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        loop().run_until_complete(self._app(scope, receive, send))  # type: ignore[arg-type]
        told = dict(said[0]["headers"])
        data = b"".join(part.get("body", b"") for part in said[1:])
        return Reply(said[0]["status"], data, told.get(b"retry-after", b"").decode())

    def fold(self) -> bool:
        """What the folder's thread would do; False where it has to try again later."""
        try:
            self.central.folder.catch_up()
        except StorageError:
            return False
        return True

    def look_after(self) -> None:
        """What the upkeep's thread would do."""
        self.central.upkeep.once()

    def fill(self) -> None:
        """Its disk has no room any more."""
        self.full = True
        pages = self._writer.execute("PRAGMA page_count").fetchone()[0]
        self._writer.execute(f"PRAGMA max_page_count={pages}")

    def empty(self) -> None:
        """There is room again."""
        self.full = False
        self._writer.execute(f"PRAGMA max_page_count={PAGES_MAX}")

    @property
    def _writer(self) -> sqlite3.Connection:
        assert isinstance(self.storage, SqliteStorage)
        return self.storage._writer

    def back_up(self) -> None:
        """A copy of what is committed now; the handhelds may let go of what is in it. The copy before it is kept too.

        Raises :class:`server.storage.StorageError`.
        """
        if self._copy.exists():
            shutil.copyfile(self._copy, self._older)
        self._copied()
        checked = check(self._copy)
        note = backup_note.Note(generation=checked.generation, at_ms=self._now_ms(), marks=checked.marks)
        with self.storage.write() as tx:
            backup_note.apply(tx, note, self.storage.generation)

    def _copied(self) -> None:
        self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.database, self._copy)

    @property
    def backed_up(self) -> bool:
        """True once there is a copy."""
        return self._copy.exists()

    @property
    def older(self) -> bool:
        """True once there is a copy before the last one."""
        return self._older.exists()

    def put_back(self, *, older: bool = False) -> None:
        """The database is lost, and the copy takes its place, as the runbook says: with a new generation."""
        self.stop()
        self._replace(self._older if older else self._copy)
        self.start()

    def _replace(self, copy: Path) -> None:
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.database)
        renew_generation(self.database)

    def enroll(self, site: str, device: str = "", public_key: str = "") -> tuple[str, str]:
        """The office's code, exchanged: device and token. Raises :class:`enrollment.EnrollmentError`."""
        now_ms = self._now_ms()
        wanted = NewCode(site=site, device=device)
        code = enrollment.new_code(self.storage, wanted, now_ms).code
        given = enrollment.enroll(
            self.storage,
            Enroll(code=code, name="dock", site=site, public_key=public_key),
            self.central.guesses,
            now_ms,
        )
        return given.device, given.token
