"""Starts and stops the server: in a thread for the demonstration and the tests, in the foreground for a site."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import NamedTuple

import uvicorn

from server import access
from server.app import make_app
from server.central import Central
from server.office_token import office_token_of
from server.open_storage import Database, open_storage
from server.rebuild import rebuild, rebuild_where_stale
from server.snapshots import folder_of
from server.storage import StorageError

GOODBYE_S_MAX = 5
"""How long an open request may take when the server stops."""
CONNECTIONS_MAX = 1000
BACKLOG = 256
PORT_MAX = 65_535


class ServerError(Exception):
    """The server cannot start; one plain sentence."""


class Running(NamedTuple):
    """A server in a thread of this process."""

    url: str
    port: int
    office_token: str
    central: Central
    stop: Callable[[], None]
    """Finish the requests in hand, close the database. May be called twice."""


class _Server(uvicorn.Server):
    """Tells waiting feed requests to end as soon as the server is asked to stop."""

    central: Central

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        self.central.news.close()
        super().handle_exit(sig, frame)


def serve(
    database: Database,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    office_token: str = "",
    open_pages: bool = False,
) -> Running:
    """Serve in a thread; returns when it answers. Port 0 takes a free one. Raises :class:`ServerError`."""
    listening = listen(host, port)
    server, token = _prepare(database, listening, office_token, open_pages)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
    server.central.folder.start()
    server.central.upkeep.start()
    thread.start()
    stopped = threading.Lock()

    def stop() -> None:
        if stopped.acquire(blocking=False):
            server.central.news.close()
            server.should_exit = True
            thread.join()
            _close(server.central, listening)

    port = listening.getsockname()[1]
    return Running(f"http://{host}:{port}", port, token, server.central, stop)


def serve_forever(
    database: Database,
    host: str,
    port: int,
    *,
    office_token: str = "",
    open_pages: bool = False,
    started: Callable[[str, str], None] = lambda _url, _token: None,
) -> None:
    """Serve in the foreground until SIGTERM or Ctrl-C.

    ``started(url, office_token)`` is told when it is about to answer.
    Raises :class:`ServerError` where it cannot start.
    """
    listening = listen(host, port)
    server, token = _prepare(database, listening, office_token, open_pages)
    server.central.folder.start()
    server.central.upkeep.start()
    # uvicorn raises the signal that ended it once more when it has stopped: the database is still to be closed then.
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, server.handle_exit)
    started(f"http://{host}:{listening.getsockname()[1]}", token)
    try:
        server.run(sockets=[listening])
    finally:
        _close(server.central, listening)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises :class:`ServerError`."""
    if not 0 <= port <= PORT_MAX:
        raise ServerError(f"{port} is not a port: choose one from 1 to {PORT_MAX}")
    try:
        listening = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ServerError(
            f"cannot listen on {host}:{port}: {reason}; choose another port or address"
        ) from error
    # Accepted connections inherit this. asyncio only sets it itself on sockets made with an explicit protocol number,
    # and without it every answer waits some 40 ms for the acknowledgement of its own headers.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _prepare(
    database: Database, listening: socket.socket, office_token: str, open_pages: bool
) -> tuple[_Server, str]:
    with ExitStack() as undo:
        undo.callback(listening.close)
        try:
            storage = open_storage(database)
            undo.callback(storage.close)
            rebuild_where_stale(storage)
            token = office_token or office_token_of(storage, database)
        except StorageError as error:
            raise ServerError(str(error)) from error
        undo.pop_all()
    central = Central.on(
        storage, access.token_hash(token), open_pages=open_pages, snapshots=folder_of(database)
    )
    config = uvicorn.Config(
        make_app(central),
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=GOODBYE_S_MAX,
    )
    server = _Server(config)
    server.central = central
    return server, token


def _close(central: Central, listening: socket.socket) -> None:
    central.news.close()
    central.folder.stop()
    central.upkeep.stop()
    central.storage.close()
    listening.close()


def rebuild_at(database: Database) -> int:
    """Makes every projection of a database anew; how many events were folded. Raises :class:`ServerError`."""
    try:
        storage = open_storage(database)
    except StorageError as error:
        raise ServerError(str(error)) from error
    try:
        return rebuild(storage)
    finally:
        storage.close()
