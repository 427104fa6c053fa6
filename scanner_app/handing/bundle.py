"""What goes from one handheld to the other: the task, the state at its prompt, and the facts that only the giver has.

Packed by position and deflated with a dictionary of what is in every one, so that a task with a few scans fits one
symbol. Scanned text: everything is bounded and typed before it is believed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import msgspec

from scanner_app.handing.pieces import BYTES_MAX
from tracking.events import STEPS, Event

VERSION = 1
UNPACKED_BYTES_MAX = 16_384
"""Of a bundle, before anything in it is looked at."""
_ACTIONS = ("OBSERVE", "ADD", "DELETE")

_SHORT = {
    "item": "i",
    "serial": "s",
    "quantity": "q",
    "line": "l",
    "lot": "b",
    "expiry": "e",
    "location": "p",
    "container": "c",
    "parent_item": "I",
    "parent_serial": "S",
    "parent_container": "C",
    "position": "P",
    "party": "y",
    "recount": "r",
    "flag": "f",
    "revision": "v",
    "cancels": "x",
    "operator": "o",
    "before": "w",
    "reason": "R",
}


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename=_SHORT):
    """One event of the giver's that the server may not have yet, without what only an audit needs."""

    what: int = msgspec.field(name="t")
    """Place of the step in :data:`tracking.events.STEPS` times three, and the action's place."""
    seq: int = msgspec.field(name="n")
    ago_s: int = msgspec.field(name="a", default=0)
    """Seconds before the hand-over."""
    item: str = ""
    serial: str = ""
    quantity: int = 1
    line: int = 0
    lot: str = ""
    expiry: str = ""
    location: str = ""
    container: str = ""
    parent_item: str = ""
    parent_serial: str = ""
    parent_container: str = ""
    position: str = ""
    party: str = ""
    """Where it is not the document's."""
    recount: int = 0
    flag: str = ""
    revision: str = ""
    cancels: str = ""
    operator: str = ""
    """Where it is not the one who hands over."""
    reason: str = ""
    before: bytes = b""
    """Encoded state of the unit before a cancelled event that the server has already."""


