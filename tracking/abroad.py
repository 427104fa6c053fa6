"""What another site than its own knows of a unit: enough to judge it anywhere, without who did what where.

A return, a stolen or a recalled unit comes from anywhere, so every handheld knows every unit of the company. The story
of a unit (place, people, times, documents) is kept by the handhelds of the site where it is.
"""

from __future__ import annotations

import msgspec

from tracking.units import UnitState

_PROMISED = ("booked", "picked")
"""Where the unit's document decides who may go on with it."""


def as_seen_from(unit: UnitState, site: str) -> UnitState:
    """The unit as the handhelds of a site hold it. One that was never at any site is everybody's."""
    return unit if unit.site in {"", site} else abroad(unit)


def abroad(unit: UnitState) -> UnitState:
    """The unit without its story. What it is in, and what many units share (lot, customer, days), stays."""
    document = unit.document if unit.status in _PROMISED else ""
    return msgspec.structs.replace(
        unit, location="", evidence="", document=document, step="", at="", operator="", device="", ref=""
    )
