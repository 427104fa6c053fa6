"""A unit as this handheld knows it: the cache's row, and own events that the cache does not show yet on top."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from scanner_app.opened_late import placed
from scanner_app.overlay import OverlayRow
from tracking.events import Event, parse_ref
from tracking.units import UnitState, evolve, seen_fields

SEEING = frozenset({"stock_taking", "inspecting", "collecting"})
"""Steps that may leave a unit where and what it is."""
_STATE = msgspec.msgpack.Decoder(UnitState)


def with_own(base: UnitState, rows: Iterable[OverlayRow]) -> UnitState:
    """A unit with this device's own events, that the cache does not show yet, on top."""
    rows = list(rows)
    here = {row.event.ref for row in rows}
    cancelled = {row.event.cancels for row in rows if row.event.cancels}
    state, rows = placed(base, rows)
    for row in rows:
        event = row.event
        if event.ref in cancelled or event.cancels in here:
            continue
        if event.cancels and event.step == "holding":
            state = msgspec.structs.replace(state, flags=_flags_before(state, row.before, event.flag))
        elif event.cancels:
            # The cache shows the cancelled event; the state before it was kept when it was made.
            before = state_before(row.before, base.item, base.serial)
            if _only_seen(event, before):
                state = _unseen(state, before, event)
            elif not _later(base.ref, event):
                state = _moved_back(state, before)
        else:
            state, _ = evolve(state, event)
    return state


def state_before(kept: bytes, item: str, serial: str) -> UnitState:
    """A unit as it was before an event, by what the gesture log keeps of it."""
    return _STATE.decode(kept) if kept else UnitState(item=item, serial=serial)


def _only_seen(event: Event, before: UnitState) -> bool:
    """True for a step that moved nothing: what happened to the unit since stands."""
    return (
        event.step in SEEING
        and evolve(before, msgspec.structs.replace(event, cancels=""))[0].status == before.status
    )


def _unseen(state: UnitState, before: UnitState, event: Event) -> UnitState:
    """Without the sheet or recall of a cancelled event; what saw the unit before or since then has seen it still."""
    gone = (event.document, event.recount)
    left = [seen for seen in state.seen if seen != gone or seen in before.seen]
    return msgspec.structs.replace(state, **seen_fields(left or before.seen))


def _later(ref: str, event: Event) -> bool:
    """True where the event of that name is this handheld's own, and was made after the other.

    A cancellation that the cache showed once may come back on top of what was done since: when the server was put
    back and it is not sure whose events it shows. To go back behind it would take away what stands there.
    """
    named = parse_ref(ref)
    return named is not None and named[0] == event.device and named[1:] > (event.epoch, event.seq)


def _moved_back(state: UnitState, before: UnitState) -> UnitState:
    return msgspec.structs.replace(before, flags=state.flags)


def _flags_before(state: UnitState, before: bytes, flag: str) -> tuple[str, ...]:
    """The flags after a hold was taken back: only the flag that it set or cleared goes back to what it was."""
    was_set = before != b"" and flag in _STATE.decode(before).flags
    return tuple(sorted({*state.flags, flag} if was_set else set(state.flags) - {flag}))
