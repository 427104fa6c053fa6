"""One server process: opens the database, follows the ledger, and ends in order when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from starlette.applications import Starlette

from server import access, logs
from server.app import make_app
from server.central import Central
from server.open_storage import Database, open_storage
from server.snapshots import folder_of
from server.storage import Storage, UnreachableError

LOG = logging.getLogger(__name__)
AGAIN_S = 2.0
"""So long until it looks for its database again."""
_PR_SET_PDEATHSIG = 1
"""Linux: the signal that this process gets when the one that started it is gone (prctl(2))."""


class Plan(NamedTuple):
    """What a worker is told by the process that starts it."""

    database: Database
    office_token: str
    open_pages: bool = False
    parent: int = 0
    """Its process number."""
    ca: tuple[str, str] = ("", "")
    """PEM and pin of the authority behind the certificate."""


def load(plan: Plan) -> Starlette:
    """The application of this process. Raises :class:`server.storage.StorageError`."""
    _end_with(plan.parent)
    logs.begin()
    storage = _opened(plan.database)
    central = Central.on(
        storage,
        access.token_hash(plan.office_token),
        open_pages=plan.open_pages,
        ca=plan.ca,
        snapshots=folder_of(plan.database),
    )
    return make_app(central, lifespan=_life(central))


def _opened(database: Database) -> Storage:
    """The database, as soon as it can be reached: its server found it there, so it comes back.

    A worker that gave up would be replaced until that looks like a loop, and the server with it would be gone.
    Raises :class:`server.storage.StorageError`.
    """
    # Asked to end meanwhile it just ends: what the server's own process does on SIGTERM came along with the fork.
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        while True:
            try:
                return open_storage(database)
            except UnreachableError as error:
                LOG.error("waiting for the database: %s", error)
                time.sleep(AGAIN_S)
    finally:
        signal.signal(signal.SIGTERM, before)


def _life(central: Central) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        _on_goodbye(asyncio.get_running_loop(), central.news.close)
        central.folder.start()
        central.upkeep.start()
        try:
            yield
        finally:
            central.news.close()
            central.upkeep.stop()
            central.folder.stop()
            central.storage.close()

    return life


def _on_goodbye(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
    """Have the requests that wait for news answered as soon as this process is asked to end.

    The server's own handlers hang on the loop's wake-up and are called all the same.
    """
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: loop.call_soon_threadsafe(tell))


def _end_with(parent: int) -> None:
    """No worker outlives the process that started it, whatever ended that one: it would keep database and port."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:  # it ended before that was asked for
        os._exit(1)
