"""Wrong secrets, counted for all processes of one database: who guesses does not get more tries where more serve.

A wrong one is a row that is of no use a minute later and is then removed. What a process counted itself stops whoever
guesses on without asking the database, and counts also where nothing can be written. A right secret writes nothing.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import Final

from server.pace import KEYS_MAX, TooFastError
from server.storage import Reader, Storage, StorageError, Writer

WRONG_MAX: Final = 10
"""Tokens on the sign-in page, from one address."""
WRONG_MS: Final = 60_000
"""So many wrong ones in this time, and there are no more tries until the first of them is so long ago."""
_NAME_CHARS: Final = 16
_OLD: Final = "at_ms <= ? OR at_ms > ?"
"""Too long ago; or to come, by a clock that was wrong: it must not keep anybody out until then."""


class WrongSecrets:
    """Of one kind of secret, by whoever tries."""

    def __init__(
        self,
        kind: str = "sign_in",
        most: int = WRONG_MAX,
        said: str = "too many wrong tokens: wait a minute",
    ) -> None:
        self._kind, self._most, self._said = kind, most, said
        self._lock = threading.Lock()
        self._own_ms: OrderedDict[str, list[int]] = OrderedDict()
        """What this process counted: name -> when, the newest last."""

    def check(self, storage: Storage, who: str, now_ms: int) -> None:
        """Raises :class:`server.pace.TooFastError` where there were too many just now, :class:`StorageError`. Blocks.

        ``who``: the address that it came from; empty where all count together.
        """
        name = self._name(storage, who)
        with self._lock:
            own = [at for at in self._own_ms.get(name, ()) if at > now_ms - WRONG_MS]
        self._refuse(own, now_ms)
        with storage.read() as reader:
            everybodys = _recent(reader, name, self._most, now_ms)
        self._refuse(everybodys, now_ms)

    def _refuse(self, wrong_ms: list[int], now_ms: int) -> None:
        if len(wrong_ms) >= self._most:
            raise TooFastError(self._said, max(1, (wrong_ms[0] + WRONG_MS - now_ms) // 1000 + 1))

    def wrong(self, storage: Storage, who: str, now_ms: int) -> None:
        """One more. Blocks."""
        name = self._name(storage, who)
        with self._lock:
            recent = [at for at in self._own_ms.pop(name, ()) if at > now_ms - WRONG_MS]
            self._own_ms[name] = [*recent, now_ms][-self._most :]
            if len(self._own_ms) > KEYS_MAX:
                self._own_ms.popitem(last=False)
        # A full disk lets a person in all the same, and this process has counted.
        with suppress(StorageError), storage.write() as tx:
            _remove_old(tx, now_ms)
            tx.run("INSERT INTO wrong_try VALUES (?, ?, ?)", name, now_ms, secrets.token_hex(8))

    def _name(self, storage: Storage, who: str) -> str:
        """What it is counted under: an address itself is kept nowhere."""
        if not who:
            return self._kind
        text = f"wrong-secret-of/1\n{who}".encode()
        return f"{self._kind}/{hmac.digest(storage.receipt_key, text, 'sha256').hex()[:_NAME_CHARS]}"


def forget_old(storage: Storage, now_ms: int) -> None:
    """Removes what counts no more, where nobody guessed since. Raises :class:`StorageError`."""
    with storage.read() as reader:
        old = reader.row(f"SELECT 1 FROM wrong_try WHERE {_OLD}", *_bounds(now_ms))  # noqa: S608 - a constant
    if old:
        with storage.write() as tx:
            _remove_old(tx, now_ms)


def _bounds(now_ms: int) -> tuple[int, int]:
    return now_ms - WRONG_MS, now_ms + WRONG_MS


def _recent(reader: Reader, name: str, most: int, now_ms: int) -> list[int]:
    """When the newest wrong ones of a name were, the newest last."""
    rows = reader.rows(
        "SELECT at_ms FROM wrong_try WHERE name = ? AND at_ms > ? AND at_ms <= ? ORDER BY at_ms DESC LIMIT ?",
        name,
        *_bounds(now_ms),
        most,
    )
    return [int(row[0]) for row in reversed(rows)]


def _remove_old(tx: Writer, now_ms: int) -> None:
    tx.run(f"DELETE FROM wrong_try WHERE {_OLD}", *_bounds(now_ms))  # noqa: S608 - a constant
