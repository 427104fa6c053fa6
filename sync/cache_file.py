"""The file of a handheld's cache: its tables and rows. The server writes them for a snapshot, the handheld reads them.

Pure: SQL as text, rows as tuples. A file of another layout is thrown away and downloaded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

import msgspec

from tracking.lifecycle import FLAGS, STATUSES
from tracking.units import UnitState

LAYOUT = 5

SCHEMA_SQL = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # Items, parties, locations, operators, documents, tallies, lots, exceptions, policy: small, one row a key.
    "CREATE TABLE record (kind TEXT, key TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    "CREATE TABLE item_number (id INTEGER PRIMARY KEY, item TEXT NOT NULL UNIQUE)",
    # What many units have in common beside status and flags: a lot, a customer, a day. Written once, named by number.
    "CREATE TABLE shape (id INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE)",
    # Every unit of the company, in one tree. The last six characters of the serial number stand first: people type
    # those, so the key itself answers them, and a whole serial number with and without an item as well. Numbers that
    # follow each other stay side by side, so a page of the feed touches few pages of the tree.
    # state packs status, flags and the shape's number; more is there only where a unit has a story of its own.
    """CREATE TABLE unit (turned TEXT, item_id INTEGER, state INTEGER, document TEXT, holder TEXT, more BLOB,
    PRIMARY KEY (turned, item_id)) WITHOUT ROWID""",
    "CREATE INDEX unit_document ON unit (document) WHERE document IS NOT NULL",
    # What it is in: the product it was built into, or its carton.
    "CREATE INDEX unit_holder ON unit (holder) WHERE holder IS NOT NULL",
    # Every lot that a unit here was of: a code that is none of them need not be looked for among the units. A name is
    # there once for all its units and stays when they have gone: a yes may be for nothing, a no never is.
    "CREATE TABLE lot_name (lot TEXT PRIMARY KEY) WITHOUT ROWID",
    # Of a snapshot: how far each device's own events show in it.
    """CREATE TABLE shown (device TEXT, epoch INTEGER, seq INTEGER, chain TEXT,
    PRIMARY KEY (device, epoch)) WITHOUT ROWID""",
)

TAIL_CHARS = 6
"""So many last characters stand first in the key of a unit."""

_STATUS_BITS, _FLAG_BITS = 4, 4
SHAPE_AT = _STATUS_BITS + _FLAG_BITS
assert len(STATUSES) <= 1 << _STATUS_BITS
assert len(FLAGS) <= _FLAG_BITS
_STATUS_NUMBER = {status: number for number, status in enumerate(STATUSES)}
_FLAG_BIT = {flag: 1 << place for place, flag in enumerate(FLAGS)}
_FLAG_SETS = {
    bits: tuple(sorted(flag for flag, bit in _FLAG_BIT.items() if bits & bit))
    for bits in range(1 << len(FLAGS))
}
_OWN = ("item", "serial", "status", "flags")
"""What every unit has for itself; the rest may be the same for many."""
_common = attrgetter(*(name for name in UnitState.__struct_fields__ if name not in _OWN))
Common = tuple[object, ...]
"""What a unit shares with others."""
_ENCODE = msgspec.msgpack.Encoder().encode
_HEAD_BYTES = 3
"""MessagePack begins a map with the number of its fields, in so many bytes; fields that say nothing are left out."""
_DETAIL = msgspec.msgpack.Decoder(UnitState)

UnitRow = tuple[str, int, int, str | None, str | None, bytes | None]
"""turned, item_id, state, document, holder, more."""


def holder_key(item: str, serial: str) -> str:
    """Names a product, or with an empty item a container, as what something is in; empty for nothing."""
    return f"{item}\x1f{serial}" if serial else ""


def holder_of(unit: UnitState) -> str:
    """What a unit is in: the product that it is built into, else its carton; empty for neither."""
    if unit.installed_in_serial:
        return holder_key(unit.installed_in_item, unit.installed_in_serial)
    return holder_key("", unit.container)


def turned(serial: str) -> str:
    """The serial number with its last six characters first: people type those, and neighbours stay neighbours."""
    return serial[-TAIL_CHARS:] + serial[:-TAIL_CHARS]


def straight(key: str) -> str:
    """What :func:`turned` was made of."""
    return key[TAIL_CHARS:] + key[:TAIL_CHARS]


def unit_rows(
    units: Iterable[UnitState],
    item_id: Callable[[str], int],
    shape_id: Callable[[Common, UnitState], int],
) -> list[UnitRow]:
    """The rows of units, in their order.

    ``item_id`` gives the number that stands for an item, ``shape_id`` that of what a unit shares with others, see
    :func:`shape_body`.

    A handheld does this for a million units before its first scan; so each is looked at once, and encoded at once.
    """
    rows: list[UnitRow] = []
    numbers: dict[str, int] = {}
    states: dict[tuple[str, tuple[str, ...]], tuple[int, bytes]] = {}
    for unit in units:
        standing = (unit.status, unit.flags)
        state, plain = states.get(standing) or states.setdefault(standing, _state(*standing))
        item, serial, more = unit.item, unit.serial, _ENCODE(unit)
        number = numbers.get(item) or numbers.setdefault(item, item_id(item))
        key = serial[-TAIL_CHARS:] + serial[:-TAIL_CHARS]
        if more.startswith(plain):
            rows.append((key, number, state, None, None, None))
            continue
        held = holder_of(unit) if unit.container or unit.installed_in_serial else None
        if held or unit.ref or unit.at or unit.document or unit.location:
            rows.append((key, number, state, unit.document or None, held, more))
        else:
            rows.append((key, number, state | shape_id(_common(unit), unit) << SHAPE_AT, None, None, None))
    return rows


def _state(status: str, flags: tuple[str, ...]) -> tuple[int, bytes]:
    """The bits of status and flags, and how a unit begins that has nothing else: with the number of its fields."""
    bits = _STATUS_NUMBER.get(status, 0) | sum(_FLAG_BIT.get(flag, 0) for flag in flags) << _STATUS_BITS
    return bits, _ENCODE(UnitState(item="", serial="", status=status, flags=flags))[:_HEAD_BYTES]


def shape_body(unit: UnitState) -> bytes:
    """What a unit shares with others, as it is written once."""
    return msgspec.msgpack.encode(
        msgspec.structs.replace(unit, item="", serial="", status="unknown", flags=())
    )


def shape_of(state: int) -> int:
    """The number of a row's shape; 0 for none."""
    return state >> SHAPE_AT


def unit_of(item: str, serial: str, state: int, more: bytes | None, shape: bytes) -> UnitState:
    """The unit of a row; ``shape`` is the body that :func:`shape_of` names, empty for none."""
    if more:
        return _DETAIL.decode(more)
    status = STATUSES[state & (1 << _STATUS_BITS) - 1]
    flags = _FLAG_SETS[state >> _STATUS_BITS & (1 << _FLAG_BITS) - 1]
    if not shape:
        return UnitState(item=item, serial=serial, status=status, flags=flags)
    common = _DETAIL.decode(shape)
    return msgspec.structs.replace(common, item=item, serial=serial, status=status, flags=flags)


def detailed(more: bytes) -> UnitState:
    """The unit of a row that has its own story."""
    return _DETAIL.decode(more)
