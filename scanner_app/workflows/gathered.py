"""What a look-up may ask beside single units: everything of a lot, at a place, for a customer or a supplier."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from tracking.documents import Document
from tracking.units import UnitState


class Together(NamedTuple):
    """Units that have something in common, by item and serial number."""

    units: tuple[UnitState, ...]
    whole: bool
    """False where there may be more of them than these."""


class KnownLot(msgspec.Struct, frozen=True, kw_only=True):
    """A lot that is tracked by quantity."""

    item: str
    lot: str
    supplier: str = ""
    expiry: str = ""
    received_here: int = 0
    """Pieces that this handheld received."""


class Gathered(Protocol):
    """Slow, beside all that a scan asks: for a person who wants to know."""

    def units(self, field: str, value: str) -> Together:
        """Units of which a field of their state - a lot, a place, a party - has this value."""
        ...

    def lots(self, lot: str) -> tuple[KnownLot, ...]:
        """Lots of this name that are tracked by quantity, of whatever item."""
        ...

    def documents(self, party: str) -> tuple[Document, ...]:
        """The site's documents for a supplier or a customer."""
        ...

    def containers(self, location: str) -> tuple[str, ...]:
        """Containers that stand at a place."""
        ...
