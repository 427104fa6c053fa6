"""One HTTP connection to the server, with a bound on everything that comes back: bytes, time, and sense.

Nothing that a server, or whatever answers in its place, sends may hold a thread for ever or fill the memory.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from sync.packing import Packing
from sync.wire import Problem
from tracking.catalogue import say
from tracking.phrases import Said, phrase

if TYPE_CHECKING:
    import requests

REPLY_BYTES_MAX = 64 * 1024 * 1024
REPLY_BYTES_PER_S_MIN = 1024
"""A body that comes slower than this, once the time-out is over, is given up."""
READ_BYTES = 64 * 1024
RETRY_AFTER_S_MAX = 3600.0
REVOKED = "revoked"
"""The server's word for a device whose rights were taken away."""

Reply = TypeVar("Reply")


class Unreachable(Exception):
    """No answer that could be used. Its phrase says why; nothing was lost."""

    def __init__(
        self, why: Said, retry_after_s: float = 0.0, status: int = 0, detail: str = "", word: str = ""
    ) -> None:
        super().__init__(why)
        self.why = why
        self.word = word
        """The server's word for a refusal, where it said one."""
        self.detail = detail
        """What the server itself said, one sentence, where it said anything."""
        self.retry_after_s = retry_after_s
        self.status = status

    def __str__(self) -> str:
        """In English, for the command line and the log."""
        return say(self.why)


class Part(NamedTuple):
    """A part of a file that is asked for, from ``start`` up to ``stop``."""

    start: int
    stop: int
    etag: str
    """Of the file that it shall be a part of."""

    def headers(self) -> dict[str, str]:
        """As HTTP says it."""
        wanted = f"bytes={self.start}-{self.stop - 1}"
        return {"Range": wanted, "If-Range": f'"{self.etag}"', "Accept-Encoding": "identity"}


class Line:
    """One connection, used by one thread; :meth:`close` may be called by another."""

    def __init__(self, url: str, token: str, timeout_s: float, ca: str = "") -> None:
        """``ca``: file with the only certificate authority that may vouch for the server; else those of the system."""
        self._ca = ca
        self._url, self.token, self._timeout_s = url.rstrip("/"), token, timeout_s
        self._packing = Packing()
        self._session: requests.Session | None = None
        self._socket: socket.socket | None = None
        self._closed = self._late = False

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        wait_s: float = 0.0,
        part: Part | None = None,
        **params: Any,
    ) -> tuple[int, bytes]:
        """Status and body. Raises :class:`Unreachable`."""
        packed, encoding = self._packing.pack(body)
        headers = {"Content-Encoding": encoding} if encoding else {}
        if part is not None:
            headers |= part.headers()
        status, data = self._sent(method, path, packed, wait_s, headers, params)
        if status == 415 and self._packing.refused(encoding):
            return self.ask(method, path, body=body, wait_s=wait_s, part=part, **params)
        return status, data

    def _sent(
        self,
        method: str,
        path: str,
        body: bytes,
        wait_s: float,
        headers: dict[str, str],
        params: dict[str, Any],
    ) -> tuple[int, bytes]:
        import requests

        if self._session is None:
            self._session = _session(self._opened)
            if self._ca:
                self._session.verify = self._ca
                self._session.trust_env = False  # a variable of the machine must not widen what is trusted
        headers |= {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        timeouts = (self._timeout_s, self._timeout_s + wait_s)
        # The time-outs are for each piece; headers that come byte by byte would never meet one.
        self._late = False
        watch = threading.Timer(2 * self._timeout_s + wait_s, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            with self._session.request(
                method,
                self._url + path,
                data=body or None,
                params=params,
                headers=headers,
                timeout=timeouts,
                stream=True,
                allow_redirects=False,
            ) as reply:
                watch.cancel()
                if self._late:  # half a head may look like a whole one
                    raise Unreachable(phrase("link_slow", url=self._url))
                data = self._body(reply)
                retry_after = reply.headers.get("Retry-After", "")
                status = reply.status_code
        except Unreachable:
            raise
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unreachable(phrase("link_unreached", url=self._url, fault=type(error).__name__)) from error
        except (
            Exception
        ) as error:  # urllib3 raises its own while a body is read; none of them is ours to know
            raise Unreachable(phrase("link_broke_off", url=self._url, fault=type(error).__name__)) from error
        finally:
            watch.cancel()
        return checked(status, data, retry_after)

    def _body(self, reply: requests.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        began_s = time.monotonic()
        while part := reply.raw.read1(READ_BYTES, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > REPLY_BYTES_MAX:
                raise Unreachable(phrase("link_too_long", url=self._url, bytes=str(REPLY_BYTES_MAX)))
            if time.monotonic() - began_s > self._timeout_s + size / REPLY_BYTES_PER_S_MIN:
                raise Unreachable(phrase("link_slow", url=self._url))
        return b"".join(parts)

    def _opened(self, connected: socket.socket | None) -> None:
        self._socket = connected
        if self._closed:
            self._hang_up()

    def _give_up(self) -> None:
        self._late = True
        self._hang_up()

    def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Drops the connection for good; a request under way fails."""
        self._closed = True
        self._hang_up()
        if self._session is not None:
            self._session.close()


def _session(opened: Callable[[socket.socket | None], None]) -> requests.Session:
    """A session that tells which socket it opened: only so can a request under way be given up."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            opened(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            opened(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    session = requests.Session()
    for scheme in ("http://", "https://"):
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1)
        adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        session.mount(scheme, adapter)
    return session


def checked(status: int, data: bytes, retry_after: str) -> tuple[int, bytes]:
    """Status and body of an answer that the agent can use. Raises :class:`Unreachable` for the others."""
    if status in {401, 403}:
        said = _said(data)
        why = phrase("link_revoked" if said.error == REVOKED else "link_not_accepted")
        raise Unreachable(why, status=status, detail=said.detail, word=said.error)
    if 300 <= status < 400:
        raise Unreachable(phrase("link_elsewhere", status=str(status)), status=status)
    if status == 429 or status >= 500:
        wait_s = float(retry_after) if retry_after.isdecimal() and len(retry_after) < 10 else 0.0
        why = phrase("link_busy", status=str(status))
        raise Unreachable(why, min(wait_s, RETRY_AFTER_S_MAX), status)
    return status, data


def _said(data: bytes) -> Problem:
    """The server's own words of a refusal; empty where it has none."""
    try:
        return understood(data, Problem)
    except Unreachable:
        return Problem(error="")


def understood(data: bytes, kind: type[Reply]) -> Reply:
    """A reply as its type. Raises :class:`Unreachable` for nonsense."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreachable(phrase("link_nonsense")) from error
