"""Look-up: what is inside the thing that was looked up, and what happened to it, as pages in its place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from scanner_app.workflows import look_up_groups
from scanner_app.workflows.flow import Knowledge, ListLine, State
from scanner_app.workflows.held_together import whole_of
from tracking.events import Event
from tracking.phrases import phrase, row_of
from tracking.units import UnitState

LINES_A_PAGE = 9
"""What the smallest screen has room for; the same key turns on."""
DEPTH_MAX = 8
LINES_MAX = 2000

PAGES = ("inside", "history")


class LookUpState(State, frozen=True, kw_only=True, omit_defaults=True):
    """What was looked up last, and the page about it that is open."""

    item: str = ""
    serial: str = ""
    container: str = ""
    kind: str = ""
    """``lot``, ``place``, ``party`` or ``order`` where it was none of these; :attr:`code` says which."""
    code: str = ""
    page: str = ""
    """``inside``, ``history``, or empty for the card."""
    first: int = 0
    """The first line of the page in sight."""

    @property
    def in_hand(self) -> bool:
        """True where there is something to tell more of."""
        return bool(self.serial or self.container or self.kind)

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages that there are about it: nothing happens to a lot, a place or an order as a whole."""
        if not self.in_hand:
            return ()
        return PAGES[:1] if self.kind else PAGES


def lines(state: State, knows: Knowledge) -> tuple[ListLine, ...]:
    """The open page, from the line in sight on."""
    assert isinstance(state, LookUpState)
    if not state.page or not state.in_hand:
        return ()
    told = all_lines(state, knows)
    if not told:
        return (ListLine(phrase(f"lookup_no_{state.page}"), "now"),)
    shown = told[state.first : state.first + LINES_A_PAGE]
    rest = len(told) - state.first - len(shown)
    if rest > 0:
        shown = (*shown, ListLine(phrase("lookup_more", count=str(rest)), "told"))
    return shown


def all_lines(state: LookUpState, knows: Knowledge) -> tuple[ListLine, ...]:
    """Every line of the open page."""
    if state.page == "history":
        return tuple(_history(state, knows))
    if state.container:
        return tuple(_in_container(state.container, knows))[:LINES_MAX]
    if state.kind:
        told = look_up_groups.inside(state.kind, state.code, state.item, knows)
        return tuple(islice(told, LINES_MAX))
    return tuple(_inside(state.item, state.serial, knows, ()))[:LINES_MAX]


def _inside(
    item: str, serial: str, knows: Knowledge, above: tuple[tuple[str, str], ...]
) -> Iterator[ListLine]:
    """What is in a unit, of any depth, each level set in."""
    above = (*above, (item, serial))
    deep = "  " * (len(above) - 1)
    for unit in sorted(knows.inside(item, serial), key=lambda unit: (unit.position, unit.item, unit.serial)):
        named = " ".join(filter(None, (unit.position, unit.item, unit.serial)))
        yield ListLine(deep + named, "told")
        if (unit.item, unit.serial) not in above and len(above) < DEPTH_MAX:
            yield from _inside(unit.item, unit.serial, knows, above)
    for one in knows.quantities_in(item, serial):
        loose = " ".join(filter(None, (one.position, f"{one.quantity} x {one.item}", one.lot)))
        yield ListLine(deep + loose, "told")


def _in_container(code: str, knows: Knowledge) -> Iterator[ListLine]:
    whole = whole_of(code, knows)
    yield from (ListLine(box, "told") for box in whole.containers[1:])
    yield from (ListLine(f"{unit.item} {unit.serial}", "told") for unit in whole.units)
    for one in whole.quantities:
        yield ListLine(" ".join(filter(None, (f"{one.quantity} x {one.item}", one.lot))), "told")


def _history(state: LookUpState, knows: Knowledge) -> Iterator[ListLine]:
    """Newest first: what this handheld did, and the last word of the others."""
    if not state.serial:
        return
    unit = knows.unit(state.item, state.serial)
    own = knows.own_history(state.item, state.serial)
    if unit.step and unit.ref not in {event.ref for event in own}:
        yield _told(unit.at, unit.step, unit.operator, unit.document)
    for event in reversed(own):
        yield _of_event(event)


def _of_event(event: Event) -> ListLine:
    line = _told(event.at, event.step, event.operator, event.document)
    if not event.cancels:
        return line
    return ListLine(row_of(line.text, phrase("lookup_taken_back"), between=" "), "told")


def _told(at: str, step: str, operator: str, document: str) -> ListLine:
    when = at[2:16].replace("T", " ")
    return ListLine(row_of(when, phrase(f"step_{step}"), operator, document, between=" "), "told")


def count_inside(unit: UnitState, knows: Knowledge) -> int:
    """How many parts, units and lots, are directly in a unit."""
    return len(knows.inside(unit.item, unit.serial)) + len(knows.quantities_in(unit.item, unit.serial))
