"""The workflows that there are. A new task is a module and a line here."""

from __future__ import annotations

from scanner_app.workflows.assign import ASSIGN
from scanner_app.workflows.flow import Workflow
from scanner_app.workflows.home import HOME
from scanner_app.workflows.look_up import LOOK_UP
from scanner_app.workflows.move import MOVE
from scanner_app.workflows.pack import PACK
from scanner_app.workflows.production import PRODUCTION
from scanner_app.workflows.quality import QUALITY
from scanner_app.workflows.recall import RECALL
from scanner_app.workflows.receiving import RECEIVING
from scanner_app.workflows.returns import RETURNS
from scanner_app.workflows.service import SERVICE
from scanner_app.workflows.shipping import SHIPPING
from scanner_app.workflows.stocktake import STOCKTAKE
from scanner_app.workflows.write_off import WRITE_OFF

WORKFLOWS: dict[str, Workflow] = {
    flow.name: flow
    for flow in (
        HOME,
        RECEIVING,
        SHIPPING,
        PRODUCTION,
        MOVE,
        PACK,
        LOOK_UP,
        STOCKTAKE,
        RETURNS,
        SERVICE,
        RECALL,
        WRITE_OFF,
        QUALITY,
        ASSIGN,
    )
}

ANNOUNCED = (
    "receiving",
    "shipping",
    "production",
    "stocktake",
    "returns",
    "move",
    "pack",
    "quality",
    "recall",
    "assign",
    "service",
    "write_off",
    "look_up",
)
"""Every name that a script may use; those without a workflow here are answered with a plain refusal."""


def opening(document_type: str) -> Workflow | None:
    """The workflow that a document opens from the start screen."""
    return next((flow for flow in WORKFLOWS.values() if document_type in flow.document_types), None)
