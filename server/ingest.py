"""Takes a batch in: verifies it, makes events and high-water mark durable in one transaction, then answers.

Nothing is judged by its business here: an authentic event is always stored. What cannot be understood is stored raw
like the rest, and the folder sets it aside in the quarantine, so that it never blocks what comes behind it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from server import devices, ledger
from server.judge import Answer, judge, links_of
from server.storage import Reader, Storage, Writer
from sync.outbox import Gone
from sync.wire import Batch, HighWater, Receipt, Refused, Stored, bodies_of, link_of, receipt_text


class _Incoming(NamedTuple):
    """A batch with everything that can be worked out before the write lock is taken."""

    device: str
    batch: Batch
    bodies: list[bytes]
    prev: bytes
    last: bytes
    links: list[bytes]
    signed: bool
    """Its head carries a signature that was looked at."""
    misunderstood: int
    """How many of its events will go to the quarantine."""
    now_ms: int


def take(
    storage: Storage,
    device: str,
    batch: Batch,
    now_ms: int,
    *,
    signed: bool = False,
    of_file: bool = False,
    gone: Gone | None = None,
) -> Stored | Refused:
    """Store a batch of an authenticated device, or say why it does not fit; ``signed``: by its key, which was checked.

    ``of_file``: it was written without knowing where the server stands; ``gone``: what it tells of events before it.
    Raises :class:`sync.wire.WireError` for a malformed chain and :class:`server.storage.StorageError`; nothing is
    stored in either case.
    """
    bodies = bodies_of(batch)
    prev, last = link_of(batch.prev_chain), link_of(batch.last_chain)
    misunderstood = _count_misunderstood(device, batch, bodies)
    incoming = _Incoming(
        device, batch, bodies, prev, last, links_of(prev, bodies), signed, misunderstood, now_ms
    )
    with storage.write(device) as tx:
        known_device = devices.by_id(tx, device)
        current = known_device.epoch if known_device else 0
        held = devices.standing(tx, device, batch.epoch)
        judged = judge(
            batch,
            prev,
            last,
            incoming.links,
            current,
            held,
            lambda seq: ledger.chain_at(tx, device, batch.epoch, seq),
            proven=_proven(storage, device, batch),
            exact=not of_file,
            foreign=_is_anothers(held, gone),
        )
        if judged.answer == "append":
            held = _append(tx, incoming, judged.known, held)
        if judged.answer in {"append", "duplicate"}:
            devices.heard(tx, device, now_ms, batch.pending, current if batch.orphan else batch.epoch)
        stands = devices.standing(tx, device, current) if judged.answer == "fenced" else held
    return _answer(storage, incoming, judged.answer, current, stands)


def _count_misunderstood(device: str, batch: Batch, bodies: list[bytes]) -> int:
    """How many events nobody here understands. The folder sets them aside; they are stored like all others."""
    events = (ledger.understand(body, device, batch.epoch, batch.first) for body in bodies)
    return sum(isinstance(event, ledger.Misunderstood) for event in events)


def _proven(storage: Storage, device: str, batch: Batch) -> bool:
    """True where this server itself once confirmed everything up to the batch's beginning."""
    word = batch.proof
    if not batch.lost or word is None or (word.device, word.epoch) != (device, batch.epoch):
        return False
    return word.hwm >= batch.first - 1 and receipt_holds(storage.receipt_key, word)


def _is_anothers(held: devices.Standing | None, gone: Gone | None) -> bool:
    """True where what is held under a device's numbers is not what it let go of: a copy of it wrote that."""
    return held is not None and gone is not None and not held.chain.startswith(gone.at(held.hwm))


def _append(tx: Writer, incoming: _Incoming, known: int, held: devices.Standing | None) -> devices.Standing:
    """Store what is new, where ``held`` is how far the server had the epoch; how far it has it then."""
    batch, device = incoming.batch, incoming.device
    first = batch.first + known
    held = held or devices.Standing(batch.epoch, 0, b"", 0)
    due = held.hwm + 1
    if first > due:
        tx.run("INSERT INTO hole VALUES (?, ?, ?, ?, ?)", device, batch.epoch, due, first - 1, incoming.prev)
    ledger.append(
        tx, device, batch.epoch, first, incoming.bodies[known:], incoming.links[known:], incoming.now_ms
    )
    devices.advance(tx, device, batch.epoch, incoming.prev, batch.last, incoming.last)
    if incoming.signed:
        devices.keep_head(tx, device, batch.epoch, batch.last, bytes.fromhex(batch.signature))
    return held._replace(hwm=batch.last, chain=incoming.last)


def _answer(
    storage: Storage, incoming: _Incoming, verdict: Answer, current: int, stands: devices.Standing | None
) -> Stored | Refused:
    """Say where the server stands: in the device's current epoch for ``fenced``, else in the batch's own."""
    hwm, link = (stands.hwm, stands.chain.hex()) if stands else (0, "")
    epoch, now_ms = incoming.batch.epoch, incoming.now_ms
    match verdict:
        case "gap" | "fork" | "fenced":
            return Refused(
                error=verdict,
                generation=storage.generation,
                epoch=current if verdict == "fenced" else epoch,
                hwm=hwm,
                chain=link,
                server_ms=now_ms,
            )
    return Stored(
        status="stored" if verdict == "append" else "duplicate",
        generation=storage.generation,
        epoch=epoch,
        hwm=hwm,
        chain=link,
        server_ms=now_ms,
        backed_up_through=stands.backed_up if stands else 0,
        quarantined=incoming.misunderstood,
        receipt=receipt(storage.receipt_key, incoming.device, epoch, hwm, link, now_ms),
    )


def receipt(key: bytes, device: str, epoch: int, hwm: int, link: str, now_ms: int) -> Receipt:
    """The server's signed word that it holds a device's events up to ``hwm``."""
    signature = hmac.new(key, receipt_text(device, epoch, hwm, link, now_ms), hashlib.sha256).hexdigest()
    return Receipt(device=device, epoch=epoch, hwm=hwm, chain=link, received_ms=now_ms, signature=signature)


def receipt_holds(key: bytes, claimed: Receipt) -> bool:
    """True when this server signed the receipt."""
    fresh = receipt(key, claimed.device, claimed.epoch, claimed.hwm, claimed.chain, claimed.received_ms)
    return hmac.compare_digest(fresh.signature, claimed.signature)


def high_water(
    reader: Reader, generation: str, device: devices.Device, epoch: int | None, seq: int | None, now_ms: int
) -> HighWater:
    """Where the server stands with a device: its current epoch, or one that it asks for.

    ``seq``: up to that event only, so that the device can compare the chain there. Its mark and chain are then those
    of the event, or of nothing where the ledger does not have it.
    """
    held = devices.standings(reader, device.id)
    wanted = device.epoch if epoch is None else epoch
    found = held.get(wanted)
    hwm, link = (found.hwm, found.chain) if found else (0, b"")
    if seq is not None and seq < hwm:
        link = ledger.chain_at(reader, device.id, wanted, seq) or b""
        hwm = seq if link else 0
    return HighWater(
        generation=generation,
        epoch=wanted,
        hwm=hwm,
        chain=link.hex(),
        server_ms=now_ms,
        epochs={number: one.hwm for number, one in held.items()},
        backed_up={number: one.backed_up for number, one in held.items() if one.backed_up},
    )
