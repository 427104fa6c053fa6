"""Shipping: what leaves is verified against the sales order before the box is closed."""

from __future__ import annotations

from scanner_app.workflows import order
from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.held_together import with_lot_flags
from scanner_app.workflows.order_state import Task
from tracking import dates, rules
from tracking.documents import Document
from tracking.events import Event
from tracking.verdicts import Verdict


def _intent(knows: Knowledge) -> str:
    """Unit by unit where the last scan completes; otherwise picked now and shipped by the confirmation."""
    return "shipping" if knows.policy.complete_on_last_scan else "picking"


def _ship_picked(document: Document, knows: Knowledge) -> tuple[Event, ...]:
    """What lies ready leaves; a carton by an event of its own, so that it comes back empty under the same label."""
    cartons = tuple(
        Event(
            step="shipping",
            container=code,
            document=document.number,
            party=document.party,
            code="shipped",
        )
        for code in knows.containers_picked(document.number)
    )
    return cartons + tuple(
        Event(
            step="shipping",
            item=unit.item,
            serial=unit.serial,
            lot=unit.lot,
            document=document.number,
            line=_line_of(document, unit.item, unit.serial),
            party=document.party,
            code="shipped",
        )
        for unit in knows.units_of_document(document.number)
        if unit.status == "picked"
    )


def _must_stay(document: Document, knows: Knowledge) -> Verdict | None:
    """The stop for the first of what lies ready that may not leave any more; it is taken out, then the rest goes."""
    for unit in knows.units_of_document(document.number):
        if unit.status != "picked":
            continue
        now = with_lot_flags(unit, knows)
        codes = [flag for flag in ("stolen", "recalled", "held") if now.has(flag)]
        codes += ["expired"] if dates.expired(unit.expiry, knows.today) else []
        code = next((code for code in codes if code not in knows.waived), "")
        if code:
            return rules.about(code, now)
    return None


def _line_of(document: Document, item: str, serial: str) -> int:
    naming = document.line_expecting(item, serial)
    lines = document.lines_of_item(item)
    return naming.line if naming is not None else lines[0].line if lines else 0


_TASK = Task(
    intent=_intent,
    going_out=True,
    document_types=("sales_order",),
    way="out",
    finish=_ship_picked,
    bar=_must_stay,
)


SHIPPING = order.workflow("shipping", _TASK)
