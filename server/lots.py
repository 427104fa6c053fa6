"""What is known of a lot that is tracked by quantity: the fold of its events without a serial number."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tracking.events import Event
from tracking.lifecycle import FLAGS
from tracking.units import without_cancelled


class LotState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A row of the feed's ``lot`` table."""

    item: str
    lot: str
    expiry: str = ""
    made: str = ""
    revision: str = ""
    supplier: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""


def fold_lot(item: str, lot: str, events: Iterable[Event]) -> LotState | None:
    """The lot after all these events, in any order; None where none of them stands."""
    state = LotState(item=item, lot=lot)
    standing = without_cancelled(events)
    for event in standing:
        known = {
            name: getattr(event, name) for name in ("expiry", "made", "revision") if getattr(event, name)
        }
        if event.step == "receiving" and event.party:
            known["supplier"] = event.party
        if event.step == "holding" and event.flag in FLAGS:
            flags = (
                set(state.flags) - {event.flag} if event.action == "DELETE" else {*state.flags, event.flag}
            )
            known.update(flags=tuple(sorted(flags)), reason=event.reason if flags else "")
        state = msgspec.structs.replace(state, **known)
    return state if standing else None