class Share(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one handheld adds to the server's picture. A task that went through several has a share of each."""

    device: str
    epoch: int
    seq: int
    """Of the event that gave the task away: once the server shows it, it shows everything before it as well."""
    own: dict[int, int] = {}
    """Line -> done by events that the server may not have."""
    facts: tuple[Fact, ...] = ()
    left_out: int = 0
    """Facts that did not fit."""
    counted: dict[str, int] = {}
    """Of a count sheet: location -> counted there by this handheld; the other places together under ``""``."""
    recount: int = 0
    """The round that this was counted in."""
    people: tuple[str, ...] = ()
    """Badges of those who counted in it on this handheld: none of them may be its second counter."""
    empty: tuple[str, ...] = ()
    """Locations of which somebody said on this handheld, in this round, that nothing is there; the newest."""

    @property
    def id(self) -> str:
        """Names the hand-over, as :attr:`tracking.events.Event.ref` does."""
        return f"{self.device}/{self.epoch}/{self.seq}"


class Bundle(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A task on its way."""

    version: int = VERSION
    workflow: str
    subject: str
    document: str
    state: bytes
    at_s: int
    """When it was handed over, seconds since 1970 by the giver's clock."""
    operator: str
    generation: str
    """The first characters of the server's generation that the giver's cache is of."""
    cursor: int
    """How far the giver's cache was, and with it :attr:`base`."""
    base: dict[int, int]
    """Line -> done as the server said it to the giver."""
    shares: tuple[Share, ...]
    """The giver's first."""

    @property
    def id(self) -> str:
        """Names this hand-over."""
        return self.shares[0].id

    @property
    def giver(self) -> str:
        """The handheld that shows the symbols."""
        return self.shares[0].device

    @property
    def left_out(self) -> int:
        """Facts that did not fit, of all."""
        return sum(share.left_out for share in self.shares)


def fact_of(event: Event, before: bytes, at_s: int, event_s: int, operator: str) -> Fact:
    """An event as a fact of a hand-over at ``at_s`` by ``operator``."""
    fields = {name: getattr(event, name) for name in _SHORT if name != "before"}
    fields["operator"] = "" if event.operator == operator else event.operator
    return Fact(
        what=STEPS.index(event.step) * len(_ACTIONS) + _ACTIONS.index(event.action),
        seq=event.seq,
        ago_s=max(0, at_s - event_s),
        before=before,
        **fields,
    )


def event_of(fact: Fact, share: Share, bundle: Bundle, *, at: str, site: str) -> Event:
    """The event that a fact was, as far as a fold needs it."""
    step, action = divmod(fact.what, len(_ACTIONS))
    at_ms = (bundle.at_s - fact.ago_s) * 1000
    fields = {name: getattr(fact, name) for name in _SHORT if name not in {"before", "operator"}}
    return Event(
        step=STEPS[step],
        action=_ACTIONS[action],
        document=bundle.document,
        operator=fact.operator or bundle.operator,
        task=bundle.workflow,
        device=share.device,
        epoch=share.epoch,
        seq=fact.seq,
        hlc=(at_ms << 16) + (fact.seq & 0xFFFF),
        at=at,
        site=site,
        **fields,
    )


_DICTIONARY = b"".join(
    (
        b"\xabconfirming\xa4done\xa5blind\xc3\xadquantity_next\xa7ranging\xa8location\xa5parts\xa9container",
        b"\xaataking_out\xa7product\xa7waiting\xa4serial\xa3lot\xa6expiry\xa8quantity\xa4item",
        b"stocktakereturnspackmoveproductionshippingreceiving\xa6SO-\xa7PO-\xa7WO-\xa7CS-",
        b"\x81\xa8document\xa7PO-4711",
        b"\x86\xa1t\x03\xa1n\xcd\x01\xa1a\x0c\xa1i\xa8PUMP-100\xa1s\xa9SN-000001\xa1l\x01",
    )
)
"""What most bundles hold: deflate finds it here."""
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Bundle)


def packed(bundle: Bundle) -> bytes:
    """The bundle as bytes."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_DICTIONARY)
    return squeezer.compress(_ENCODER.encode(bundle)) + squeezer.flush()


def unpacked(data: bytes) -> Bundle | None:
    """The bundle of these bytes; None where they are none that makes sense here."""
    spreader = zlib.decompressobj(-15, zdict=_DICTIONARY)
    try:
        plain = spreader.decompress(data, UNPACKED_BYTES_MAX)
        bundle = _DECODER.decode(plain)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    steps = len(STEPS) * len(_ACTIONS)
    facts = [fact for share in bundle.shares for fact in share.facts]
    sound = (
        bundle.version == VERSION
        and bundle.shares
        and 0 <= bundle.at_s < 2**33
        and all(0 <= fact.what < steps and fact.seq > 0 and fact.ago_s >= 0 for fact in facts)
        and all(share.device and "/" not in share.device and share.seq > 0 for share in bundle.shares)
    )
    return bundle if sound else None


def fitting(bundle: Bundle, bytes_max: int = BYTES_MAX) -> bytes:
    """The bundle as bytes that fit, with as many of the newest facts as there is room for."""
    data = packed(bundle)
    if len(data) <= bytes_max:
        return data
    most = max(len(share.facts) for share in bundle.shares)
    fits, too_many = 0, most
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if len(packed(_with_newest(bundle, middle))) <= bytes_max:
            fits = middle
        else:
            too_many = middle
    return packed(_with_newest(bundle, fits))


def _with_newest(bundle: Bundle, count: int) -> Bundle:
    """The bundle with at most ``count`` facts a share; what it lacks is counted."""
    shares = tuple(
        msgspec.structs.replace(
            share,
            facts=share.facts[len(share.facts) - count :] if len(share.facts) > count else share.facts,
            left_out=share.left_out + max(0, len(share.facts) - count),
        )
        for share in bundle.shares
    )
    return msgspec.structs.replace(bundle, shares=shares)


def without(counts: Mapping[int, int]) -> dict[int, int]:
    """Counts without the lines where nothing is done."""
    return {line: count for line, count in counts.items() if count}
