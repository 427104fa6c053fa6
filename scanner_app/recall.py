"""``scanner recall`` on a handheld's data: the company's units with own events on top, and own quantities of lots.

What other handhelds put into products by quantity is known to the server alone; the units are the whole company's.
"""

from __future__ import annotations

from scanner_app.handheld import Handheld
from tracking.events import Event, decode_body
from tracking.recall import LotUse, Recall, Standing, Wanted, lot_use, recall_of
from tracking.units import UnitState


def recall(handheld: Handheld, question: Wanted) -> Recall | None:
    """Every affected unit; None where nothing that is asked for is known."""
    knows = handheld.session.knows
    own = [knows.unit(item, serial) for item, serial in handheld.journal.overlay_units()]
    changed = {(unit.item, unit.serial) for unit in own}
    # One after the other: ten million units are not held in memory for the few that are meant.
    there = (unit for unit in handheld.cache.all_units() if (unit.item, unit.serial) not in changed)
    parts = [
        (unit.item, unit.serial) for unit in (*own, *filter(question.means, there)) if _meant(unit, question)
    ]
    lots = lot_use(_quantities(handheld), question) if question.lot else LotUse(known=False, seeds=())
    if not parts and not lots.known:
        return None
    return recall_of(parts, lots.seeds, lambda name: _standing(knows.unit(*name)))


def _meant(unit: UnitState, question: Wanted) -> bool:
    return question.means(unit) and (unit.status != "unknown" or bool(unit.flags))


def _standing(unit: UnitState) -> Standing:
    return (
        unit.item,
        unit.serial,
        unit.status,
        unit.location,
        unit.customer,
        unit.installed_in_item,
        unit.installed_in_serial,
    )


def _quantities(handheld: Handheld) -> list[Event]:
    """Own events without a serial number."""
    journal = handheld.journal
    events = (
        decode_body(body, device=journal.device, epoch=epoch, seq=seq)
        for epoch, seq, body, _ in journal.rows()
    )
    return [event for event in events if not event.serial]
