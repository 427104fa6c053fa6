"""A serial server (RFC 2217) for one client. A pseudo-terminal has no modem lines, so its port is a loop."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Any, Self

import serial
from serial.rfc2217 import PortManager

from tests.drivers.pseudo_terminal import PATIENCE_S


class SerialServer:
    """Answers at :attr:`url` with what :meth:`send` was given."""

    def __init__(self) -> None:
        self._port: Any = serial.serial_for_url("loop://", timeout=0.01)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(PATIENCE_S)
        self._client: socket.socket | None = None
        self._threads = [Thread(target=self._serve)]
        self.url = f"rfc2217://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._port.close()

    def send(self, data: bytes) -> None:
        """Scan ``data``."""
        self._port.write(data)

    def write(self, data: bytes) -> None:
        """Send to the client; the protocol's side asks for a method of this name."""
        if self._client is not None:
            self._client.sendall(data)

    def hang_up(self) -> None:
        """Break the connection, and take no other."""
        self._listening.close()
        if self._client is not None:
            with suppress(OSError):
                self._client.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        self._client, _ = self._listening.accept()
        connection: Any = self
        manager = PortManager(self._port, connection)
        self._threads.append(Thread(target=self._forward, args=(manager,)))
        self._threads[1].start()
        with suppress(OSError), self._client:
            while data := self._client.recv(1024):
                b"".join(manager.filter(data))

    def _forward(self, manager: PortManager) -> None:
        with suppress(OSError):
            while self._client is not None and self._client.fileno() >= 0:
                self.write(b"".join(manager.escape(self._port.read(1024))))
