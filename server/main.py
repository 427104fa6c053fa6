"""Starts and stops a server in a thread of this process, for the demonstration and the tests.

A site's own server runs in the foreground, in processes of its own: :mod:`server.production`.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

import uvicorn

from server import access
from server.app import make_app
from server.central import Central
from server.office_token import office_token_of
from server.open_storage import Database, open_storage
from server.rebuild import rebuild, rebuild_where_stale
from server.snapshots import folder_of
from server.storage import Storage, StorageError

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
    with ExitStack() as undo:
        undo.callback(listening.close)
        storage, token = prepared(database, office_token)
        undo.pop_all()
    central = Central.on(
        storage, access.token_hash(token), open_pages=open_pages, snapshots=folder_of(database)
    )
    server = uvicorn.Server(_config(central))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
    central.folder.start()
    central.upkeep.start()
    thread.start()
    stopped = threading.Lock()

    def stop() -> None:
        if stopped.acquire(blocking=False):
            central.news.close()
            server.should_exit = True
            thread.join()
            _close(central, listening)

    port = listening.getsockname()[1]
    return Running(address_of("http", host, port), port, token, central, stop)


def _config(central: Central) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(central),
        lifespan="off",
        ws="none",
        # What it has to say goes where this process writes, and not past it to a terminal that screens have.
        log_config=None,
        access_log=False,
        server_header=False,
        # Nobody stands before it: who says that he speaks for another address is counted by his own.
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=GOODBYE_S_MAX,
    )


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket; ``shared``: beside others on the same port. Raises :class:`ServerError`."""
    if not 0 <= port <= PORT_MAX:
        raise ServerError(f"{port} is not a port: choose one from 1 to {PORT_MAX}")
    try:
        listening = _created(host, port, shared)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ServerError(
            f"cannot listen on {host}:{port}: {reason}; choose another port or address"
        ) from error
    # Accepted connections inherit this. asyncio only sets it itself on sockets made with an explicit protocol number,
    # and without it every answer waits some 40 ms for the acknowledgement of its own headers.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _created(host: str, port: int, shared: bool) -> socket.socket:
    if ":" not in host:
        return socket.create_server((host, port), backlog=BACKLOG, reuse_port=shared)
    return socket.create_server(
        (host, port), family=socket.AF_INET6, backlog=BACKLOG, reuse_port=shared,
        dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
    )  # fmt: skip


def address_of(scheme: str, host: str, port: int) -> str:
    """The address as it is typed; an IPv6 number stands in brackets."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def prepared(database: Database, office_token: str = "") -> tuple[Storage, str]:
    """The database, open and up to date, and the office's token. Raises :class:`ServerError`."""
    with ExitStack() as undo:
        try:
            storage = open_storage(database)
            undo.callback(storage.close)
            rebuild_where_stale(storage)
            token = office_token or office_token_of(storage, database)
        except StorageError as error:
            raise ServerError(str(error)) from error
        undo.pop_all()
    return storage, token


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
