"""What a task remembers that puts things away: the place, or the things that wait for one."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import State
from scanner_app.workflows.parts import NO_PARTS, Parts

WAITING_MAX = 500
"""Things taken up before their place is scanned; one more is refused."""


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing in the hand: a unit, a quantity of a lot, or a container with all that is in it."""

    item: str = ""
    serial: str = ""
    lot: str = ""
    quantity: int = 1
    container: str = ""

    @property
    def shown(self) -> str:
        """The thing as the screen lists it."""
        if self.container:
            return self.container
        return self.serial or f"{self.item} {self.lot}, {self.quantity}".replace(" ,", ",")


class MoveState(State, frozen=True, kw_only=True, omit_defaults=True):
    """A place that things go to as they are scanned, or things that go to the place scanned next."""

    location: str = ""
    waiting: tuple[Taken, ...] = ()
    parts: Parts = NO_PARTS
