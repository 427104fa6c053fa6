"""Receiving: goods come in against a purchase order or a supplier's notice, or without any paper."""

from __future__ import annotations

from scanner_app.workflows import order
from scanner_app.workflows.order_state import Task

_TASK = Task(
    intent=lambda _knows: "receiving",
    going_out=False,
    document_types=("purchase_order", "asn"),
    way="in",
    finish=lambda _document, _knows: (),
)


RECEIVING = order.workflow("receiving", _TASK)
