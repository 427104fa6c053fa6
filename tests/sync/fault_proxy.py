"""A proxy between a handheld and its server that does to requests what networks do: HTTP/1.1, one request at a time."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

HEAD_BYTES_MAX = 65_536
TIMEOUT_S = 40.0


class Request(NamedTuple):
    """One request as it came."""

    head: bytes
    body: bytes

    @property
    def method(self) -> str:
        """``GET`` or ``POST``."""
        return self.head.split(b" ", 1)[0].decode()

    @property
    def path(self) -> str:
        """The address with its query."""
        return self.head.split(b" ", 2)[1].decode()

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.head + self.body


class Exchange:
    """One request, its client, and the way to the server."""

    def __init__(self, request: Request, client: socket.socket, proxy: FaultProxy) -> None:
        self.request, self.client, self._proxy = request, client, proxy

    def asked(self) -> bytes:
        """The server's answer to the request."""
        with socket.create_connection(self._proxy.upstream, TIMEOUT_S) as server:
            server.sendall(self.request.raw)
            head, body = read_message(server)
            return head + body

    def asked_slowly(self, piece_bytes: int, pause_s: float) -> bytes:
        """The same, the request a few bytes at a time."""
        with socket.create_connection(self._proxy.upstream, TIMEOUT_S) as server:
            raw = self.request.raw
            for start in range(0, len(raw), piece_bytes):
                server.sendall(raw[start : start + piece_bytes])
                time.sleep(pause_s)
            head, body = read_message(server)
            return head + body

    def asked_and_hung_up(self) -> bytes:
        """The same, and nothing more is said: half of the connection is closed."""
        with socket.create_connection(self._proxy.upstream, TIMEOUT_S) as server:
            server.sendall(self.request.raw)
            server.shutdown(socket.SHUT_WR)
            head, body = read_message(server)
            return head + body

    def cut_upstream(self, count: int) -> None:
        """Only the first bytes reach the server."""
        with socket.create_connection(self._proxy.upstream, TIMEOUT_S) as server:
            server.sendall(self.request.raw[:count])

    def say(self, data: bytes) -> None:
        """Bytes to the client."""
        self.client.sendall(data)


Fault = Callable[[Exchange], bool]
"""What becomes of a request; True where the connection may go on."""


def through(exchange: Exchange) -> bool:
    """No fault."""
    exchange.say(exchange.asked())
    return True


def silence(exchange: Exchange) -> bool:
    """No answer, and no end either."""
    exchange.client.settimeout(TIMEOUT_S)
    with contextlib.suppress(OSError):
        exchange.client.recv(1)
    return False


def hang_up(exchange: Exchange) -> bool:
    """The connection ends before anything is sent."""
    return False


def swallow(exchange: Exchange) -> bool:
    """The server has done it, and nobody hears of it."""
    exchange.asked()
    return False


def twice(exchange: Exchange) -> bool:
    """The request comes to the server two times; the second answer comes back."""
    exchange.asked()
    return through(exchange)


def late(exchange: Exchange) -> bool:
    """Everything arrives, later."""
    time.sleep(0.3)
    return through(exchange)


def trickle(exchange: Exchange) -> bool:
    """The request comes in drops."""
    exchange.say(exchange.asked_slowly(200, 0.002))
    return True


def half_close(exchange: Exchange) -> bool:
    """Our half of the connection is closed as soon as the request is out."""
    exchange.say(exchange.asked_and_hung_up())
    return True


def cut_up(count: int) -> Fault:
    """The connection breaks after so many bytes of the request."""

    def fault(exchange: Exchange) -> bool:
        exchange.cut_upstream(count)
        return False

    return fault


def cut_down(count: int) -> Fault:
    """The connection breaks after so many bytes of the answer."""

    def fault(exchange: Exchange) -> bool:
        exchange.say(exchange.asked()[:count])
        return False

    return fault


def answering(status: str, body: bytes = b"", *headers: str) -> Fault:
    """Something else answers in the server's place."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    reply = "\r\n".join(lines).encode() + body

    def fault(exchange: Exchange) -> bool:
        exchange.say(reply)
        return True

    return fault


def dripping(data: bytes, pause_s: float) -> Fault:
    """The answer comes byte by byte, and has no end."""

    def fault(exchange: Exchange) -> bool:
        for byte in data:
            exchange.say(bytes([byte]))
            time.sleep(pause_s)
        while True:
            exchange.say(b"x")
            time.sleep(pause_s)

    return fault


def flooding(data: bytes) -> Fault:
    """The answer has no end, and comes as fast as it can."""

    def fault(exchange: Exchange) -> bool:
        exchange.say(data)
        while True:
            exchange.say(b"x" * 65_536)

    return fault


class FaultProxy:
    """Listens, and hands every request to the fault of the moment."""

    def __init__(self, port: int) -> None:
        self.upstream = ("127.0.0.1", port)
        self.fault: Fault = through
        self.concerns: Callable[[Request], bool] = lambda request: True
        self.hits = 0
        """Requests that met a fault."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._clients: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def meet(self, fault: Fault, concerns: Callable[[Request], bool] = lambda request: True) -> None:
        """From now on; requests under way are cut off, so that none escapes it."""
        self.hits, self.fault, self.concerns = 0, fault, concerns
        self._cut()

    def heal(self) -> None:
        """The network is well again."""
        self.meet(through)

    def _cut(self) -> None:
        for client in tuple(self._clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            client.settimeout(TIMEOUT_S)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._clients.add(client)
        try:
            with contextlib.suppress(OSError, ValueError, IndexError):
                going_on = True
                while going_on:
                    request = Request(*read_message(client))
                    fault = self.fault if self.concerns(request) else through
                    self.hits += fault is not through
                    going_on = fault(Exchange(request, client, self))
        finally:
            # A fault that itself goes wrong is told by its own test, and does not fail a later one by its socket.
            self._clients.discard(client)
            client.close()

    def close(self) -> None:
        """No more connections."""
        self._listening.close()
        self._cut()


def read_message(stream: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of one message. Raises :class:`ValueError` at the end of the stream."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = stream.recv(65_536)
        data += part
        if not part or len(data) > HEAD_BYTES_MAX + 65_536:
            raise ValueError("no message")
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = stream.recv(65_536)
        if not part:
            raise ValueError("half a message")
        body += part
    return head + b"\r\n\r\n", body
