"""Genealogy: what is inside what, of any depth, as of any date, from the events of the units (DESIGN section 5).

A unit's *links* are the stretches of time that it spent installed in a product. They are read off the very fold that
gives the unit its state, so a tree of today and the states of its units can never disagree. Lots and untracked parts
have no identity: what is inside of them is the sum of what went in and came out.

Times are milliseconds since 1970 of the hybrid clock (``event.hlc >> 16``): the order that the fold itself obeys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from tracking.events import Event
from tracking.units import UnitState, unfolded, without_cancelled

DEPTH_MAX = 64
"""Levels that a tree is followed down or up; deeper is a circle or a mistake in the data."""
FOR_EVER_MS = 1 << 62


class Name(NamedTuple):
    """Names a unit."""

    item: str
    serial: str


class Link(NamedTuple):
    """A stretch of time that a unit, or a quantity, was in a product."""

    part: Name
    """The serial is empty for a lot or an untracked part."""
    whole: Name
    position: str
    lot: str
    quantity: int
    """1 for a unit; for a quantity what went in, negative for what came out."""
    since_ms: int
    until_ms: int
    """First moment at which it is out again; :data:`FOR_EVER_MS` while it is in."""
    revision: str = ""
    document: str = ""

    def stands(self, at_ms: int) -> bool:
        """True where it is in at this moment."""
        return self.since_ms <= at_ms < self.until_ms


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A component within a product, and what is in it in turn."""

    item: str
    serial: str = ""
    position: str = ""
    lot: str = ""
    quantity: int = 1
    revision: str = ""
    contains: tuple[Part, ...] = ()


Path = tuple[Name, ...]
"""From the product that holds the part down in one step to the outermost one."""


def links_of_unit(item: str, serial: str, events: Iterable[Event]) -> Iterator[Link]:
    """The links of one unit from all its events, in any order; oldest first."""
    state = UnitState(item=item, serial=serial)
    since_ms, document = 0, ""
    for event, before, after, *_ in unfolded(item, serial, events):
        state, now_ms = after, event.hlc >> 16
        if _whole(before) == _whole(state) and before.position == state.position:
            continue
        if before.installed_in_serial:
            yield _link(before, since_ms, now_ms, document)
        since_ms, document = now_ms, event.document
    if state.installed_in_serial:
        yield _link(state, since_ms, FOR_EVER_MS, document)


def _whole(state: UnitState) -> Name:
    return Name(state.installed_in_item, state.installed_in_serial)


def _link(state: UnitState, since_ms: int, until_ms: int, document: str) -> Link:
    return Link(
        part=Name(state.item, state.serial),
        whole=_whole(state),
        position=state.position,
        lot=state.lot,
        quantity=1,
        since_ms=since_ms,
        until_ms=until_ms,
        revision=state.revision,
        document=document,
    )


def links_of_quantities(events: Iterable[Event]) -> Iterator[Link]:
    """Lots and untracked parts that went into products or came out, from events without a serial number."""
    for event in without_cancelled(events):
        if event.serial or not event.parent_serial or event.step not in {"installing", "removing"}:
            continue
        yield Link(
            part=Name(event.item, ""),
            whole=Name(event.parent_item, event.parent_serial),
            position=event.position,
            lot=event.lot,
            quantity=event.quantity if event.step == "installing" else -event.quantity,
            since_ms=event.hlc >> 16,
            until_ms=FOR_EVER_MS,
            revision=event.revision,
            document=event.document,
        )


