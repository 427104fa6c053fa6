"""The journal: this device's own events, hash-chained, and what hangs on their life - overlay, session, receipts.

One connection, owned by one thread. WAL with ``synchronous=FULL``, read back on every open: an answer turns green
only after COMMIT returned, and COMMIT returns only after one fdatasync. Everything that one scan changes is written
in one transaction.
"""

from __future__ import annotations

import contextlib
import math
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from scanner_app.anchors import Anchors
from scanner_app.ballast import Ballast
from scanner_app.journal_schema import HEADS_SQL, LAYOUT, PENDING_SQL, SCHEMA_SQL, UPGRADES_SQL
from scanner_app.log_length import LOG_BYTES, lengthen
from scanner_app.overlay import Overlay
from scanner_app.storage_errors import JournalFault, NewerStore, StoreError, StoreFull
from sync.wire import Receipt
from tracking import chain
from tracking.events import Event, decode_body, encode_body
from tracking.phrases import phrase

CHECKPOINT_PAGES = 4000
"""High, so that a scan seldom pays for a checkpoint; one is run when the handheld is idle."""

COMMITS_MAX = 64
"""Commits that the log takes at its length with room to spare; then the next short pause is used."""


class Effect(NamedTuple):
    """What one event means to the overlay, beside the unit: which document line it credits or closes."""

    delta: int = 0
    closes: int = 0
    """1 closes the document, -1 opens it again."""
    before: bytes = b""
    """Encoded unit state before a cancelled event, for a cancellation whose target the cache already shows."""


