"""One thing at an order: what the rules are asked about it, and the event that it becomes."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.lines import line_for
from scanner_app.workflows.order_state import OrderState, Task
from scanner_app.workflows.parts import Parts
from tracking.documents import Document, Tally
from tracking.events import Event
from tracking.lifecycle import FLAGS
from tracking.rules import Context
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict


def question(
    task: Task,
    parts: Parts,
    item: Item,
    document: Document | None,
    knows: Knowledge,
    tally: Tally | None = None,
) -> tuple[UnitState, Context]:
    """The unit with its label's lot and dates, and what the question stands on. ``tally``: instead of today's."""
    unit = knows.unit(item.item, parts.serial) if parts.serial else UnitState(item=item.item, serial="")
    lot = parts.lot or unit.lot
    flags = set(unit.flags) | (set(knows.lot_flags(item.item, lot)) if lot else set())
    new = unit.status == "unknown"
    unit = msgspec.structs.replace(
        unit,
        lot=lot,
        expiry=parts.expiry or unit.expiry,
        made=parts.made or unit.made,
        flags=tuple(flag for flag in sorted(flags) if flag in FLAGS),
        status=unit.status if parts.serial else ("received" if task.going_out else "planned"),
    )
    if tally is None:
        tally = knows.tally(document.number) if document is not None else Tally()
    line = line_for(document, tally, item.item, parts.serial, lot) if document is not None else None
    context = Context(
        item=item,
        document=document,
        line=line,
        tally=tally,
        # A carton's label may count what is in it; of what has serial numbers each is scanned.
        quantity=1 if parts.serial or item.tracking == "serial" else max(parts.quantity, 1),
        policy=knows.policy,
        waived=knows.waived,
        today=knows.today,
        expires_soon_days=knows.expires_soon_days,
        new=new,
    )
    return unit, context


def settled_event(
    intent: str, state: OrderState, parts: Parts, unit: UnitState, context: Context, answer: Verdict
) -> Event:
    """The event of a whole label that may be."""
    document, line = context.document, context.line
    return Event(
        step=intent,
        item=context.item.item,
        serial=parts.serial,
        lot=unit.lot,
        expiry=unit.expiry,
        made=unit.made,
        revision=unit.revision or context.item.revision,
        quantity=context.quantity,
        location=state.location,
        document=document.number if document is not None else "",
        line=line.line if line is not None else 0,
        party=document.party if document is not None else "",
        new=context.new and bool(parts.serial),
        repaired=parts.repaired,
        code=answer.code or "",
    )
