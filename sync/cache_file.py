"""The file of a handheld's cache: its tables and rows. The server writes them for a snapshot, the handheld reads them.

Pure: SQL as text, rows as tuples. A file of another layout is thrown away and downloaded again.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

import msgspec

from tracking.lifecycle import FLAGS, STATUSES
from tracking.units import UnitState

LAYOUT = 4

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
_PLAIN = _common(UnitState(item="", serial=""))
Common = tuple[object, ...]
"""What a unit shares with others."""
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


def unit_row(unit: UnitState, item_id: int, shape_id: Callable[[Common, UnitState], int]) -> UnitRow:
    """The row of a unit; ``shape_id`` gives the number of what it shares with others, see :func:`shape_body`."""
    state = _STATUS_NUMBER.get(unit.status, 0)
    if unit.flags:
        state |= sum(_FLAG_BIT.get(flag, 0) for flag in unit.flags) << _STATUS_BITS
    serial = unit.serial
    key = serial[-TAIL_CHARS:] + serial[:-TAIL_CHARS]
    if unit.ref or unit.at or unit.document or unit.location or holder_of(unit):
        held = holder_of(unit)
        return key, item_id, state, unit.document or None, held or None, msgspec.msgpack.encode(unit)
    common = _common(unit)
    if common != _PLAIN:
        state |= shape_id(common, unit) << SHAPE_AT
    return key, item_id, state, None, None, None


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