def connect(path: Path) -> sqlite3.Connection:
    """One connection, no hidden transactions."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)


class Journal(Overlay, Anchors):
    """The handheld's log. Only the session's thread may call it."""

    def __init__(
        self,
        path: Path,
        *,
        device: str = "",
        connect: Callable[[Path], sqlite3.Connection] = connect,
    ) -> None:
        """Opens or makes the journal. Raises :class:`StoreError` with one plain sentence."""
        self.path = path
        self._commits = 0
        self.ballast = Ballast(path.with_name("ballast"))
        try:
            self.connection = connect(path)
        except sqlite3.Error as error:
            raise StoreError(_cannot_open(path, error)) from error
        try:
            self._set_up(device)
            self._position()
        except BaseException as error:
            self.connection.close()
            if isinstance(error, sqlite3.Error | msgspec.MsgspecError | TypeError):
                raise StoreError(_cannot_open(path, error)) from error
            raise
        self.ballast.keep()

    def _set_up(self, device: str) -> None:
        run = self.connection.execute
        layout: int = run("PRAGMA user_version").fetchone()[0]
        if layout > LAYOUT:
            raise NewerStore(self.path.name, layout, LAYOUT)
        if layout == 0 and run("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None:
            raise StoreError(
                f"{self.path.name} is a database of another program: name another data directory"
            )
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=FULL")
        run(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        run("PRAGMA busy_timeout=5000")
        mode, level = run("PRAGMA journal_mode").fetchone()[0], run("PRAGMA synchronous").fetchone()[0]
        if (mode, level) != ("wal", 2):
            raise StoreError(
                f"the journal will not be durable here (mode {mode}, synchronous {level}): move it to a disk"
            )
        if layout == 0:
            with self._transaction():
                for statement in SCHEMA_SQL:
                    run(statement)
                self._put("device", device or f"hh-{uuid.uuid4().hex[:8]}")
                run("INSERT INTO epoch (epoch, nonce) VALUES (1, ?)", (uuid.uuid4().hex,))
                run(f"PRAGMA user_version={LAYOUT}")
        elif layout < LAYOUT:
            with self._transaction():
                for old in range(layout, LAYOUT):
                    for statement in UPGRADES_SQL[old]:
                        run(statement)
                run(f"PRAGMA user_version={LAYOUT}")

    def _position(self) -> None:
        """Where the chain stands: read once, kept in step with every commit."""
        run = self.connection.execute
        self.device: str = self.meta("device")
        self.epoch, nonce = run("SELECT epoch, nonce FROM epoch ORDER BY epoch DESC LIMIT 1").fetchone()
        row = run(
            "SELECT seq, hash FROM event WHERE epoch = ? ORDER BY seq DESC LIMIT 1", (self.epoch,)
        ).fetchone()
        self.seq: int = row[0] if row else 0
        self.link: bytes = row[1] if row else chain.first_link(self.device, self.epoch, nonce)
        last = run("SELECT epoch, seq FROM event ORDER BY epoch DESC, seq DESC LIMIT 1").fetchone()
        newest = self.event(*last) if last else None
        self.hlc: int = newest.hlc if newest is not None else 0

    def close(self) -> None:
        """Closes the file; an open transaction is lost, as in a power cut."""
        self.connection.close()

    # -- writing ----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """One durable transaction; an error rolls it back and comes out as a :class:`StoreError`."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
            self._commits += 1
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise self._fault(error) from error
            raise

    def _fault(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or "full" in str(error):
            self.ballast.spend()
            return StoreFull()
        return JournalFault(phrase("fault_journal", detail=str(error)))

    def append(
        self,
        events: Sequence[tuple[Event, Effect]],
        *,
        session: bytes,
        gesture: tuple[int, bytes] | None = None,
        undone: Sequence[int] = (),
        notes: Mapping[str, str] = {},
    ) -> list[Event]:
        """Writes events, their overlay rows, the session, the gesture and notes in one durable transaction.

        ``undone`` names gestures that these events take back: they are forgotten first, and ``gesture`` may be what
        is left of one of them.

        Returns the events with identity and hash. Raises :class:`StoreFull` or :class:`JournalFault`; then nothing
        of it was written. After a full disk no event is taken before there is room for the ballast again: what is
        left is for sending and exporting those that there are.
        """
        if events and self.ballast.spent and not self.ballast.keep():
            raise StoreFull
        seq, link = self.seq, self.link
        written: list[Event] = []
        with self._transaction():
            run = self.connection.execute
            for event, effect in events:
                body = encode_body(event)
                previous, link, seq = link, chain.next_link(link, body), seq + 1
                run(
                    "INSERT INTO event (epoch, seq, body, hash) VALUES (?, ?, ?, ?)",
                    (self.epoch, seq, body, link),
                )
                if event.step != "sighting":
                    self._overlay(event, effect, seq)
                identity = {"device": self.device, "epoch": self.epoch, "seq": seq}
                hashes = {"prev_hash": previous.hex(), "hash": link.hex()}
                written.append(msgspec.structs.replace(event, **identity, **hashes))
            for number in undone:
                run("DELETE FROM gesture WHERE n = ?", (number,))
            if gesture is not None:
                run("INSERT INTO gesture (n, body) VALUES (?, ?)", gesture)
            self._put("session", session)
            for key, note in notes.items():
                self._put(key, note)
        self.seq, self.link = seq, link
        if written:
            self.hlc = max(self.hlc, written[-1].hlc)
        return written

    def _overlay(self, event: Event, effect: Effect, seq: int) -> None:
        row = (
            event.serial,
            event.item,
            self.epoch,
            seq,
            event.document,
            event.line,
            effect.delta,
            effect.closes,
            effect.before or None,
        )
        self.connection.execute("INSERT INTO overlay VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def save_session(self, session: bytes) -> None:
        """Writes what the workflow remembers, durably, where no event came of an input."""
        with self._transaction():
            self._put("session", session)

    def _put(self, key: str, value: str | bytes | int) -> None:
        self.connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value)
        )

    # -- reading ----------------------------------------------------------------------------------------------------

    def meta(self, key: str) -> str:
        """A text of the meta table, or empty."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def put_meta(self, key: str, value: str) -> None:
        """Sets a text of the meta table, durably."""
        with self._transaction():
            self._put(key, value)

    def session(self) -> bytes:
        """What :meth:`append` or :meth:`save_session` wrote last; empty for a new journal."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = 'session'").fetchone()
        return bytes(row[0]) if row else b""

    def event(self, epoch: int, seq: int) -> Event | None:
        """One event by its identity."""
        row = self.connection.execute(
            "SELECT body, hash FROM event WHERE epoch = ? AND seq = ?", (epoch, seq)
        ).fetchone()
        return (
            decode_body(row[0], device=self.device, epoch=epoch, seq=seq, hash=row[1].hex()) if row else None
        )

    def rows(self) -> Iterator[tuple[int, int, bytes, bytes]]:
        """All events as ``(epoch, seq, body, hash)``, oldest first."""
        yield from self.connection.execute("SELECT epoch, seq, body, hash FROM event ORDER BY epoch, seq")

    def heads(self) -> dict[int, int]:
        """Epoch -> the newest event that the overlay speaks of."""
        return dict(self.connection.execute(HEADS_SQL))

    def nonces(self) -> dict[int, str]:
        """Epoch -> the nonce its chain begins with."""
        return dict(self.connection.execute("SELECT epoch, nonce FROM epoch"))

    def gestures(self, limit: int) -> list[tuple[int, bytes]]:
        """The newest gestures that can be taken back, newest first."""
        return list(self.connection.execute("SELECT n, body FROM gesture ORDER BY n DESC LIMIT ?", (limit,)))

    def gesture(self, number: int) -> bytes:
        """One gesture, or empty."""
        row = self.connection.execute("SELECT body FROM gesture WHERE n = ?", (number,)).fetchone()
        return bytes(row[0]) if row else b""

    # -- the outbox -------------------------------------------------------------------------------------------------

    def pending(self) -> int:
        """How many events the server has not confirmed."""
        return int(self.connection.execute(PENDING_SQL).fetchone()[0])

    def oldest_unsent(self, before: float = math.inf) -> tuple[int, int] | None:
        """``(epoch, first seq)`` of what must go up next: orphans of an old epoch before the current one.

        ``before``: of this epoch and later ones nothing.
        """
        for epoch, acked in self.connection.execute(
            "SELECT epoch, acked FROM epoch ORDER BY epoch"
        ).fetchall():
            if epoch >= before:
                break
            row = self.connection.execute(
                "SELECT min(seq) FROM event WHERE epoch = ? AND seq > ?", (epoch, acked)
            ).fetchone()
            if row[0] is not None:
                return int(epoch), int(row[0])
        return None

    def bodies(self, epoch: int, first: int, limit: int) -> list[bytes]:
        """Canonical bytes of consecutive events from ``first`` on."""
        sql = "SELECT body FROM event WHERE epoch = ? AND seq >= ? ORDER BY seq LIMIT ?"
        return [bytes(row[0]) for row in self.connection.execute(sql, (epoch, first, limit))]

    def link_before(self, epoch: int, seq: int) -> bytes | None:
        """The chain before an event; None where the event before it is no longer held."""
        if seq == 1:
            row = self.connection.execute("SELECT nonce FROM epoch WHERE epoch = ?", (epoch,)).fetchone()
            return chain.first_link(self.device, epoch, row[0]) if row else None
        row = self.connection.execute(
            "SELECT hash FROM event WHERE epoch = ? AND seq = ?", (epoch, seq - 1)
        ).fetchone()
        if row is None and (begin := self.anchor(epoch)) is not None and begin.seq == seq - 1:
            return begin.link
        return bytes(row[0]) if row else None

    def acknowledge(self, epoch: int, hwm: int, receipt: bytes = b"") -> None:
        """The server holds everything of the epoch up to ``hwm``: forwards, or backwards after a restore."""
        with self._transaction():
            self.connection.execute("UPDATE epoch SET acked = ? WHERE epoch = ?", (hwm, epoch))
            if receipt:
                self.connection.execute(
                    "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?)", (epoch, hwm, receipt)
                )

    def receipts(self) -> dict[tuple[int, int], Receipt]:
        """(epoch, mark) -> the server's word for it."""
        rows = self.connection.execute("SELECT epoch, hwm, body FROM receipt ORDER BY epoch, hwm")
        return {(epoch, hwm): msgspec.json.decode(body, type=Receipt) for epoch, hwm, body in rows}

    def acked(self) -> dict[int, int]:
        """Epoch -> up to where the server confirmed it."""
        return dict(self.connection.execute("SELECT epoch, acked FROM epoch"))

    def epochs(self) -> dict[int, int]:
        """Epoch -> its newest event's number."""
        return dict(self.connection.execute("SELECT epoch, max(seq) FROM event GROUP BY epoch"))

    def begin_epoch(self, epoch: int) -> None:
        """After ``fenced``: what is unsent stays with its identity, new events get the new epoch."""
        if epoch <= self.epoch:
            return
        with self._transaction():
            self.connection.execute(
                "INSERT INTO epoch (epoch, nonce) VALUES (?, ?)", (epoch, uuid.uuid4().hex)
            )
        self._position()

    def adopt(self, device: str) -> None:
        """Takes the identity that the server gave. Only a journal without events may."""
        if self.seq or self.epoch != 1:
            raise StoreError("this journal already has events under another name: use a new data directory")
        self.put_meta("device", device)
        self._position()

    # -- care -------------------------------------------------------------------------------------------------------

    def checkpoint(self) -> None:
        """Moves the log into the file; for idle moments. The next commits overwrite it from its beginning."""
        self._commits = 0
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @property
    def log_is_long(self) -> bool:
        """True when a short pause is enough reason for :meth:`checkpoint`."""
        return self._commits >= COMMITS_MAX

    def lengthen_log(self, length_bytes: int = LOG_BYTES) -> None:
        """Gives the log its length where it is shorter, so that commits need not; for idle moments."""
        if lengthen(self.connection, self.path, length_bytes):
            self.checkpoint()


def _cannot_open(path: Path, error: BaseException) -> str:
    if isinstance(error, sqlite3.OperationalError):
        return f"the journal {path.name} cannot be opened ({error}): check the data directory"
    return (
        f"the journal {path.name} is damaged ({error}): keep the file, save what can be read of it with "
        "'scanner export events', and go on in a new data directory"
    )
