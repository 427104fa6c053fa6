"""A unit's state: nothing but the fold of its events (DESIGN section 5).

``fold`` sorts by (hybrid clock, device, sequence), leaves out what was declared an error, and applies ``evolve``
event by event. The order of arrival never matters, so every device and the server come to the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tracking.crossings import COUNT_UNCERTAIN, PACKED_TWICE, crossing, is_count, moves, order_uncertain
from tracking.events import Event
from tracking.lifecycle import FLAGS, outcome
from tracking.openings import STATUS, is_opening, opened, told_by, told_of


class UnitState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is known of one unit."""

    item: str
    serial: str
    status: str = "unknown"
    flags: tuple[str, ...] = ()
    """Sorted; of :data:`tracking.lifecycle.FLAGS`."""
    lot: str = ""
    expiry: str = ""
    made: str = ""
    revision: str = ""
    location: str = ""
    container: str = ""
    site: str = ""
    supplier: str = ""
    customer: str = ""
    sold_on: str = ""
    installed_in_item: str = ""
    installed_in_serial: str = ""
    position: str = ""
    evidence: str = ""
    reason: str = ""
    """Why it is held, recalled or written off."""
    seen_on: str = ""
    """The count sheet or recall that it was counted or collected on last."""
    seen_recount: int = 0
    """Which count of the sheet that was: 0 the first."""
    seen_earlier: tuple[tuple[str, int], ...] = ()
    """Sheet or recall, and count, that saw it before that one: newest first, at most :data:`SEEN_EARLIER_MAX`."""

    document: str = ""
    """The document of the step that gave it its status."""
    step: str = ""
    at: str = ""
    operator: str = ""
    device: str = ""
    ref: str = ""
    """The event that gave it its status: who, where and when for the person who asks."""

    def has(self, flag: str) -> bool:
        """True when the flag is set."""
        return flag in self.flags

    @property
    def seen(self) -> tuple[tuple[str, int], ...]:
        """Every sheet or recall that is remembered to have seen it, with its count, newest first."""
        return ((self.seen_on, self.seen_recount), *self.seen_earlier) if self.seen_on else ()

    def seen_by(self, document: str) -> bool:
        """True when a sheet (in whichever of its counts) or a recall has seen it."""
        return any(document == seen for seen, _ in self.seen)


SEEN_EARLIER_MAX = 8
"""Two sheets that are counted by turns must not count a unit twice; the sheets of former years may be forgotten."""


def seen_fields(seen: Sequence[tuple[str, int]]) -> dict[str, object]:
    """The fields of a state whose sheets and recalls are these, newest first."""
    (newest, recount), *earlier = seen or [("", 0)]
    kept = tuple(earlier[:SEEN_EARLIER_MAX])
    return {"seen_on": newest, "seen_recount": recount, "seen_earlier": kept}


class Contradiction(NamedTuple):
    """Two facts about one unit that cannot both be right; becomes an exception."""

    kind: str
    first: str
    """Reference of the event that the state stood on; empty for an opening balance without one."""
    second: Event
    before: UnitState
    counts: bool = False
    """True where the second fact stands all the same: it was done, and its document has it."""


class Folded(NamedTuple):
    """What the events of one unit come to."""

    state: UnitState
    contradictions: tuple[Contradiction, ...]
    accepted: tuple[Event, ...]
    """The events that counted, in order: those that credit a document."""


_STATED_TWICE = {
    ("receiving", "already_received"): "received_twice",
    ("shipping", "already_shipped"): "shipped_twice",
    ("picking", "already_picked"): "picked_twice",
    ("installing", "already_installed"): "installed_twice",
    ("returning", "already_returned"): "returned_twice",
}


def contradiction_kind(step: str, code: str, status: str) -> str:
    """The name of an exception: ``received_twice``, else ``<step>_while_<status>``."""
    return _STATED_TWICE.get((step, code), f"{step}_while_{status}")


def evolve(
    state: UnitState, event: Event, told: frozenset[str] | None = None
) -> tuple[UnitState, Contradiction | None]:
    """The state after one event, and the contradiction that it makes, if any. Never raises.

    ``told``: what scans told before, see :mod:`tracking.openings`; None where only the state is known.
    """
    if event.step == "holding":
        return _flagged(state, event), None
    if is_opening(event):
        return opened(state, event, told_of(state) if told is None else told), None
    result = outcome(event.step, event.action, state.status)
    conflict = None
    if result.code and not (result.own_document and event.document and event.document == state.document):
        kind = contradiction_kind(event.step, result.code, state.status)
        conflict = Contradiction(kind, state.ref, event, state)
        if result.status == state.status:
            return state, conflict
    elif kind := crossing(state.status, state.container, event):
        conflict = Contradiction(kind, state.ref, event, state, counts=True)
    return _moved(state, event, result.status), conflict


def _flagged(state: UnitState, event: Event) -> UnitState:
    flags = set(state.flags)
    if event.flag in FLAGS and event.action == "DELETE":
        flags.discard(event.flag)
    elif event.flag in FLAGS:
        flags.add(event.flag)
    reason = (event.reason if event.action != "DELETE" else "") or state.reason
    return msgspec.structs.replace(state, flags=tuple(sorted(flags)), reason=reason if flags else "")


_WHERE = frozenset({"receiving", "storing", "returning", "collecting", "removing", "picking"})
"""Steps after which the unit lies at the event's location. A count only says what was seen: the office decides."""


