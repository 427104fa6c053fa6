"""Recall: from a lot, a component or a range of serial numbers to every unit that is affected today.

A unit is affected when it is one of those asked for, or when it holds one now, at any depth. A part that was taken out
does not taint the product that it left. Where the rows come from is the business of whoever keeps units; what is made
of them, and which units a question means, is the same for a handheld and the server.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from tracking.events import Event
from tracking.genealogy import DEPTH_MAX, Name, links_of_quantities
from tracking.units import UnitState, without_cancelled


class RecallError(ValueError):
    """The question is none; one plain sentence."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is recalled: a lot, one component, or a range of an item's serial numbers. See :func:`wanted`."""

    lot: str = ""
    supplier: str = ""
    """Narrows a lot; empty for the lot of any supplier."""
    component: str = ""
    """``ITEM/SERIAL``; either may hold a slash itself, so it is compared as a whole."""
    item: str = ""
    first: str = ""
    last: str = ""

    def means(self, unit: UnitState) -> bool:
        """True where this very unit is asked for."""
        if self.lot:
            return unit.lot == self.lot and self.supplier in {"", unit.supplier}
        if self.component:
            return label(unit.item, unit.serial) == self.component
        return unit.item == self.item and in_range(unit.serial, self.first, self.last)

    def __str__(self) -> str:
        if self.lot:
            return f"lot {self.lot}" + (f" of supplier {self.supplier}" if self.supplier else "")
        return self.component or f"range {self.first} to {self.last} of {self.item}"


def wanted(
    *, lot: str = "", supplier: str = "", component: str = "", item: str = "", first: str = "", last: str = ""
) -> Wanted:
    """A question from what a person gave. Raises :class:`RecallError` where it is not one of the three."""
    a_range = (item, first, last)
    ways = [bool(lot or supplier), bool(component), any(a_range)]
    if sum(ways) != 1:
        raise RecallError(
            "name a lot, a component, or an item with its first and last serial: one of the three"
        )
    if supplier and not lot:
        raise RecallError("a supplier needs a lot beside it")
    if component and not all(component.partition("/")):
        raise RecallError(f"{component[:60]!r} is no component: write it as ITEM/SERIAL")
    if ways[2] and not all(a_range):
        raise RecallError("a range needs an item, the first serial and the last one")
    if ways[2] and _backwards(first, last):
        raise RecallError(f"serial {last[:60]} comes before {first[:60]}: give the smaller one first")
    return Wanted(lot=lot, supplier=supplier, component=component, item=item, first=first, last=last)


def in_range(serial: str, first: str, last: str) -> bool:
    """True from first to last, both included.

    Ends of one length mean serial numbers of that length, compared as text: ``SN-00071`` is not between ``SN-0005``
    and ``SN-0010``. Ends of two lengths compare naturally, digits as numbers: ``SN-10`` is between ``SN-9`` and
    ``SN-12``.
    """
    if len(first) == len(last):
        return len(serial) == len(first) and first <= serial <= last
    return natural(first) <= natural(serial) <= natural(last)


def _backwards(first: str, last: str) -> bool:
    return first > last if len(first) == len(last) else natural(first) > natural(last)


_RUNS = re.compile(r"([0-9]+)")


def natural(serial: str) -> tuple[tuple[int, str], ...]:
    """A key by which runs of digits compare as numbers. Texts and numbers alternate, so like meets like."""
    runs = _RUNS.split(serial)
    numbers = [run.lstrip("0") for run in runs]
    return tuple(
        (len(numbers[place]), numbers[place]) if place % 2 else (0, run) for place, run in enumerate(runs)
    )


def label(item: str, serial: str) -> str:
    """How a path names a unit."""
    return f"{item}/{serial}"


def lot_label(item: str, lot: str) -> str:
    """How a path names parts of a lot that have no serial number."""
    return f"{item}/lot {lot}"


Standing = tuple[str, str, str, str, str, str, str]
"""What a recall asks of a unit: item, serial, status, location, customer, and item and serial of what it is in. Bare
tuples as a database gives them: a lot may be in a hundred thousand units.
"""


class Affected(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A unit that is affected today."""

    item: str
    serial: str
    status: str
    location: str
    customer: str
    via: tuple[str, ...] = ()
    """From the affected part to what is directly in this unit, as ``ITEM/SERIAL``; empty for the part itself."""


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    affected: tuple[Affected, ...] = ()
    by_status: dict[str, int] = {}
    by_customer: dict[str, int] = {}
    """Customer -> how many units; units that no customer has are not counted."""


def recall_of(
    parts: Iterable[tuple[str, str]],
    lots: Iterable[tuple[str, Name]],
    known: Callable[[tuple[str, str]], Standing | None],
) -> Recall:
    """The answer for the units asked for, and for (label of a lot, product that holds some of it).

    Level by level outwards, every unit once: so the way that is told is the shortest, and a circle of wrong events
    ends where it began. ``known`` says how a unit stands, None for one that nobody has seen.
    """
    via: dict[tuple[str, str], tuple[str, ...]] = dict.fromkeys(sorted(parts), ())
    rows: dict[tuple[str, str], Standing] = {}
    level, starts = list(via), list(lots)
    for _ in range(DEPTH_MAX):
        above: list[tuple[str, str]] = []
        for name in level:
            row = known(name) or (*name, "unknown", "", "", "", "")
            rows[name] = row
            whole = row[5:7]
            if whole[1] and whole not in via:
                via[whole] = (*via[name], f"{name[0]}/{name[1]}")
                above.append(whole)
        for start, product in starts:
            if product not in via:
                via[product] = (start,)
                above.append(product)
        level, starts = above, []
        if not level:
            break
    affected = [
        Affected(item=row[0], serial=row[1], status=row[2], location=row[3], customer=row[4], via=via[name])
        for name, row in sorted(rows.items())
    ]
    return Recall(
        affected=tuple(affected),
        by_status=dict(sorted(Counter([row[2] for row in rows.values()]).items())),
        by_customer=dict(sorted(Counter([row[4] for row in rows.values() if row[4]]).items())),
    )


class LotUse(NamedTuple):
    """Where parts of a lot without serial numbers are."""

    known: bool
    """Some event that stands names the lot."""
    seeds: tuple[tuple[str, Name], ...]
    """(label of the lot, product that holds some of it now)."""


def lot_use(events: Iterable[Event], question: Wanted) -> LotUse:
    """From all events without a serial number that concern the lot, cancellations included, in any order.

    A quantity of an item and lot that two suppliers delivered cannot be told apart, so either supplier means it; where
    no receipt names a supplier, any does. A recall rather asks for one product too many than for one too few.
    """
    standing = [
        event for event in without_cancelled(events) if event.lot == question.lot and not event.serial
    ]
    suppliers: dict[str, set[str]] = {}
    for event in standing:
        if event.step == "receiving" and event.party:
            suppliers.setdefault(event.item, set()).add(event.party)
    meant = [
        event
        for event in standing
        if question.supplier in {"", *suppliers.get(event.item, {question.supplier})}
    ]
    sums: Counter[tuple[str, Name]] = Counter()
    for link in links_of_quantities(meant):
        sums[lot_label(link.part.item, link.lot), link.whole] += link.quantity
    return LotUse(bool(meant), tuple(sorted(key for key, quantity in sums.items() if quantity > 0)))
