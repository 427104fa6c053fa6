"""Opening balances: what a site's file says of a unit, beside what was scanned.

A file may come before the first scan, after the last one, or twice. It never overrules a scan, and it is never lost on
one: it says where a unit stands as long as nobody has handled it, and afterwards still tells the *details* that no scan
told - whose lot it is, when it was made. Of two files the later one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tracking.events import Event

if TYPE_CHECKING:
    from tracking.units import UnitState

STATUS = "status"
"""Told by whoever handled the unit: where it stands is no file's business any more."""

_OF_THE_THING = ("lot", "expiry", "made", "revision")
_OF_THE_SALE = ("customer", "sold_on")
DETAILS = (*_OF_THE_THING, "supplier", *_OF_THE_SALE)
"""What stays true of a unit wherever it goes."""

SOLD = frozenset({"shipped", "returned", "in_service"})
"""Statuses of a unit that has been sold."""


def is_opening(event: Event) -> bool:
    """True for an imported balance. One that came too late to count credits nothing, and at most tells details."""
    return bool(event.status) and event.evidence == "imported"


def told_by(event: Event, after: UnitState) -> frozenset[str]:
    """What a scan that counted told of the unit: names of :data:`DETAILS`, and :data:`STATUS`."""
    if event.step == "holding":
        return frozenset()
    told = {name for name in _OF_THE_THING if getattr(event, name)}
    if event.step == "receiving" and event.party:
        told.add("supplier")
    if event.step == "shipping" or (event.step == "stock_taking" and event.action == "ADD"):
        told.update(_OF_THE_SALE)
    if after.status != "unknown" and event.step not in {"commissioning", "sighting"}:
        told.add(STATUS)
    return frozenset(told)


def told_of(state: UnitState) -> frozenset[str]:
    """The same of a state whose events are not at hand: all that it knows counts as told."""
    told = {name for name in DETAILS if getattr(state, name)}
    return frozenset(told if state.status in {"unknown", "planned"} else {*told, STATUS})


def opened(state: UnitState, event: Event, told: frozenset[str]) -> UnitState:
    """The state after an opening balance: as it says, or only with the details that nobody told better."""
    if STATUS in told and state.status != "unknown":
        sold = state.status in SOLD and event.status in SOLD
        changes = _details(event, told, sold=sold)
        return msgspec.structs.replace(state, **changes) if changes else state
    kept = {} if event.status in SOLD else {"customer": event.customer, "sold_on": event.sold_on}
    return msgspec.structs.replace(
        state,
        status=event.status,
        flags=tuple(sorted(set(state.flags) | set(event.flags))),
        location=event.location,
        site=event.site,
        container=event.container,
        installed_in_item=event.parent_item,
        installed_in_serial=event.parent_serial,
        position=event.position,
        evidence=event.evidence,
        document=event.document,
        step=event.step,
        at=event.at,
        operator=event.operator,
        device=event.device,
        ref=event.ref,
        **{**kept, **_details(event, told, sold=True)},
    )


def _details(event: Event, told: frozenset[str], *, sold: bool) -> dict[str, str]:
    """The details that an opening balance names. What it leaves out stays."""
    said = {name: getattr(event, name) for name in _OF_THE_THING}
    said["supplier"] = event.party
    # Customer and date are of one sale: never half of another.
    if sold and not told.intersection(_OF_THE_SALE):
        said.update({name: getattr(event, name) for name in _OF_THE_SALE})
    return {name: value for name, value in said.items() if value and name not in told}
