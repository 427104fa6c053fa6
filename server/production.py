"""The central server of a site: granian in the foreground, one process or several over one database.

This process opens the listening sockets and hands them to its workers, so that a connection which comes while a worker
is replaced waits for the next one. Each worker is a whole server; on PostgreSQL any number of them work side by side,
and the folder runs in one. On SQLite there is one worker, because there is one writer.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from server import logs, worker
from server.authority import AuthorityError, authority_in
from server.main import (
    BACKLOG,
    CONNECTIONS_MAX,
    GOODBYE_S_MAX,
    ServerError,
    address_of,
    listen,
    prepared,
)
from server.open_storage import Database, is_postgres

WORKERS_MAX = 64
HEADER_S_MAX = 30
"""A request whose header takes longer to arrive is given up, and a connection on which none comes."""
FIGURES_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client has the processes of one server count together; read when a worker loads it."""


class Tls(NamedTuple):
    """What the server proves itself with."""

    certificate: Path
    """PEM, the server's own certificate first, then whatever stands between it and the site's CA."""
    key: Path


_HOLDER: Any = SocketHolder
"""(descriptor, is a Unix socket, backlog); its type description does not say so."""


class _Foreground(MPServer):
    """Granian over sockets that are open already, one for each worker."""

    _shd: Any

    def __init__(self, listening: Sequence[socket.socket], **options: Any) -> None:
        super().__init__(workers=len(listening), **options)
        self._listening = listening

    def _init_shared_socket(self) -> None:
        """They are open already."""

    def _spawn_worker(
        self, idx: int, target: Any, callback_loader: Any, socket_loader: Any = None
    ) -> WorkerProcess:
        self._sso = self._listening[idx]
        self._shd = _HOLDER(os.dup(self._sso.fileno()), False, BACKLOG)
        return super()._spawn_worker(idx, target, callback_loader)

    def _drop_shared_socket(self) -> None:
        """From here on nobody new is let in."""
        for one in self._listening:
            one.close()


def serve_forever(
    database: Database,
    host: str,
    port: int,
    *,
    office_token: str = "",
    open_pages: bool = False,
    workers: int = 1,
    tls: Tls | None = None,
    started: Callable[[str, str], None] = lambda _url, _token: None,
) -> None:
    """Serve in the foreground until SIGTERM or Ctrl-C; then requests in hand are answered first.

    ``started(url, office_token)`` is told when connections are taken. Raises :class:`server.main.ServerError` where it
    cannot start, and ends the process with 1 where its workers cannot go on.
    """
    if workers != 1 and not is_postgres(database):
        raise ServerError(
            "a SQLite database has one server process: set server.workers to 1, or use PostgreSQL"
        )
    if not 1 <= workers <= WORKERS_MAX:
        raise ServerError(f"server.workers is a number from 1 to {WORKERS_MAX}")
    with ExitStack() as life:
        listening = [life.enter_context(one) for one in _listen(host, port, workers)]
        if workers > 1:
            folder = life.enter_context(tempfile.TemporaryDirectory(prefix="scanner-figures-"))
            os.environ[FIGURES_TOGETHER] = folder
            life.callback(os.environ.pop, FIGURES_TOGETHER)
        storage, token = prepared(database, office_token)
        # Each worker opens its own: neither connections nor the lock of a SQLite file may be shared by processes.
        storage.close()
        ca = _authority(tls)
        plan = worker.Plan(database, token, open_pages=open_pages, parent=os.getpid(), ca=ca)
        server = _granian(listening, plan, tls)
        scheme = "https" if tls else "http"
        server.on_startup(lambda: started(address_of(scheme, host, listening[0].getsockname()[1]), token))
        server.serve(target_loader=partial(worker.load, plan), wrap_loader=False)


def _authority(tls: Tls | None) -> tuple[str, str]:
    """PEM and pin of the authority that handhelds are told to trust; both empty without one of the site's own."""
    if tls is None:
        return "", ""
    try:
        return authority_in(tls.certificate)
    except AuthorityError as error:
        raise ServerError(str(error)) from error


def _listen(host: str, port: int, workers: int) -> list[socket.socket]:
    """A listening socket for each worker, all on one port: the kernel spreads the connections over them.

    One socket for all would be cheaper, but whoever is awake takes everything from it. Raises :class:`ServerError`.
    """
    alone = listen(host, port)  # tells whether the port is free: those below would share it with anybody's
    if workers == 1:
        return [alone]
    with alone:
        where = alone.getsockname()
    return [listen(host, where[1], shared=True) for _ in range(workers)]


def _granian(listening: Sequence[socket.socket], plan: worker.Plan, tls: Tls | None) -> MPServer:
    host, port = listening[0].getsockname()[:2]
    try:
        return _Foreground(
            listening,
            target="server.worker:load",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_S_MAX * 1000),
            loop=Loops.asyncio,
            websockets=False,
            backlog=BACKLOG,
            backpressure=CONNECTIONS_MAX,
            ssl_cert=tls.certificate if tls else None,
            ssl_key=tls.key if tls else None,
            respawn_failed_workers=True,
            # Room for a batch that waits for the disk; what is not answered by then was not acknowledged either.
            workers_kill_timeout=2 * GOODBYE_S_MAX,
            log_level=LogLevels.warning,
            log_dictconfig=logs.CONFIG,
        )
    except (OSError, ValueError) as error:  # ssl's errors are OSErrors
        raise ServerError(
            f"the certificate or its key cannot be used: {error}; see 'scanner server --check'"
        ) from error
