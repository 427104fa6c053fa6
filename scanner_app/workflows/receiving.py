"""Receiving: goods come in against a purchase order or a supplier's notice, or without any paper."""

from __future__ import annotations

from scanner_app.workflows import order
from scanner_app.workflows.order_state import Task

_TASK = Task(
    intent=lambda _knows: "receiving",
    going_out=False,
    document_types=("purchase_order", "asn"),
    document_words="purchase order or supplier's notice",
    finish=lambda _document, _knows: (),
)


RECEIVING = order.workflow(
    "receiving",
    "RECEIVING",
    _TASK,
    (
        "Scan the order or the supplier's notice, then every serial number.",
        "Lot and expiry may be on labels of their own: scan them in any order.",
        "No serial on it? Scan the part number, then key the QUANTITY.",
        "Damaged? Scan it, then HOLD: it goes on the hold shelf.",
        "Scan a shelf to say where the goods go.",
        "DONE closes an order that is short; CONFIRM says you are sure.",
        "No paper: CONFIRM at the order prompt receives without an order.",
    ),
)
