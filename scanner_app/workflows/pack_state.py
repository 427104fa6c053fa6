"""What packing remembers: the carton or pallet that is open, and what is asked about it."""

from __future__ import annotations

from scanner_app.workflows.flow import State
from scanner_app.workflows.parts import NO_PARTS, Parts


class PackState(State, frozen=True, kw_only=True, omit_defaults=True):
    """The open container; empty between two."""

    container: str = ""
    parts: Parts = NO_PARTS
    taking_out: bool = False
    """The next scan takes something out of its carton instead of putting it in."""
    emptied: str = ""
    """The container whose last known unit was just taken out: is it empty now?"""
    unlabelled: str = ""
    """A container that got its number here and is open since: it has no label yet."""
    closed: str = ""
    """The container that was closed last: ``reprint`` means it where none is open."""
