"""The state of an order workflow, and what tells one order workflow from another."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Knowledge, State
from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking.documents import Document
from tracking.events import Event
from tracking.verdicts import Verdict

QUANTITY_MAX = 1_000_000


class Ranging(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sealed carton that is received by its first and its last serial number."""

    stage: str = ""
    """``first``, ``last`` or ``proof``: what is asked for; empty where no range is being received."""
    item: str = ""
    first: str = ""
    last: str = ""
    proofs: tuple[str, ...] = ()
    """Serials from inside that were scanned as a sample."""


NO_RANGE = Ranging()


class OrderState(State, frozen=True, kw_only=True, omit_defaults=True):
    """Which order, and the halves of the label that is being read."""

    blind: bool = False
    """Receiving without an order."""
    parts: Parts = NO_PARTS
    quantity_next: int = 0
    """A quantity given before its item."""
    confirming: str = ""
    """``done`` or ``blind`` while a confirmation would mean that."""
    location: str = ""
    finished: str = ""
    """The order closed last, for the prompt after it."""
    ranging: Ranging = NO_RANGE


class Task(NamedTuple):
    """What tells one order workflow from another."""

    intent: Callable[[Knowledge], str]
    going_out: bool
    document_types: tuple[str, ...]
    way: str
    """``in`` or ``out``: which of the catalogue's words for its orders are meant."""
    finish: Callable[[Document, Knowledge], tuple[Event, ...]]
    """Events beside the completion when a later confirmation closes the order."""
    bar: Callable[[Document, Knowledge], Verdict | None] = lambda _document, _knows: None
    """Why the confirmation may not be: what was well when it was picked may be recalled by now."""


def completion(document: Document, reason: str) -> Event:
    """The event that closes a document."""
    return Event(
        step="completing",
        action="ADD",
        document=document.number,
        party=document.party,
        reason=reason,
        code="completed",
    )


def without_parts(state: OrderState) -> OrderState:
    """The state with no half label in it."""
    return msgspec.structs.replace(state, parts=NO_PARTS, quantity_next=0)
