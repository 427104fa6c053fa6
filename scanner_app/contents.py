"""What is in what, as far as this handheld's own events say it: read once, then kept in step with every write.

The states of the units decide what is inside now; this only remembers which units are worth asking. Quantities of
lots have no state of their own, so they are summed from the events themselves, those that the cache covers included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from scanner_app.cache import holder_key
from scanner_app.overlay import Overlay
from tracking.assembly import Inside
from tracking.containers import ContainerState, evolve_container, is_about_container
from tracking.events import Event
from tracking.loose import LooseRow

Unit = tuple[str, str]
"""(item, serial)."""


def holder_named(event: Event) -> str:
    """What an event put something into or took it out of; empty for an event that did neither."""
    if event.step in {"installing", "removing"}:
        return holder_key(event.parent_item, event.parent_serial)
    if event.step in {"packing", "unpacking"}:
        return holder_key("", event.parent_container)
    if event.step == "receiving" and event.item:
        return holder_key("", event.container)
    return ""


def _add(sums: dict[tuple[str, str, str], int], event: Event, sign: int) -> None:
    """What one event put in or took out; ``sign`` is -1 where it is taken back."""
    key = (event.item, event.lot, event.position)
    went_in = event.step in {"installing", "packing", "receiving"}
    sums[key] = sums.get(key, 0) + sign * (event.quantity if went_in else -event.quantity)


class Contents:
    """Relations of own events, by what something was put into."""

    def __init__(self, journal: Overlay) -> None:
        self._candidates: dict[str, dict[Unit, None]] = defaultdict(dict)
        self._quantities: dict[str, list[Event]] = defaultdict(list)
        self._containers: dict[str, list[Event]] = defaultdict(list)
        self._boxes: dict[str, dict[str, None]] = defaultdict(dict)
        self._emptied: dict[str, list[Event]] = defaultdict(list)
        self._cancelled: set[str] = set()
        self._covered: set[str] = set()
        """Own events that the server's word on a quantity has in it."""
        self._taken_back: set[str] = set()
        """Taken back by events that it has not."""
        whole = journal.whole_epochs()
        self._makers = {f"{journal.device}/{epoch}" for epoch in whole}
        """Whose quantities the own journal tells in full. Where it let go of old events, the server tells them."""
        self._device = journal.device
        for event in journal.relations():
            self.add(event)
        for event in journal.covered_quantities():
            if event.epoch not in whole:
                continue
            self._covered.add(event.ref)
            if event.cancels:
                self._cancelled.add(event.cancels)
            elif is_about_container(event):
                self._leaving(event)
            else:
                self._quantity(event)

    def add(self, event: Event) -> None:
        """An own event was written."""
        if event.cancels:
            self._taken_back.add(event.cancels)
            self._cancelled.add(event.cancels)
        holder = holder_named(event)
        if is_about_container(event):
            self._leaving(event)
            self._containers[event.container].append(event)
            if event.parent_container:
                self._boxes[event.parent_container][event.container] = None
        elif event.serial:
            if holder:
                self._candidates[holder][event.item, event.serial] = None
        elif not event.cancels:
            self._quantity(event)

    def _of_others(self, told: LooseRow) -> dict[tuple[str, str, str], int]:
        """What was not made by events that this journal still has, and what the own clock cannot tell the time of."""
        sums: dict[tuple[str, str, str], int] = {}
        mine = self._makers.difference(told.ahead)
        for maker, parts in told.of.items():
            for part in parts if maker not in mine else ():
                key = (part.item, part.lot, part.position)
                sums[key] = sums.get(key, 0) + part.quantity
        return sums

    def _leaving(self, event: Event) -> None:
        """A container that is shipped takes its lots along; under the same label it comes back empty."""
        if event.step == "shipping" and not event.cancels:
            self._emptied[holder_key("", event.container)].append(event)

    def _quantity(self, event: Event) -> None:
        holder = holder_named(event)
        if holder and event.item and not event.serial:
            self._quantities[holder].append(event)

    def candidates(self, item: str, serial: str) -> Iterable[Unit]:
        """Units that own events had in this product or container; whether they still are, their states say."""
        return tuple(self._candidates.get(holder_key(item, serial), ()))

    def boxes(self, container: str) -> Iterable[str]:
        """Containers that own events had in this one."""
        return tuple(self._boxes.get(container, ()))

    def containers(self) -> Iterable[str]:
        """Containers that own events are about."""
        return tuple(self._containers)

    def container(self, base: ContainerState) -> ContainerState:
        """A container with own events, that the cache may not show yet, on top."""
        state = base
        for event in self._containers.get(base.container, ()):
            if not event.cancels and event.ref not in self._cancelled:
                state = evolve_container(state, event)
        return state

    def quantities(self, item: str, serial: str, told: LooseRow | None = None) -> tuple[Inside, ...]:
        """Lots and untracked parts in a product or container: what went in less what came out.

        ``told`` is what the server knows of it: what others did is added to what the own journal says.
        """
        told = told or LooseRow()
        sums = self._of_others(told)
        holder = holder_key(item, serial)
        events = [*self._quantities.get(holder, ()), *self._emptied.get(holder, ())]
        for event in sorted(events, key=lambda event: event.order):
            maker = f"{event.device}/{event.epoch}"
            foreign = event.device != self._device and maker in told.of
            # What the server has put where it received it is in its word, less what it has not heard is taken back.
            doubted = maker in told.ahead
            told_of = doubted and event.ref in self._covered
            if told_of and event.ref in self._taken_back and event.step != "shipping":
                _add(sums, event, -1)
            if told_of or event.ref in self._cancelled or foreign:
                continue  # what came with a task is in the server's word, once that has heard of its maker
            if event.step == "shipping":
                # What others put in after it, the server has told; where it has not heard of this yet, all is gone.
                sums = self._of_others(told) if event.hlc <= told.emptied and not doubted else {}
                continue
            if event.hlc < told.emptied and not doubted:
                continue  # somebody else shipped the container since
            _add(sums, event, 1)
        return tuple(
            Inside(item=name, serial="", lot=lot, position=position, quantity=quantity)
            for (name, lot, position), quantity in sums.items()
            if quantity > 0
        )
