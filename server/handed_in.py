"""Events that come another way than a device's own upload: from a file, or from a device that was revoked.

A file of a device in good standing is taken as its upload would be, by the same code, so what was sent already is
known. Events of a revoked device are held back, unseen by any projection, until somebody of the office says that they
count: whoever found a stolen handheld may not write into the ledger.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from server import devices, ingest, signatures
from server.signatures import SignatureError
from server.storage import Reader, Storage, Writer
from sync import outbox
from sync.outbox import Delivered, Gone, RescueDecided, Waiting
from sync.wire import Batch, Refused, TooLargeError, WireError, decode_batch

BATCHES_MAX = 4000
"""Held of one device at once; eight hours of scans are some forty."""
REASON_CHARS_MAX = 500


class DecisionError(Exception):
    """A word that cannot be taken; the text says why."""


class _Held(NamedTuple):
    epoch: int
    first: int
    last: int
    body: bytes


def deliver(storage: Storage, data: bytes, now_ms: int) -> Delivered:
    """Take a handheld's outbox from a file. Raises :class:`sync.wire.WireError`; then nothing of it was taken."""
    name = outbox.device_of(data)
    with storage.read() as reader:
        device = devices.by_id(reader, name)
        secrets = devices.secrets(reader, name)
    if device is None:
        raise WireError(f"there is no device {name[:60]!r} here: is this the server it was enrolled at?")
    key = device.public_key
    by_key = (lambda signature, text: signatures.holds(key, signature, text)) if key else None
    batches, gone = outbox.opened(data, secrets, by_key)
    try:
        for batch in batches:
            signatures.check(device, batch)
    except SignatureError as error:
        raise WireError(str(error)) from error
    if device.revoked:
        for batch in batches:
            hold(storage, name, batch, now_ms)
        return Delivered(device=name, events=_count(batches), held=_count(batches))
    return _taken(storage, device, batches, gone, now_ms)


def _taken(
    storage: Storage, device: devices.Device, batches: list[Batch], gone: dict[int, Gone], now_ms: int
) -> Delivered:
    """As uploads, each epoch as far as it goes; of the first that stops, what is missing before it."""
    done = Delivered(device=device.id, events=_count(batches))
    stopped: set[int] = set()
    for batch in batches:
        if batch.epoch in stopped:
            continue
        before = _hwm(storage, device.id, batch.epoch)
        orphan = _as_orphan(storage, batch, device.id)
        answer = ingest.take(
            storage,
            device.id,
            orphan,
            now_ms,
            signed=bool(device.public_key),
            of_file=True,
            gone=gone.get(batch.epoch),
        )
        if isinstance(answer, Refused):
            stopped.add(batch.epoch)
            done = _refused(done, batch, answer)
            continue
        new = max(0, answer.hwm - max(before, batch.first - 1))
        done = msgspec.structs.replace(
            done, stored=done.stored + new, known=done.known + len(batch.events) - new
        )
    return done


def _refused(done: Delivered, batch: Batch, answer: Refused) -> Delivered:
    if done.refused:
        return done
    if answer.error != "gap":
        return msgspec.structs.replace(done, refused=answer.error)
    return msgspec.structs.replace(
        done,
        refused=answer.error,
        epoch=batch.epoch,
        missing_from=answer.hwm + 1,
        missing_through=batch.first - 1,
    )


def _as_orphan(storage: Storage, batch: Batch, device: str) -> Batch:
    """Of an epoch that was not yet over when the batch was made, but is now."""
    with storage.read() as reader:
        known = devices.by_id(reader, device)
    over = known is not None and batch.epoch < known.epoch
    return msgspec.structs.replace(batch, orphan=True) if over else batch


def _count(batches: list[Batch]) -> int:
    return sum(len(batch.events) for batch in batches)


def _hwm(storage: Storage, device: str, epoch: int) -> int:
    with storage.read() as reader:
        found = devices.standing(reader, device, epoch)
    return found.hwm if found else 0


def hold(storage: Storage, device: str, batch: Batch, now_ms: int) -> None:
    """Keep a batch of a revoked device aside, durably. Raises :class:`sync.wire.TooLargeError` beyond a bound."""
    with storage.write() as tx:
        row = tx.row("SELECT count(*) FROM rescued WHERE device = ? AND decision = ''", device)
        if row and row[0] >= BATCHES_MAX:
            raise TooLargeError(f"{BATCHES_MAX} batches of this device wait for the office already")
        tx.run(
            "INSERT INTO rescued (device, epoch, first, last, body, received_ms) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            device,
            batch.epoch,
            batch.first,
            batch.last,
            msgspec.json.encode(batch),
            now_ms,
        )


def waiting(reader: Reader) -> list[Waiting]:
    """What is held back, by device."""
    rows = reader.rows(
        "SELECT r.device, d.name, d.site, count(*), sum(r.last - r.first + 1), min(r.received_ms) FROM rescued r"
        " LEFT JOIN device d ON d.id = r.device WHERE r.decision = '' GROUP BY r.device, d.name, d.site"
        " ORDER BY r.device"
    )
    return [
        Waiting(
            device=device,
            name=name or "",
            site=site or "",
            batches=int(batches),
            events=int(events),
            since_ms=ms,
        )
        for device, name, site, batches, events, ms in rows
    ]


def decide(storage: Storage, device: str, accept: bool, reason: str, now_ms: int) -> RescueDecided:
    """The office's word on what is held of a device. Accepted, it is taken in like any upload; either way it is kept.

    Raises :class:`DecisionError` with one plain sentence.
    """
    reason = reason.strip()[:REASON_CHARS_MAX]
    if not reason:
        raise DecisionError("say why: whoever looks at this device later wants to know")
    with storage.read() as reader:
        rows = reader.rows(
            "SELECT epoch, first, last, body FROM rescued WHERE device = ? AND decision = '' ORDER BY epoch, first",
            device,
        )
    held = [_Held(epoch, first, last, bytes(body)) for epoch, first, last, body in rows]
    if not held:
        raise DecisionError("nothing of this device waits any more")
    taken, refused = 0, ""
    for one in held:
        word = _take(storage, device, one, now_ms) if accept else "rejected"
        taken += one.last - one.first + 1 if word == "accepted" else 0
        refused = word if accept and word != "accepted" else refused
        with storage.write() as tx:
            _decided(tx, device, one, word, reason, now_ms)
    return RescueDecided(device=device, accepted=taken, refused=refused)


def _take(storage: Storage, device: str, held: _Held, now_ms: int) -> str:
    batch = _as_orphan(storage, decode_batch(held.body), device)
    answer = ingest.take(storage, device, batch, now_ms, of_file=True)
    return answer.error if isinstance(answer, Refused) else "accepted"


def _decided(tx: Writer, device: str, held: _Held, word: str, reason: str, now_ms: int) -> None:
    tx.run(
        "UPDATE rescued SET decision = ?, decided_ms = ?, reason = ?"
        " WHERE device = ? AND epoch = ? AND first = ? AND last = ?",
        word,
        now_ms,
        reason,
        device,
        held.epoch,
        held.first,
        held.last,
    )
