"""``scanner recall`` on a handheld's data: the company's units with own events on top, and own quantities of lots.

What other handhelds put into products by quantity is known to the server alone; the units are the whole company's.
"""

from __future__ import annotations

from scanner_app.handheld import Handheld
from tracking.events import Event, decode_body
from tracking.genealogy import Name
from tracking.recall import LotUse, Recall, Wanted, lot_use, recall_of, ways_outwards
from tracking.units import UnitState


def recall(handheld: Handheld, question: Wanted) -> Recall | None:
    """Every affected unit; None where nothing that is asked for is known."""
    units = _units(handheld)
    parts = sorted(name for name, unit in units.items() if question.means(unit))
    lots = lot_use(_quantities(handheld), question) if question.lot else LotUse(known=False, seeds=())
    if not parts and not lots.known:
        return None
    return recall_of(ways_outwards([*(("", part) for part in parts), *lots.seeds], units))


def _units(handheld: Handheld) -> dict[Name, UnitState]:
    """Every unit that is known, as it is today."""
    units = {Name(unit.item, unit.serial): unit for unit in handheld.cache.all_units()}
    for item, serial in handheld.journal.overlay_units():
        units[Name(item, serial)] = handheld.session.knows.unit(item, serial)
    return {name: unit for name, unit in units.items() if unit.status != "unknown" or unit.flags}


def _quantities(handheld: Handheld) -> list[Event]:
    """Own events without a serial number."""
    journal = handheld.journal
    events = (
        decode_body(body, device=journal.device, epoch=epoch, seq=seq)
        for epoch, seq, body, _ in journal.rows()
    )
    return [event for event in events if not event.serial]
