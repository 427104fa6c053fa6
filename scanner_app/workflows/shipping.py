"""Shipping: what leaves is verified against the sales order before the box is closed."""

from __future__ import annotations

from scanner_app.workflows import order
from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.order_state import Task
from tracking.documents import Document
from tracking.events import Event


def _intent(knows: Knowledge) -> str:
    """Unit by unit where the last scan completes; otherwise picked now and shipped by the confirmation."""
    return "shipping" if knows.policy.complete_on_last_scan else "picking"


def _ship_picked(document: Document, knows: Knowledge) -> tuple[Event, ...]:
    return tuple(
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
)


SHIPPING = order.workflow("shipping", _TASK)