def _moved(state: UnitState, event: Event, status: str) -> UnitState:
    changes: dict[str, object] = {}
    if status != state.status or event.step in {"receiving", "shipping", "picking"}:
        changes.update(
            status=status,
            document=event.document,
            step=event.step,
            at=event.at,
            operator=event.operator,
            device=event.device,
            ref=event.ref,
        )
    for name in ("lot", "expiry", "made", "revision"):
        value = getattr(event, name)
        if value:
            changes[name] = value
    if event.step in _WHERE or (event.step == "stock_taking" and event.action == "ADD"):
        changes.update(site=event.site or state.site, location=event.location or state.location)
    changes.update(_relations(state, event))
    return msgspec.structs.replace(state, **changes) if changes else state


def _relations(state: UnitState, event: Event) -> dict[str, object]:
    """Who has it, what it is in: the part of the state that a step sets beside the status."""
    match event.step:
        case "receiving":
            return {
                "supplier": event.party or state.supplier,
                "evidence": event.evidence,
                "container": event.container or state.container,
            }
        case "shipping":
            return {"customer": event.party, "sold_on": event.at[:10], "location": "", "container": ""}
        case "packing":
            return {"container": event.parent_container}
        case "unpacking":
            return {"container": ""}
        case "installing":
            return {
                "installed_in_item": event.parent_item,
                "installed_in_serial": event.parent_serial,
                "position": event.position,
                "location": "",
                "container": "",
            }
        case "removing":
            return {"installed_in_item": "", "installed_in_serial": "", "position": ""}
        case "stock_taking" | "collecting" if event.document and event.action == "OBSERVE":
            now = (event.document, event.recount)
            return seen_fields([now, *(seen for seen in state.seen if seen != now)])
        case "stock_taking" if event.action == "ADD" and state.status in {"shipped", "in_service"}:
            return {"customer": "", "sold_on": ""}
        case "destroying" | "decommissioning":
            return {"reason": event.reason, "location": ""}
        case _:
            return {}


def without_cancelled(events: Iterable[Event]) -> list[Event]:
    """The events that still stand, sorted. A cancellation may itself be cancelled (redo).

    Whether an event stands never depends on clocks: one device may cancel what another wrote with a clock ahead.
    """
    ordered = sorted(events, key=lambda event: event.order)
    if not any(event.cancels for event in ordered):
        return ordered
    target_of = _target_of(ordered)
    waiting = {event.ref: 0 for event in ordered}
    for target in target_of.values():
        waiting[target] += 1
    settled = [ref for ref, cancellers in waiting.items() if not cancellers]
    cancelled: set[str] = set()
    for ref in settled:  # grows while it is read; events that cancel each other in a circle never settle
        target = target_of.get(ref, "")
        if not target:
            continue
        if ref not in cancelled:
            cancelled.add(target)
        waiting[target] -= 1
        if not waiting[target]:
            settled.append(target)
    return [event for event in ordered if not event.cancels and event.ref not in cancelled]


def _target_of(events: Sequence[Event]) -> dict[str, str]:
    """Name of each cancellation -> the event among these that it takes back."""
    named = {event.ref: event for event in events}
    return {
        event.ref: event.cancels
        for event in events
        if event.cancels in named and takes_back(event, named[event.cancels])
    }


def takes_back(cancellation: Event, event: Event) -> bool:
    """Whether it is about what it names, as far as it says what it is about.

    Two handhelds with the same files write different events under one name; taking back the one must not touch the
    other, whichever of them the server has.
    """
    return (
        cancellation.item in {"", event.item}
        and cancellation.serial in {"", event.serial}
        and cancellation.container in {"", event.container}
        and cancellation.document in {"", event.document}
    )


class Stepped(NamedTuple):
    """One event of a unit, and what it changed."""

    event: Event
    before: UnitState
    after: UnitState
    conflict: Contradiction | None
    opens: bool
    """True for an opening balance that said where the unit stands, in place of one that did before."""


def unfolded(item: str, serial: str, events: Iterable[Event]) -> Iterator[Stepped]:
    """All events of a unit, in any order, one by one as they count."""
    after, told = UnitState(item=item, serial=serial), frozenset[str]()
    for event in without_cancelled(events):
        before = after
        opens = is_opening(event) and (STATUS not in told or before.status == "unknown")
        after, conflict = evolve(before, event, told)
        if not is_opening(event) and (after is not before or conflict is None or conflict.counts):
            told |= told_by(event, after)
        yield Stepped(event, before, after, conflict, opens)


def fold(item: str, serial: str, events: Sequence[Event]) -> Folded:
    """State, contradictions and credited events of one unit from all its events, in any order."""
    state = UnitState(item=item, serial=serial)
    contradictions: list[Contradiction] = []
    accepted: list[Event] = []
    seen: Event | None = None  # the last count or movement
    put: Event | None = None  # what put it into the container that it is in
    for event, before, after, clash, opens in unfolded(item, serial, events):
        state, conflict = after, clash
        if opens:
            accepted = [other for other in accepted if not is_opening(other)]
        if conflict is None or conflict.counts:
            if seen is not None and order_uncertain(seen, event):
                conflict = Contradiction(COUNT_UNCERTAIN, seen.ref, event, before, counts=True)
            elif conflict is not None and conflict.kind == PACKED_TWICE and put is not None:
                conflict = conflict._replace(first=put.ref)
            if opens or not is_opening(event):
                accepted.append(event)
            if (is_count(event) or moves(event)) and not is_opening(event):
                seen = event
        put = event if state.container != before.container else put
        if conflict is not None:
            contradictions.append(conflict)
    return Folded(state, tuple(contradictions), tuple(accepted))
