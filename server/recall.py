"""A recall over the projections: from the affected parts outwards, in one recursive query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server import ledger
from server.storage import Reader, placeholders
from tracking.events import Event
from tracking.genealogy import Name
from tracking.recall import LotUse, Recall, Row, Wanted, in_range, lot_use, recall_of

SERIALS_AT_ONCE = 400

_WAYS = """WITH RECURSIVE up (part_item, part_serial, depth, item, serial, status, location, customer,
    parent_item, parent_serial) AS (
SELECT item, serial, 0, item, serial, status, location, customer, parent_item, parent_serial FROM unit WHERE %s
UNION ALL
SELECT up.part_item, up.part_serial, up.depth + 1, up.parent_item, up.parent_serial, coalesce(u.status, 'unknown'),
    coalesce(u.location, ''), coalesce(u.customer, ''), coalesce(u.parent_item, ''), coalesce(u.parent_serial, '')
    FROM up LEFT JOIN unit u ON u.item = up.parent_item AND u.serial = up.parent_serial
    WHERE up.parent_serial <> '' AND up.depth < 64
) SELECT part_item, part_serial, item, serial, status, location, customer FROM up
ORDER BY part_item, part_serial, depth"""
"""As deep as a tree is followed elsewhere (:data:`tracking.genealogy.DEPTH_MAX`), which also ends a circle. A product
that nobody has seen is listed too: something says that an affected part is in it."""


def recall(reader: Reader, question: Wanted) -> Recall | None:
    """Every affected unit; None where nothing that is asked for is known."""
    rows = [row for where, values in _parts(reader, question) for row in _ways(reader, where, values)]
    lots = lot_use(_of_lot(reader, question.lot), question) if question.lot else LotUse(known=False, seeds=())
    if not rows and not lots.known:
        return None
    for start, product in lots.seeds:
        # The product itself may be known by nothing but what went into it.
        rows += _ways(reader, "item = ? AND serial = ?", product, start) or [
            Row(start, product, product.item, product.serial, "unknown", "", "")
        ]
    return recall_of(rows)


def _ways(reader: Reader, where: str, values: Sequence[object], start: str = "") -> list[Row]:
    return [
        Row(start, Name(part_item, part_serial), *rest)
        for part_item, part_serial, *rest in reader.rows(_WAYS % where, *values)
    ]


def _parts(reader: Reader, question: Wanted) -> Iterator[tuple[str, Sequence[object]]]:
    """Conditions, with their values, that between them select the units that are asked for."""
    if question.lot:
        supplier = " AND supplier = ?" if question.supplier else ""
        yield f"lot = ? AND lot <> ''{supplier}", [question.lot, *filter(None, [question.supplier])]
    elif question.component:
        # Either name may hold a slash: each is tried as the one between them.
        for place, char in enumerate(question.component):
            if char == "/":
                yield "item = ? AND serial = ?", (question.component[:place], question.component[place + 1 :])
    else:
        found = _between(reader, question)
        for start in range(0, len(found), SERIALS_AT_ONCE):
            serials = found[start : start + SERIALS_AT_ONCE]
            yield f"item = ? AND serial IN ({placeholders(len(serials))})", (question.item, *serials)


def _between(reader: Reader, question: Wanted) -> list[str]:
    """Serial numbers of the range. Ends of one length bound the index; else every serial of the item is looked at."""
    sql, values = "SELECT serial FROM unit WHERE item = ?", [question.item]
    if len(question.first) == len(question.last):
        sql, values = f"{sql} AND serial >= ? AND serial <= ?", [*values, question.first, question.last]
    serials = (str(serial) for (serial,) in reader.rows(f"{sql} ORDER BY serial", *values))
    return [serial for serial in serials if in_range(serial, question.first, question.last)]


def _of_lot(reader: Reader, lot: str) -> list[Event]:
    """Every event without a serial number that concerns a lot of this name, of whatever item."""
    items = reader.rows("SELECT DISTINCT name FROM subject WHERE kind = 'lot' AND part = ?", lot)
    entries = [entry for (item,) in items for entry in ledger.of_subject(reader, "lot", item, lot)]
    return [event for entry in entries if isinstance(event := ledger.event_of(entry), Event)]
