"""A file's opening balance that is younger than what this handheld did itself, before the server has both.

Own events lie on top of the cache's row because they are newer. An opening balance may be newer still: then it must
find its place behind them, or the screen would show the file's place and lot until the server's fold says otherwise.
"""

from __future__ import annotations

from datetime import UTC

import msgspec

from scanner_app.overlay import OverlayRow
from tracking import clock
from tracking.events import Event, parse_ref
from tracking.moments import moment_ms
from tracking.units import UnitState, fold, seen_fields


def placed(base: UnitState, rows: list[OverlayRow]) -> tuple[UnitState, list[OverlayRow]]:
    """The unit up to the opening balance that ``base`` is, and the own events that came after it.

    Everything as it was given where the base is no opening balance, or where no own event came before it.
    """
    opening = _opening(base, rows) if rows else None
    if opening is None:
        return base, rows
    here = {row.event.ref for row in rows}
    taken_back = {row.event.cancels for row in rows if row.event.cancels}
    earlier = [row.event for row in rows if row.event.hlc < opening.hlc]
    if not earlier or any(event.cancels and event.cancels not in here for event in earlier):
        return base, rows
    standing = [event for event in earlier if not event.cancels and event.ref not in taken_back]
    state = fold(base.item, base.serial, [*standing, opening]).state
    if state.ref == opening.ref:
        state = msgspec.structs.replace(state, ref=base.ref)
    flags = tuple(sorted({*state.flags, *base.flags}))
    seen = seen_fields([*state.seen, *(one for one in base.seen if one not in state.seen)])
    reason = {"reason": state.reason or base.reason}
    state = msgspec.structs.replace(state, flags=flags, **seen, **reason)
    return state, [row for row in rows if row.event.hlc >= opening.hlc]


def _opening(base: UnitState, rows: list[OverlayRow]) -> Event | None:
    """The opening balance that gave a unit its status; None where a scan did, or where it came first."""
    if base.step not in {"", "commissioning"} or base.evidence != "imported":
        return None
    if base.status in {"unknown", "planned"}:
        return None
    hlc = _when(base, rows)
    if hlc is None:
        return None
    device, epoch, seq = parse_ref(base.ref) or ("", 0, 0)
    return Event(
        step=base.step,
        action="ADD",
        item=base.item,
        serial=base.serial,
        lot=base.lot,
        container=base.container,
        expiry=base.expiry,
        made=base.made,
        revision=base.revision,
        location=base.location,
        document=base.document,
        party=base.supplier,
        parent_item=base.installed_in_item,
        parent_serial=base.installed_in_serial,
        position=base.position,
        status=base.status,
        flags=base.flags,
        customer=base.customer,
        sold_on=base.sold_on,
        evidence=base.evidence,
        operator=base.operator,
        site=base.site,
        at=base.at,
        hlc=hlc,
        device=device,
        epoch=epoch,
        seq=seq,
    )


def _when(base: UnitState, rows: list[OverlayRow]) -> int | None:
    """The opening balance's clock. A file that was loaded here has no time: it came after an own event that found the
    unit unknown, else before everything.
    """
    if not base.at:
        return max(row.event.hlc for row in rows) + 1 if rows[0].event.new else None
    try:
        return clock.pack(moment_ms(base.at, UTC))
    except ValueError:
        return None
