"""A label printer on the network, with moods: a real TCP listener that may be off or die in the middle."""

from __future__ import annotations

import contextlib
import socket
import threading


class Paper:
    """Collects what is printed. ``moods`` are those of the next jobs, ``print`` or ``die``; then ``print``."""

    def __init__(self, *moods: str, port: int = 0) -> None:
        self.jobs: list[bytes] = []
        self.torn: list[bytes] = []
        self._moods = list(moods)
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def target(self) -> str:
        """What the settings say."""
        return f"tcp://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Switched off."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self._take(line, self._moods.pop(0) if self._moods else "print")

    def _take(self, line: socket.socket, mood: str) -> None:
        got = b""
        while more := line.recv(1024):
            got += more
            if mood == "die":
                # Closing with unread data resets the line: the sender learns that the rest went nowhere.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                self.torn.append(got)
                return
        self.jobs.append(got)