class Genealogy:
    """What is in what, in both directions. Built once from links, asked as often as one likes."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._inside: dict[Name, list[Link]] = defaultdict(list)
        self._around: dict[Name, list[Link]] = defaultdict(list)
        self._of_lot: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in links:
            self._inside[link.whole].append(link)
            if link.part.serial:
                self._around[link.part].append(link)
            if link.lot:
                self._of_lot[link.part.item, link.lot].append(link)

    @classmethod
    def of_events(cls, events: Iterable[Event]) -> Genealogy:
        """From all events of all units concerned, in any order; imported balances included."""
        by_unit: dict[Name, list[Event]] = defaultdict(list)
        quantities: list[Event] = []
        for event in events:
            if event.serial:
                by_unit[Name(event.item, event.serial)].append(event)
            else:
                quantities.append(event)
        links = [link for name, own in by_unit.items() for link in links_of_unit(*name, own)]
        return cls([*links, *links_of_quantities(quantities)])

    # -- down -------------------------------------------------------------------------------------------------------

    def inside(self, item: str, serial: str, at_ms: int = FOR_EVER_MS - 1) -> tuple[Link, ...]:
        """What is directly in a product, by position; quantities of one lot are summed."""
        units: list[Link] = []
        sums: dict[tuple[str, str, str], Link] = {}
        for link in self._inside.get(Name(item, serial), ()):
            if not link.stands(at_ms):
                continue
            if link.part.serial:
                units.append(link)
                continue
            key = (link.position, link.part.item, link.lot)
            known = sums.get(key)
            sums[key] = link if known is None else known._replace(quantity=known.quantity + link.quantity)
        quantities = [link for link in sums.values() if link.quantity > 0]
        return tuple(sorted([*units, *quantities], key=lambda link: (link.position, link.part, link.lot)))

    def as_built(self, item: str, serial: str, at_ms: int = FOR_EVER_MS - 1) -> tuple[Part, ...]:
        """Everything in a product, of any depth, as of a moment. What contains itself is not followed."""
        return self._parts(Name(item, serial), at_ms, frozenset({Name(item, serial)}))

    def _parts(self, whole: Name, at_ms: int, above: frozenset[Name]) -> tuple[Part, ...]:
        found: list[Part] = []
        for link in self.inside(*whole, at_ms):
            circle = link.part in above or len(above) > DEPTH_MAX or not link.part.serial
            found.append(
                Part(
                    item=link.part.item,
                    serial=link.part.serial,
                    position=link.position,
                    lot=link.lot,
                    quantity=link.quantity,
                    revision=link.revision,
                    contains=() if circle else self._parts(link.part, at_ms, above | {link.part}),
                )
            )
        return tuple(found)

    # -- up ---------------------------------------------------------------------------------------------------------

    def path_up(self, item: str, serial: str, at_ms: int = FOR_EVER_MS - 1) -> Path:
        """In what a unit is, step by step to the outermost product, as of a moment; empty where it is in nothing."""
        path: list[Name] = []
        name = Name(item, serial)
        while len(path) < DEPTH_MAX:
            standing = next((link for link in self._around.get(name, ()) if link.stands(at_ms)), None)
            if standing is None or standing.whole in path or standing.whole == (item, serial):
                break
            name = standing.whole
            path.append(name)
        return tuple(path)

    def where_used(self, item: str, serial: str, *, ever: bool = False) -> tuple[Link, ...]:
        """The products that a unit is in, directly; with ``ever`` those too that it was taken out of, oldest first."""
        links = sorted(self._around.get(Name(item, serial), ()), key=lambda link: link.since_ms)
        return tuple(link for link in links if ever or link.until_ms == FOR_EVER_MS)

    def where_used_lot(
        self, item: str, lot: str, at_ms: int = FOR_EVER_MS - 1
    ) -> tuple[tuple[Link, Path], ...]:
        """What of a lot is in which product as of a moment, each with the path from that product outwards.

        For a unit of the lot the link's part names it; a quantity is summed over what went in and came out.
        """
        wholes = dict.fromkeys(link.whole for link in self._of_lot.get((item, lot), ()))
        return tuple(
            (link, (link.whole, *self.path_up(*link.whole, at_ms)))
            for whole in wholes
            for link in self.inside(*whole, at_ms)
            if (link.part.item, link.lot) == (item, lot)
        )
