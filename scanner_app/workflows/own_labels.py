"""Labels that a task wants on paper: which template, and what stands on it. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner_app.workflows.flow import Knowledge, Label, Step
from scanner_app.workflows.held_together import whole_of
from tracking.containers import is_sscc
from tracking.dates import parse_iso
from tracking.events import Event
from tracking.numbering.patterns import AI_21_CHARS_MAX, CSET_82
from tracking.site import Item

CONTENTS_LISTED_MAX = 4
"""Items named on a carton's label; more are told by their number alone."""


def unit_label(item: Item, serial: str, *, lot: str = "", expiry: str = "", again: bool = False) -> Label:
    """The label of a unit: a GS1 Data Matrix, or the bare serial number where a GS1 code cannot carry it."""
    day = parse_iso(expiry)
    values = {"item": item.item, "description": item.description, "serial": serial, "lot": lot}
    gtin = next(iter(item.gtins), "").zfill(14) if item.gtins else ""
    if not gtin or not _in_gs1(serial) or not _in_gs1(lot):
        return Label(template="unit-linear", values=values, again=again)
    values |= {"gtin": gtin, "expiry": f"{day:%y%m%d}" if day is not None else ""}
    return Label(template="unit", values=values, again=again)


def _in_gs1(text: str) -> bool:
    """True for what AI 10 and AI 21 carry."""
    return len(text) <= AI_21_CHARS_MAX and set(text) <= CSET_82


def container_label(code: str, knows: Knowledge, *, again: bool = False) -> Label:
    """The label of a carton or pallet, with what is in it."""
    counts = whole_of(code, knows).by_item()
    named = [f"{count} x {item}" for item, count in list(counts.items())[:CONTENTS_LISTED_MAX]]
    if len(counts) > CONTENTS_LISTED_MAX:
        named.append(f"+ {len(counts) - CONTENTS_LISTED_MAX}")
    contents = ", ".join(named)
    if is_sscc(code):
        return Label(template="sscc", values={"sscc": code, "contents": contents}, again=again)
    return Label(template="plate", values={"container": code, "contents": contents}, again=again)


def built_labels(step: Step, knows: Knowledge) -> Iterator[Label]:
    """Labels of the units that a step has built to their end, where the site or the item wants them."""
    for event in step.events:
        item = knows.item(event.item) if _is_built(event) else None
        if item is not None and (item.label_when_built or "built" in knows.policy.print_labels):
            unit = knows.unit(item.item, event.serial)
            yield unit_label(item, event.serial, lot=unit.lot, expiry=unit.expiry)


def _is_built(event: Event) -> bool:
    return event.step == "assembling" and event.action == "ADD" and not event.cancels


def new_labels(item: Item, serials: Iterable[str], knows: Knowledge) -> tuple[Label, ...]:
    """Labels of numbers that were just given, where the site wants them printed."""
    if "assigned" not in knows.policy.print_labels:
        return ()
    return tuple(unit_label(item, serial) for serial in serials)
