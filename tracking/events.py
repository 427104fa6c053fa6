"""Events: the immutable facts that everything else is folded from (DESIGN section 5).

A workflow proposes an event with the business fields only; the session stamps who, when and where; the journal
gives it its identity ``(device, epoch, seq)`` and its place in the hash chain. Only the journal's canonical bytes
are hashed and sent, so a server that does not know a newer field still stores exactly what was written.

Steps are CBV 2.0 business steps where CBV has the word. Ours beside them: ``returning`` (CBV: receiving with
disposition returned), ``completing`` (a document is closed), ``sighting`` (a code was seen and nothing done),
``settling`` (somebody answers for an exception) and ``handing_over`` (a task goes to another handheld: DELETE gives it
away, ADD takes it).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import msgspec

from tracking.later import Later

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = Later("hashlib")

SCHEMA = 1
"""Version of the event body. Only ever added to: a reader keeps what it does not know."""

EVENT_BYTES_MAX = 65_536
"""Canonical bytes of one event: 16 KiB of raw scan, every byte escaped to six characters, would not fit more."""

STEPS = (
    "commissioning",
    "receiving",
    "storing",
    "reserving",
    "picking",
    "packing",
    "unpacking",
    "shipping",
    "installing",
    "removing",
    "assembling",
    "inspecting",
    "holding",
    "stock_taking",
    "returning",
    "repairing",
    "collecting",
    "destroying",
    "decommissioning",
    "completing",
    "sighting",
    "settling",
    "handing_over",
)

EVIDENCE = ("scanned", "ranged", "imported", "typed")


class Event(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One fact. Empty text and zero mean "does not apply"; they are left out of the canonical bytes."""

    step: str
    """Business step, one of :data:`STEPS`."""
    action: str = "OBSERVE"
    """EPCIS action: ``ADD`` begins, ``DELETE`` ends, ``OBSERVE`` sees."""

    item: str = ""
    serial: str = ""
    lot: str = ""
    quantity: int = 1
    """How many of a lot or an untracked item; always 1 for a serial number."""
    container: str = ""
    expiry: str = ""
    """ISO date, usable through that day in the site's time zone."""
    made: str = ""
    revision: str = ""

    location: str = ""
    document: str = ""
    line: int = 0
    party: str = ""
    parent_item: str = ""
    parent_serial: str = ""
    parent_container: str = ""
    position: str = ""
    """BOM position that a component goes into."""

    flag: str = ""
    """With ``holding``: the flag that is set (ADD) or cleared (DELETE)."""
    reason: str = ""
    code: str = ""
    """The verdict code that the operator was shown."""
    new: bool = False
    """The serial number was not known to this device before."""
    repaired: bool = False
    """The reader rebuilt a damaged scan; :attr:`raw` still has what came in."""
    cancels: str = ""
    """Reference (:func:`ref`) of the event that this one declares to be an error."""
    completes: bool = False
    """True where this event closed its document on its own."""

    status: str = ""
    flags: tuple[str, ...] = ()
    customer: str = ""
    sold_on: str = ""
    """Opening balance of an imported unit. With a return or a repair: the sale that the warranty counts from."""
    until: str = ""
    """With a return or a repair: the last day of the warranty, ISO date."""
    recount: int = 0
    """With ``stock_taking``: 0 for the first count of a sheet, higher for each recount."""

    evidence: str = "scanned"
    raw: str = ""
    """The scan as UTF-8 text."""
    raw_hex: str = ""
    """The scan's bytes, where they are not UTF-8."""
    symbology_id: str = ""
    source: str = ""

    operator: str = ""
    site: str = ""
    task: str = ""
    at: str = ""
    """When: by the device's wall clock, or, where that was not believed, by the server's. ISO 8601 with offset."""
    hlc: int = 0
    """Hybrid logical clock, see :mod:`tracking.clock`."""
    mono_ms: int = 0
    boot: str = ""
    clock: str = ""
    """What is known of the wall clock. ``synced``: near the server's, heard since the device was switched on.
    ``suspect``: far from it, so not believed. ``lost``: not believed either, because it stands before the server's last
    word or long after, but that word is from before the device was switched on. Empty: nothing speaks against it.
    ``ahead``: the server's word, see :mod:`tracking.received`."""
    offset_ms: int = 0
    """Server time minus wall clock; where that was not believed ``at`` minus wall clock, so what it said is kept.
    With ``ahead``: how long before it was received it may have been written."""
    app: str = ""
    schema: int = SCHEMA

    device: str = ""
    epoch: int = 0
    seq: int = 0
    prev_hash: str = ""
    hash: str = ""

    supervisor: str = ""
    """Badge of who took a stop upon himself; ``reason`` says why."""
    waived: str = ""
    """The code of the stop that was so waived."""
    settles: str = ""
    """With ``settling``: the key of the exception that somebody answers for; ``reason`` says how it came out."""
    follows: str = ""
    """With ``handing_over``: the hand-over that this one answers, named by the event that gave the task away."""

    said_hlc: int = 0
    """What the device gave as :attr:`hlc`, where the server did not believe it, see :mod:`tracking.received`. Never in
    the canonical bytes, nor is the next one.
    """
    said_at: str = ""
    """What the device gave as :attr:`at`, where the server did not believe that either."""

    @property
    def ref(self) -> str:
        """``device/epoch/seq``: how another event names this one."""
        return f"{self.device}/{self.epoch}/{self.seq}"

    @property
    def event_id(self) -> str:
        """UUIDv7 (RFC 9562 section 5.7), derived, so that it costs no byte on the wire."""
        return event_id(self.device, self.epoch, self.seq, (self.said_hlc or self.hlc) >> 16)

    @property
    def order(self) -> tuple[int, str, int, int]:
        """The fold's order: hybrid clock, then device, then the device's own sequence."""
        return (self.hlc, self.device, self.epoch, self.seq)


def event_id(device: str, epoch: int, seq: int, unix_ms: int) -> str:
    """A UUIDv7 whose time is the event's and whose random bits are a digest of its identity."""
    digest = hashlib.sha256(f"{device}/{epoch}/{seq}".encode()).digest()
    bits = (unix_ms & (2**48 - 1)) << 80 | int.from_bytes(digest[:10], "big")
    bits = bits & ~(0xF << 76) | 7 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=bits))


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Event)


def encode_body(event: Event) -> bytes:
    """Canonical bytes of an event that has no identity yet: fields in order, defaults left out."""
    if event.device or event.hash or event.said_hlc:
        raise ValueError("identity, hash and the server's doubts are not part of the canonical bytes")
    return _ENCODER.encode(event)


def decode_body(
    body: bytes, *, device: str, epoch: int, seq: int, prev_hash: str = "", hash: str = ""
) -> Event:
    """An event from its canonical bytes and its identity.

    Raises :class:`msgspec.MsgspecError` for bytes that are no event of a schema known here.
    """
    event = _DECODER.decode(body)
    return msgspec.structs.replace(
        event,
        device=device,
        epoch=epoch,
        seq=seq,
        prev_hash=prev_hash,
        hash=hash,
        said_hlc=0,  # nobody speaks for the server in a body
        said_at="",
    )


def parse_ref(ref: str) -> tuple[str, int, int] | None:
    """``(device, epoch, seq)`` of a reference, or None if it is not one."""
    device, _, rest = ref.rpartition("/")[0].rpartition("/")
    tail = ref.rpartition("/")[2]
    if not device or not rest.isdecimal() or not tail.isdecimal():
        return None
    return device, int(rest), int(tail)
