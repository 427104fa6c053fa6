"""Mistakes in who may hand in what, and in what comes another way, put in on purpose."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from scanner_app.anchors import Anchors
from scanner_app.journal import Journal
from server import devices, handed_in, ingest, signatures
from server.site_import import append_in_office_name
from server.storage import Storage
from sync.wire import Batch, Refused, Stored, batch_of, bodies_of, decode_batch
from tests.simulation.faulty import Bug


def _key_not_checked() -> AbstractContextManager[object]:
    """Whoever has the token may hand in what he likes."""
    return patch.object(signatures, "check", lambda *_: None)


def _taken_as_new(storage: Storage, device: str, batch: Batch, now_ms: int, **more: Any) -> Stored | Refused:
    """What is known already is written down once more, behind what is there."""
    answer = ingest_take(storage, device, batch, now_ms, **more)
    if isinstance(answer, Stored) and answer.status == "duplicate" and answer.epoch == batch.epoch:
        again = batch_of(
            epoch=batch.epoch,
            first=answer.hwm + 1,
            prev_chain=bytes.fromhex(answer.chain),
            bodies=bodies_of(batch),
            orphan=batch.orphan,
        )
        return ingest_take(storage, device, again, now_ms)
    return answer


ingest_take = ingest.take


class _Ingest:
    """The module as the other ways in see it."""

    take = staticmethod(_taken_as_new)


def _handed_in_twice() -> AbstractContextManager[object]:
    """A file that comes twice, or after the network, counts twice."""
    return patch.object(handed_in, "ingest", _Ingest)


def _accepted_is_the_offices() -> AbstractContextManager[object]:
    """What is accepted of a revoked handheld is written down in the office's name."""

    def taken(storage: Storage, device: str, held: Any, now_ms: int) -> str:
        bodies = bodies_of(decode_batch(held.body))
        with storage.write() as tx:
            append_in_office_name(tx, storage.generation, bodies, now_ms)
        return "accepted"

    return patch.object(handed_in, "_take", taken)


def _copy_is_a_duplicate() -> AbstractContextManager[object]:
    """Numbers that are known are answered with what was sent, without a look at what is held under them."""
    real = ingest.take

    def take(storage: Storage, device: str, batch: Batch, now_ms: int, **more: Any) -> Stored | Refused:
        with storage.read() as reader:
            held = devices.standing(reader, device, batch.epoch)
        if held is None or batch.last > held.hwm:
            return real(storage, device, batch, now_ms, **more)
        return Stored(
            status="duplicate", generation=storage.generation, epoch=batch.epoch, hwm=batch.last,
            chain=batch.last_chain, server_ms=now_ms, backed_up_through=0,
        )  # fmt: skip

    return patch.object(ingest, "take", take)


def _current_epoch_only() -> AbstractContextManager[object]:
    """After a restore only the current epoch is sent again from where the server stands."""
    real = Journal.acknowledge

    def acknowledge(self: Journal, epoch: int, hwm: int, receipt: bytes = b"") -> None:
        if epoch == self.epoch or hwm > self.acked().get(epoch, 0):
            real(self, epoch, hwm, receipt)

    return patch.object(Journal, "acknowledge", acknowledge)


def _clock_begins_anew() -> AbstractContextManager[object]:
    """With a start the handheld's clock forgets how far its events had come."""
    real = Journal._position

    def position(self: Journal) -> None:
        real(self)
        self.hlc = 0

    return patch.object(Journal, "_position", position)


def _pruned_without_an_anchor() -> AbstractContextManager[object]:
    """Old events go, and where the journal begins now is to be written down afterwards."""

    def cut(self: Anchors, epoch: int, seq: int) -> None:
        with self._transaction():
            for table in ("event", "covered"):
                self.connection.execute(f"DELETE FROM {table} WHERE epoch = ? AND seq <= ?", (epoch, seq))

    return patch.object(Anchors, "_cut", cut)


def _not_understood_is_dropped() -> AbstractContextManager[object]:
    """A batch in which something is not understood is answered and not stored."""
    real = ingest.take

    def take(storage: Storage, device: str, batch: Batch, now_ms: int, **more: Any) -> Stored | Refused:
        if ingest._count_misunderstood(device, batch, bodies_of(batch)):
            return Stored(
                status="stored", generation=storage.generation, epoch=batch.epoch, hwm=batch.last,
                chain=batch.last_chain, server_ms=now_ms, backed_up_through=0, quarantined=1,
            )  # fmt: skip
        return real(storage, device, batch, now_ms, **more)

    return patch.object(ingest, "take", take)


def _receipt_of_another_life() -> AbstractContextManager[object]:
    """What the server confirmed before it was put back still counts as confirmed."""
    real = Journal.acknowledge

    def acknowledge(self: Journal, epoch: int, hwm: int, receipt: bytes = b"") -> None:
        marks = [mark for of, mark in self.receipts() if of == epoch]
        real(self, epoch, max([hwm, *marks]), receipt)

    return patch.object(Journal, "acknowledge", acknowledge)


BUGS: dict[str, Bug] = {
    "the key is not looked at": _key_not_checked,
    "a file counts twice": _handed_in_twice,
    "accepted is the office's": _accepted_is_the_offices,
    "a copy is a duplicate": _copy_is_a_duplicate,
    "the current epoch only": _current_epoch_only,
    "the clock begins anew": _clock_begins_anew,
    "pruned without an anchor": _pruned_without_an_anchor,
    "not understood is dropped": _not_understood_is_dropped,
    "receipts of another life": _receipt_of_another_life,
}
