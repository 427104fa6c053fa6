"""What becomes of a unit that came back: stock, repair, scrap, or a replacement sent out for it."""

from __future__ import annotations

from typing import NamedTuple

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.subject import Subject
from tracking import rules
from tracking.events import Event
from tracking.rules import Context
from tracking.units import UnitState
from tracking.verdicts import Verdict

CHOICES = ("stock", "repair", "scrap", "replace")


class Decided(NamedTuple):
    """The answer to a decision, and its events; none where it was refused."""

    answer: Verdict
    events: tuple[Event, ...] = ()


_STEPS = {
    "stock": ("storing", "OBSERVE", "restocked"),
    "repair": ("repairing", "ADD", "in_service"),
    "scrap": ("decommissioning", "DELETE", "scrapped"),
}


def decide(what: str, unit: UnitState, document: str, location: str, reason: str, witness: str) -> Decided:
    """Stock, repair or scrap. ``witness``: the badge of the second person, where one is wanted."""
    step, action, code = _STEPS[what]
    stop = rules.step_stop(step, action, unit, document)
    if stop is not None:
        return Decided(stop)
    why = "; ".join(filter(None, (reason, f"witness {witness}" if witness else "")))
    event = Event(
        step=step,
        action=action,
        item=unit.item,
        serial=unit.serial,
        lot=unit.lot,
        document=document,
        location=location,
        sold_on=unit.sold_on if what == "repair" else "",
        reason=why,
        code=code,
    )
    return Decided(rules.about(code, unit, reason=reason), (event,))


def replace(faulty: UnitState, good: Subject, document: str, knows: Knowledge) -> Decided:
    """Faulty and replacement together: the good one goes to who had the faulty one, and each names the other."""
    if good.item.item != faulty.item and "wrong_item" not in knows.waived:
        return Decided(rules.about("wrong_item", good.unit, document=document, candidates=faulty.item))
    if good.serial == faulty.serial:
        return Decided(rules.about("already_returned", good.unit))
    context = Context(item=good.item, policy=knows.policy, waived=knows.waived, today=knows.today)
    judged = rules.may("shipping", good.unit, context)
    if judged.stops:
        return Decided(judged)
    sent = good.event(
        "shipping",
        document=document,
        party=faulty.customer,
        reason=f"replaces {faulty.serial}",
        code="replaced",
    )
    kept = Event(
        step="inspecting",
        item=faulty.item,
        serial=faulty.serial,
        document=document,
        reason=f"replaced by {good.serial}",
        code="replaced",
    )
    told = rules.about("replaced", good.unit, party=faulty.customer, faulty=faulty.serial)
    return Decided(told, (sent, kept))
