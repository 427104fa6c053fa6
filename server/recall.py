"""A recall over the projections: from the affected parts outwards, three levels with every query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server import ledger
from server.storage import Reader, Row, placeholders
from tracking.events import Event
from tracking.genealogy import DEPTH_MAX
from tracking.recall import LotUse, Recall, Standing, Wanted, in_range, lot_use, recall_of

SERIALS_AT_ONCE = 400

_UP = """SELECT s.item, s.serial, s.status, s.location, s.customer, s.parent_item, s.parent_serial,
a.status, a.location, a.customer, a.parent_item, a.parent_serial,
b.status, b.location, b.customer, b.parent_item, b.parent_serial
FROM unit s LEFT JOIN unit a ON a.item = s.parent_item AND a.serial = s.parent_serial
LEFT JOIN unit b ON b.item = a.parent_item AND b.serial = a.parent_serial WHERE %s"""
"""Some units, what each is in, and what that is in: most ways end there, and a plain join keeps no list of
what it has found. A recursive query over the same rows takes twice as long.
"""

Name = tuple[str, str]


def recall(reader: Reader, question: Wanted) -> Recall | None:
    """Every affected unit; None where nothing that is asked for is known."""
    known: dict[Name, Standing] = {}
    parts: list[Name] = []
    further: set[Name] = set()
    for where, values in _parts(reader, question):
        rows = reader.rows(_UP % where, *values)
        parts += [(row[0], row[1]) for row in rows]
        further |= _learn(rows, known)
    lots = lot_use(_of_lot(reader, question.lot), question) if question.lot else LotUse(known=False, seeds=())
    if not parts and not lots.known:
        return None
    further |= {product for _, product in lots.seeds if product not in known}
    _follow(reader, further, known)
    return recall_of(parts, lots.seeds, known.get)


def _learn(rows: Sequence[Row], known: dict[Name, Standing]) -> set[Name]:
    """Writes down how the units of some rows of :data:`_UP` stand; what the outermost of them are in is returned."""
    further: set[Name] = set()
    for row in rows:
        known[row[0], row[1]] = row[:7]
        whole = row[5:7]
        if not whole[1] or whole in known:
            continue
        if row[7] is None:  # nobody has seen it: the part says that it is in there
            known[whole] = (*whole, *_NOBODY)
            continue
        known[whole] = (*whole, *row[7:12])
        outer = row[10:12]
        if not outer[1] or outer in known:
            continue
        known[outer] = (*outer, *(_NOBODY if row[12] is None else row[12:17]))
        if row[16] and row[15:17] not in known:
            further.add(row[15:17])
    return further


_NOBODY = ("unknown", "", "", "", "")


def _follow(reader: Reader, names: set[Name], known: dict[Name, Standing]) -> None:
    """These units and everything around them, as far as it is not known yet; a circle of wrong events has an end."""
    for _ in range(DEPTH_MAX):
        if not names:
            return
        asked = sorted(names)
        names = set()
        for start in range(0, len(asked), SERIALS_AT_ONCE):
            some = asked[start : start + SERIALS_AT_ONCE]
            pairs = ", ".join(["(?, ?)"] * len(some))
            where = f"(s.item, s.serial) IN (VALUES {pairs})"
            names |= _learn(reader.rows(_UP % where, *(part for name in some for part in name)), known)
        names -= known.keys()


def _parts(reader: Reader, question: Wanted) -> Iterator[tuple[str, Sequence[object]]]:
    """Conditions, with their values, that between them select the units that are asked for."""
    if question.lot:
        supplier = " AND s.supplier = ?" if question.supplier else ""
        yield f"s.lot = ? AND s.lot <> ''{supplier}", [question.lot, *filter(None, [question.supplier])]
    elif question.component:
        # Either name may hold a slash: each is tried as the one between them.
        for place, char in enumerate(question.component):
            if char == "/":
                yield (
                    "s.item = ? AND s.serial = ?",
                    (question.component[:place], question.component[place + 1 :]),
                )
    else:
        found = _between(reader, question)
        for start in range(0, len(found), SERIALS_AT_ONCE):
            serials = found[start : start + SERIALS_AT_ONCE]
            yield f"s.item = ? AND s.serial IN ({placeholders(len(serials))})", (question.item, *serials)


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
