"""A recall over the projections: from the affected parts outwards, in one recursive query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server import ledger
from server.storage import Reader, placeholders
from tracking.events import Event
from tracking.genealogy import Name
from tracking.recall import LotUse, Recall, Wanted, in_range, lot_use, recall_of, ways_outwards
from tracking.units import UnitState

SERIALS_AT_ONCE = 400

_UP = """WITH RECURSIVE up (item, serial, status, location, customer, parent_item, parent_serial) AS (
SELECT item, serial, status, location, customer, parent_item, parent_serial FROM unit WHERE %s
UNION SELECT u.item, u.serial, u.status, u.location, u.customer, u.parent_item, u.parent_serial
    FROM up JOIN unit u ON u.item = up.parent_item AND u.serial = up.parent_serial WHERE up.parent_serial <> ''
) SELECT item, serial, status, location, customer, parent_item, parent_serial FROM up"""
"""Some units and everything around them, each once: so a circle of wrong events ends by itself."""


def recall(reader: Reader, question: Wanted) -> Recall | None:
    """Every affected unit; None where nothing that is asked for is known."""
    units: dict[Name, UnitState] = {}
    seeds: list[tuple[str, Name]] = []
    for where, values in _parts(reader, question):
        rows = reader.rows(f"SELECT item, serial FROM unit WHERE {where} ORDER BY item, serial", *values)  # noqa: S608
        seeds += [("", Name(item, serial)) for item, serial in rows]
        units |= _upwards(reader, where, values)
    lots = lot_use(_of_lot(reader, question.lot), question) if question.lot else LotUse(known=False, seeds=())
    if not seeds and not lots.known:
        return None
    for _, product in lots.seeds:
        if product not in units:
            units |= _upwards(reader, "item = ? AND serial = ?", product)
    return recall_of(ways_outwards([*seeds, *lots.seeds], units))


def _upwards(reader: Reader, where: str, values: Sequence[object]) -> dict[Name, UnitState]:
    """The units that a condition selects and those around them, with what a recall tells of them."""
    return {
        Name(item, serial): UnitState(
            item=item,
            serial=serial,
            status=status,
            location=location,
            customer=customer,
            installed_in_item=parent_item,
            installed_in_serial=parent_serial,
        )
        for item, serial, status, location, customer, parent_item, parent_serial in reader.rows(
            _UP % where, *values
        )
    }


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
