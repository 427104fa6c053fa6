"""A server's morning over a logged file system: site file, uploads, folding, papers; and what it told whom when."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from server import devices, enrollment, ingest, projection, site_import, storage_sqlite
from server.storage_sqlite import SqliteStorage
from sync import wire
from sync.wire import Batch, Enroll, NewCode, Receipt, Stored
from tests.durability.goods import SETTLED_MS, serial, site_file
from tests.durability.power_cut import Image
from tests.durability.write_log import ApswConnection, Op, WriteLog
from tracking import chain, clock
from tracking.events import Event, encode_body

DATABASE = "server.db"
DEVICES = ("D-1", "D-2")
BATCHES, EVENTS = 8, 6


class Promise(NamedTuple):
    """An answer that a handheld has got."""

    ops: int
    """Operations that had come through by then."""
    receipt: Receipt


class Morning(NamedTuple):
    """Everything that a power cut is judged by."""

    ops: list[Op]
    begun: int
    """Operations until the server was first ready."""
    promises: list[Promise]
    enrolled: list[tuple[int, str]]
    """(operations, device) of identities that were given out."""
    key: bytes
    generation: str


class Sender:
    """A handheld as its bytes alone."""

    def __init__(self, device: str, first_number: int) -> None:
        self.device, self._number = device, first_number
        self.link = chain.first_link(device, 1, "nonce")
        self.seq = 0

    def batch(self) -> Batch:
        """The next events: units come in, and the last of them goes out at once."""
        bodies = [encode_body(self._event(place)) for place in range(EVENTS)]
        batch = wire.batch_of(epoch=1, first=self.seq + 1, prev_chain=self.link, bodies=bodies)
        self.seq, self.link = self.seq + EVENTS, chain.follow(self.link, bodies)
        return batch

    def _event(self, place: int) -> Event:
        at_ms = SETTLED_MS + 1000 * (self.seq + place)
        last = place == EVENTS - 1
        self._number += not last
        return Event(
            step="shipping" if last else "receiving",
            item="PUMP",
            serial=serial(self._number),
            document="SO-HAM" if last else "PO-HAM",
            line=1,
            site="HAM",
            hlc=clock.pack(at_ms),
            at="2026-11-23T10:00:00.000+01:00",
        )


def morning(folder: Path, log: WriteLog, synchronous: str = "FULL") -> Morning:
    """All of it, to a tidy end."""

    def connect(path: Path) -> Any:
        return ApswConnection(path, log.vfs_name, rewrite=_lying(synchronous))

    with patch.multiple(storage_sqlite, _connect=connect, _open_reader=connect):
        storage = SqliteStorage(folder / DATABASE)
        begun = len(log.ops)
        promises: list[Promise] = []
        enrolled: list[tuple[int, str]] = []
        site_import.import_site(storage, "HAM", json.dumps(site_file()).encode(), SETTLED_MS)
        with storage.write() as tx:
            for device in DEVICES:
                devices.add(tx, device, device, "HAM", device, SETTLED_MS)
        senders = [Sender(device, 1000 * place) for place, device in enumerate(DEVICES)]
        for count in range(BATCHES):
            sender = senders[count % len(senders)]
            reply = ingest.take(storage, sender.device, sender.batch(), SETTLED_MS + count)
            assert isinstance(reply, Stored)
            assert reply.receipt is not None
            promises.append(Promise(len(log.ops), reply.receipt))
            if count % 3 == 0:
                while projection.fold_next(storage):
                    pass
            if count == 4:
                code = enrollment.new_code(storage, NewCode(site="HAM"), SETTLED_MS).code
                given = enrollment.enroll(storage, Enroll(code=code), enrollment.Guesses(), SETTLED_MS)
                enrolled.append((len(log.ops), given.device))
            if count == 5:
                storage._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
        key, generation = storage.receipt_key, storage.generation
        storage.close()
    return Morning(list(log.ops), begun, promises, enrolled, key, generation)


def _lying(synchronous: str) -> Callable[[str], str]:
    """A store that says FULL and does something else."""

    def rewrite(sql: str) -> str:
        if sql == "PRAGMA synchronous=FULL":
            return f"PRAGMA synchronous={synchronous}"
        return "SELECT 2" if sql == "PRAGMA synchronous" else sql

    return rewrite


def start_over(folder: Path, image: Image) -> SqliteStorage:
    """The server on the files that the cut left."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        (folder / (DATABASE + suffix)).unlink(missing_ok=True)
    for name, content in image.items():
        (folder / name).write_bytes(content)
    return SqliteStorage(folder / DATABASE)
