"""Look-up of what is no single unit: a lot, a place, a party, an order. What it is, and what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner_app.workflows.flow import Knowledge, ListLine
from scanner_app.workflows.gathered import KnownLot, Together
from scanner_app.workflows.held_together import with_lot_flags
from tracking import rules
from tracking.documents import Document, Tally
from tracking.phrases import Phrase, Said, phrase, row_of
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

SHOWN_MAX = 3
"""Places, items and orders that a card names; the page names all."""


def of_lot(lot: str, item: str, knows: Knowledge) -> Verdict | None:
    """A lot: of which item, from whom, how many units in which status, where. None where nobody knows it.

    Of several items each is named with its units, and the part number is asked for.
    """
    found, loose = _in_lot(lot, item, knows)
    items = dict.fromkeys((*(unit.item for unit in found.units), *(one.item for one in loose)))
    if not items:
        return None
    if len(items) > 1:
        counts = Counter(unit.item for unit in found.units)
        told = (row_of(name, *([f"({counts[name]})"] if counts[name] else []), between=" ") for name in items)
        what = row_of(*list(told)[:SHOWN_MAX], between=", ")
        return verdict("looked_up", lot=lot, what=phrase("lookup_items", count=str(len(items)), items=what))
    units = [with_lot_flags(unit, knows) for unit in found.units]
    alarm = _alarm(next(iter(items)), lot, units, knows)
    if alarm is not None:
        return alarm
    expiries = sorted({*(unit.expiry for unit in units), *(one.expiry for one in loose)} - {""})
    suppliers = sorted({*(unit.supplier for unit in units), *(one.supplier for one in loose)} - {""})
    pieces = sum(one.received_here for one in loose)
    return verdict(
        "looked_up",
        loose=next(iter(items)),
        lot=lot,
        supplier=_few(suppliers),
        expiry=" - ".join(dict.fromkeys((expiries[0], expiries[-1]))) if expiries else "",
        status=_by_status(units),
        location=_few([f"{place} ({count})" for place, count in _by_place(units)]),
        what=_told(
            phrase("lookup_pieces", count=str(pieces)) if pieces else "",
            phrase("lookup_by_quantity") if loose and not units and not pieces else "",
            *_by_flag(units, knows.lot_flags(next(iter(items)), lot)),
            "" if found.whole else phrase("lookup_not_all"),
        ),
    )


def _in_lot(lot: str, item: str, knows: Knowledge) -> tuple[Together, list[KnownLot]]:
    found = knows.together.units("lot", lot)
    units = tuple(unit for unit in found.units if item in {"", unit.item})
    loose = [one for one in knows.together.lots(lot) if item in {"", one.item}]
    return Together(units, found.whole), loose


def _alarm(item: str, lot: str, units: Sequence[UnitState], knows: Knowledge) -> Verdict | None:
    """What lies on the whole lot stops here as it stops everywhere."""
    flags = set(knows.lot_flags(item, lot))
    if units:
        flags |= set(units[0].flags).intersection(*(unit.flags for unit in units))
    reason = next((unit.reason for unit in units if unit.reason), "")
    whole = UnitState(item=item, serial="", lot=lot, flags=tuple(sorted(flags)), reason=reason)
    return rules.stopped_anywhere(whole)


def of_place(code: str, knows: Knowledge) -> Verdict:
    """A place: what lies there, and in which status."""
    found = knows.together.units("location", code)
    boxes = knows.together.containers(code)
    units = [with_lot_flags(unit, knows) for unit in found.units]
    items = [f"{count} x {item}" for item, count in sorted(Counter(unit.item for unit in units).items())]
    cartons = phrase("lookup_cartons", count=str(len(boxes))) if boxes else ""
    place = knows.location(code)
    return verdict(
        "looked_up",
        loose=code,
        what=_told(
            phrase("thing_place"), *_by_flag(units, ()), "" if found.whole else phrase("lookup_not_all")
        ),
        inside=_told(_few(items), cartons) or "0",
        status=_by_status(units),
        parent=place.parent if place is not None else "",
    )


def of_party(code: str, knows: Knowledge) -> Verdict:
    """A customer or supplier: its open orders, and the units that it has or that came from it."""
    party = knows.party(code)
    role = party.role if party is not None else ""
    found = _of_party(code, role, knows)
    orders = [document.number for document in _open_orders(code, knows)]
    named = phrase(f"thing_{role or 'party'}", name=(party.name if party is not None else "") or code)
    return verdict(
        "looked_up",
        loose=code,
        what=_told(
            named,
            phrase("lookup_orders", count=str(len(orders)), orders=_few(orders)) if orders else "",
            "" if found.whole else phrase("lookup_not_all"),
        ),
        status=_by_status(found.units),
    )


def _of_party(code: str, role: str, knows: Knowledge) -> Together:
    return knows.together.units("supplier" if role == "supplier" else "customer", code)


def _open_orders(code: str, knows: Knowledge) -> list[Document]:
    return [one for one in knows.together.documents(code) if not knows.tally(one.number).closed]


# -- pages ------------------------------------------------------------------------------------------------------------


def inside(kind: str, code: str, item: str, knows: Knowledge) -> Iterator[ListLine]:
    """Every line of the page of what is in it; the last word of each is what must be read to its end."""
    match kind:
        case "lot":
            found, loose = _in_lot(code, item, knows)
            yield from (ListLine(_piece(one), "told") for one in loose)
            yield from _units(found.units, knows)
        case "place":
            yield from (ListLine(box, "told") for box in knows.together.containers(code))
            yield from _units(knows.together.units("location", code).units, knows)
        case "party":
            party = knows.party(code)
            for document in _open_orders(code, knows):
                yield ListLine(
                    row_of(phrase(f"document_{document.type}"), document.number, between=" "), "open"
                )
            yield from _units(_of_party(code, party.role if party else "", knows).units, knows)
        case "order":
            order = knows.document(code)
            yield from _lines(order, knows.tally(code)) if order is not None else ()


def _units(units: Sequence[UnitState], knows: Knowledge) -> Iterator[ListLine]:
    for unit in units:
        flags = with_lot_flags(unit, knows).flags
        state = phrase(f"flag_{flags[0]}") if flags else phrase(f"status_{unit.status}")
        yield ListLine(row_of(state, unit.item, unit.serial, between=" "), "told")


def _lines(order: Document, tally: Tally) -> Iterator[ListLine]:
    """What is ordered and how much of it is done. A blind order tells what was done and never what is expected."""
    if order.blind and order.type == "count_sheet":
        return
    for line in order.lines:
        done = tally.of(line.line)
        if order.blind and not done:
            continue
        count = str(done) if order.blind else f"{done}/{line.quantity}"
        state = "told" if order.blind else "done" if done >= line.quantity else "open"
        yield ListLine(f"{line.item} {count}", state)


def _piece(one: KnownLot) -> Said:
    if not one.received_here:
        return one.item
    return f"{one.item} {one.received_here}"


# -- words ------------------------------------------------------------------------------------------------------------


def _told(*parts: Said) -> Said:
    said = [part for part in parts if part]
    return row_of(*said, between=", ") if said else ""


def _few(texts: Sequence[str]) -> str:
    more = f" +{len(texts) - SHOWN_MAX}" if len(texts) > SHOWN_MAX else ""
    return ", ".join(texts[:SHOWN_MAX]) + more


def _by_status(units: Sequence[UnitState]) -> Said:
    counts = Counter(unit.status for unit in units).most_common()
    told = [row_of(str(count), phrase(f"status_{status}"), between=" ") for status, count in counts]
    return _told(*told)


def _by_place(units: Sequence[UnitState]) -> list[tuple[str, int]]:
    return Counter(unit.location for unit in units if unit.location).most_common()


def _by_flag(units: Sequence[UnitState], of_lot: Sequence[str]) -> list[Phrase]:
    counts = Counter(flag for unit in units for flag in unit.flags)
    told = [row_of(str(count), phrase(f"flag_{flag}"), between=" ") for flag, count in sorted(counts.items())]
    return [*told, *(phrase(f"flag_{flag}") for flag in of_lot if flag not in counts)]
